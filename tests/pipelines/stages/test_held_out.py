"""A data set that holds combinations out: told by prepare, scored apart by probe and reconstruct."""

import numpy as np
import pytest
import tiny_cells
from tiny_edits import PCA, RANDOM, ROOMS, result, rooms_params, run

from diffrep.datasets.prepared import Prepared

JOINT = {
    "kind": "correlated",
    "pairs": [{"factors": ["object_hue", "wall_hue"], "strength": 0.5}],
    "held_out": [{"shape": 1}, {"object_hue": 0, "floor_hue": 0}],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder where PCA and an untrained encoder have been scored on such rooms."""
    values, folder = tiny_cells.small_values(), tmp_path_factory.mktemp("held_out")
    values["datasets"][ROOMS.dataset]["joint"] = JOINT
    values["evaluate"]["reconstruct"]["images"] = 30
    params = rooms_params(values)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run(params, "prepare", ROOMS)
        for cell in (PCA, RANDOM):
            for stage in ("train", "encode", "probe", "reconstruct"):
                run(params, stage, cell)
    return folder


@pytest.fixture
def data(folder, monkeypatch) -> Prepared:
    monkeypatch.chdir(folder)
    return Prepared(ROOMS.data)


def test_prepare_tells_what_was_asked_and_what_came_of_it(data):
    told = result(ROOMS.results("prepare"))["notes"]["joint"]
    assert told == data.card["joint"]
    assert (told["pairs"][0]["asked"], told["held_out"]) == (0.5, JOINT["held_out"])
    test = data.factors[data.splits["test"]]
    assert told["images_held_out"]["test"] == ((test[:, 4] == 1) | ((test[:, 2] == 0) & (test[:, 0] == 0))).sum() > 0


def test_probes_are_scored_on_both_parts_and_say_what_they_could_not_learn(data):
    found = result(PCA.results("probe"))
    counts = found["n_seen"], found["n_held_out"]
    assert (sum(counts), counts[1]) == (found["n_test"], data.card["joint"]["images_held_out"]["test"])
    assert 0 < found["seen_average_precision"] <= 1
    assert 0 < found["held_out_average_precision"] <= 1
    assert "cylinder" in found["notes"]["untaught"]


def test_reconstructions_are_scored_on_both_parts(data):
    found, rows = result(PCA.results("reconstruct")), data.splits["test"][:30]
    held = data.factors[rows][:, 4] == 1
    held |= (data.factors[rows][:, 2] == 0) & (data.factors[rows][:, 0] == 0)
    parts = found["seen_mse_random_start"] * (~held).sum() + found["held_out_mse_random_start"] * held.sum()
    assert parts / 30 == pytest.approx(found["mse_random_start"])
    assert found["seen_mse_random_start"] != found["held_out_mse_random_start"]


def test_what_decodes_nothing_says_so_of_both_parts(data):
    found = result(RANDOM.results("reconstruct"))
    assert found["held_out_mse_random_start"] is None
    assert found["reasons"]["held_out_mse_random_start"] == found["reasons"]["mse_random_start"]
    assert np.isfinite(result(RANDOM.results("probe"))["seen_average_precision"])
