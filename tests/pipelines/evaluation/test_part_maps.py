"""Maps of parts: a line per part, its times where it has some, numbers that are none left empty."""

import numpy as np

from diffrep.methods.shared.part import Part
from diffrep.pipelines.evaluation.part_maps import write_part_map


def test_a_map_has_a_line_per_part(tmp_path):
    path = tmp_path / "parts.csv"
    parts = [Part("block 0", (0, 1), (0, 500)), Part("rest", (2,))]
    write_part_map(path, parts, ["hue", "size"], np.array([[0.25, 1.0], [np.nan, -0.00004]]))
    assert path.read_text().splitlines() == [
        "part,first,end,hue,size",
        "block 0,0,500,0.2500,1.0000",
        "rest,,,,-0.0000",
    ]
    assert [file.name for file in tmp_path.iterdir()] == ["parts.csv"]
