"""What reconstruction leaves: scores of decoded test codes, errors of every image, a picture."""

import json

import numpy as np
import pytest
from tiny_cells import SHAPE, cell

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import result_file
from diffrep.pipelines.evaluation.reconstructions import ALL_ERRORS, reconstructions, scores
from diffrep.pipelines.trained.cells import load
from diffrep.pipelines.trained.codes import read_codes


def result(of) -> dict:
    return json.loads(result_file(of.results("reconstruct")).read_text())


@pytest.mark.parametrize("method", ["pdae", "encdiff", "encdiff_latent"])
def test_scores_are_those_of_test_codes(studied, study_params, method):
    place = cell(method)
    data, network = Prepared(place.shared.data), load(study_params, place, SHAPE)
    decoded = reconstructions(network, data, read_codes(place)["test"], study_params.evaluate, "again")
    expected, found = scores(decoded, network), result(place)
    known = {name: value for name, value in expected.items() if name not in expected.reasons}
    assert {name: found[name] for name in known} == pytest.approx(known, rel=1e-5)
    assert {name: found["reasons"][name] for name in expected.reasons} == expected.reasons
    with np.load(place.arrays("reconstruct")) as arrays:
        np.testing.assert_allclose(arrays["mse_inferred_start"], expected.arrays["mse_inferred_start"], rtol=1e-4)


def test_the_picture_has_its_rows_named(studied):
    rows = read_json(cell("pdae").pictures("reconstruct") / "main.rows.json")["rows"]
    assert rows == ["original", "from its code and noise", "from its code and the inferred start"]


def test_what_decodes_nothing_says_why_and_has_no_picture(studied):
    found = result(cell("random"))
    names = [f"{name}_{start}" for name in ALL_ERRORS for start in ("random_start", "inferred_start")]
    for name in (*names, "mse_shuffled_codes"):
        assert found[name] is None
        assert found["reasons"][name].startswith("not applicable: ")
    assert not list(cell("random").pictures("reconstruct").iterdir())
