"""`diffrep prepare --check` reads archives through, unpacks nothing, and says which data set it means."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from checked_files import ATTRIBUTES, FILES, FOLDER, SECTION, checked, half, missing, write_params
from click.testing import CliRunner
from tiny_cells import ROOMS

from diffrep.datasets import arrays
from diffrep.datasets.files import npy
from diffrep.datasets.medmnist import MedMNIST
from diffrep.pipelines.cli import cli
from diffrep.pipelines.sources.check import by_sentence

PACKED = """
from itertools import count
from pathlib import Path
import numpy as np
from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.readers.grid_images import GridImages
from diffrep.datasets.files.unpacked import Unpacked


class Mine(GridImages):
    factor_names, factor_sizes, image_shape = ("level",), (20,), (1, 8, 8)
    source, licence = "an archive", "unknown"

    def __init__(self, *, damaged_at: int, seed: int) -> None:
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=("level",))
        self._unpacked = Unpacked(Path("archive"), "identity", (20, 8, 8))
        self._drawn, self._splits = Counts(10, 5, 5).drawn_from(np.arange(20), seed, "it")
        self._damaged_at = damaged_at

    def _blocks(self):
        for start in range(0, 20, 5):
            if start == self._damaged_at:
                raise ValueError("archive is damaged: get it again")
            yield start, np.arange(5 * 64, dtype=np.uint8).reshape(5, 8, 8)

    def _at(self, places):
        return self._unpacked.images(self._blocks)[places][..., None]
"""


@pytest.mark.parametrize(("damaged", "code", "told"), [(-1, 0, "an archive"), (10, 1, "archive is damaged: get it")])
def test_an_archive_is_read_through_and_not_unpacked(work, damaged, code, told):
    Path("pictures.py").write_text(PACKED)
    write_params({"mine": {"adapter": "pictures:Mine", "damaged_at": damaged, "seed": 0}})
    ended, lines = checked("mine")
    assert ended == code, lines
    assert told in lines[-1]


def test_without_a_name_all_of_the_grid_are_looked_at(work):
    assert checked() == (0, checked(ROOMS)[1])
    values = yaml.safe_load(Path("params.yaml").read_text())
    values["grid"]["dataset"] += ["faces"]
    values["budgets"]["faces"] = values["budgets"][ROOMS]
    Path("params.yaml").write_text(yaml.safe_dump(values))
    missing(ATTRIBUTES)(work)
    code, lines = checked()
    assert code == 1
    assert [line for line in lines if line[0] != " "] == [f"{ROOMS}: nothing is wrong", "faces: 1 fault"]


def test_a_name_that_is_not_there_is_one_line(work):
    done = CliRunner().invoke(cli, ["prepare", "--check", "--dataset", "face"])
    assert str(done.exception) == "no data set 'face' in datasets of params.yaml: did you mean 'faces'?"


def test_without_check_the_data_set_is_named(work):
    done = CliRunner().invoke(cli, ["prepare"])
    assert done.exit_code == 2
    assert "Missing option '--dataset'" in done.output


def test_one_sentence_stands_once():
    assert list(by_sentence({3: "a", 5: "b", 1200: "a"})) == ["2 rows from 3 to 1200: a", "row 5: b"]


def test_a_large_compressed_array_is_read_through_and_not_unpacked(work, monkeypatch):
    monkeypatch.setattr(arrays, "SMALL", 0)
    monkeypatch.setattr(npy, "IN_MEMORY", 0)
    pictures = np.random.default_rng(0).integers(0, 256, (300, 8, 8), dtype=np.uint8)
    keys = {"levels": "bytes", "size": 8, "resampling": "lanczos", "splits": "drawn", "seed": 0}
    write_params({"mine": {"adapter": "arrays", "file": "a.npz", "train": 200, "valid": 50, "test": 50, **keys}})
    np.savez_compressed("a.npz", images=pictures)
    assert checked("mine")[0] == 0
    content = bytearray(Path("a.npz").read_bytes())
    content[5000:5100] = bytes(100)
    Path("a.npz").write_bytes(content)
    code, lines = checked("mine")
    assert (code, lines[0]) == (1, "mine: 1 fault")
    assert "a.npz" in lines[1]


def test_medical_images_are_read_through_part_by_part(work, monkeypatch):
    monkeypatch.setattr(npy, "IN_MEMORY", 0)
    monkeypatch.setattr(npy, "BLOCK", 10)
    drawn = np.random.default_rng(0)
    counts = {"train": 25, "val": 5, "test": 12}
    images = {f"{p}_images": drawn.integers(0, 256, (n, 28, 28), dtype=np.uint8) for p, n in counts.items()}
    np.savez_compressed("m.npz", **images, **{f"{p}_labels": np.arange(n)[:, None] % 2 for p, n in counts.items()})
    keys = {"size": 28, "resampling": "lanczos", "splits": "official", "train": 0, "valid": 0, "test": 0, "seed": 0}
    source = MedMNIST(file="m.npz", **keys)
    assert (source.packed, list(source.read_through())) == (42, [10, 20, 25, 30, 40, 42])
    assert len(list(work.glob("m.npz*"))) == 1
    source.images(np.arange(42))
    assert (source.packed, list(source.read_through())) == (0, [])


def test_several_processes_find_what_one_finds(work, monkeypatch):
    monkeypatch.setattr("diffrep.pipelines.sources.check.PIECE", 2 * 3 * 16 * 16)
    for n in (1, 4, 7):
        half(f"{FOLDER}/{FILES[n]}")(work)
    write_params({"faces": SECTION | {"splits": "drawn", "train": 8, "valid": 2, "test": 2}})
    found = []
    for cores in (1, 2):
        monkeypatch.setattr("diffrep.pipelines.sources.check.usable_cores", lambda cores=cores: cores)
        found.append(checked("faces"))
    assert found[0] == found[1]
    assert found[0][1][0] == "faces: 3 faults"
