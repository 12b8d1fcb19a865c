"""The oracle's stage: averaged weights, trained on factors by its own section, judged on test images."""

import json

import numpy as np
import pytest
import torch
from known_training import AVERAGED, RAW, apart, known_training
from safetensors.torch import load_file
from tiny_cells import ROOMS, study_values

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import PARTIAL, Shared, cost_file, result_file
from diffrep.pipelines.edits.oracle import OracleNetwork, load_oracle
from diffrep.pipelines.stages.oracle import oracle

SHARED = Shared(ROOMS)


@pytest.fixture
def asked(project, monkeypatch):
    """An oracle that is trained without training; what the trainer was asked for."""
    params, asked = parsed(apart(study_values(), ROOMS)), known_training(monkeypatch)
    oracle(params, SHARED)
    asked.params = params
    return asked


def result() -> dict:
    return json.loads(result_file(SHARED.results("oracle")).read_text())


def test_weights_are_the_averaged_ones(asked):
    state = load_file(SHARED.oracle / "weights.safetensors")
    assert all((value == AVERAGED).all() for value in state.values())


def test_raw_weights_are_kept_where_its_section_asks_for_them(project, monkeypatch):
    values = study_values()
    values["oracle"]["training"]["weights"] = "raw"
    known_training(monkeypatch)
    oracle(parsed(values), SHARED)
    state = load_file(SHARED.oracle / "weights.safetensors")
    assert all((value == RAW).all() for value in state.values())


def test_it_trains_by_its_own_section_budget_and_seed(asked):
    own = asked.params.oracle
    assert (asked.settings, asked.steps, asked.seed) == (own.training, 4, own.seed)
    assert asked.partial == PARTIAL / ROOMS / "oracle"
    assert asked.identity["code"] == {"code of oracle": "ab"}
    assert (result()["seed"], result()["images_seen"]) == (12, 2 * 12)
    cost = read_json(cost_file(SHARED.results("oracle")))
    assert (cost["wall_seconds"] > 1000, cost["cpu_seconds"] > 900) == (True, True)


def test_it_learns_the_factors_of_its_images(asked):
    images, values = asked.arrays
    assert images is asked.data.images
    np.testing.assert_array_equal(values, asked.data.factors)


def test_its_accuracy_is_that_on_test_images(project, study_params, monkeypatch):
    """By an oracle that knows every image of the test split, and no other."""
    data = Prepared(SHARED.data)
    test = image_tensor(data.images[data.splits["test"]])

    def read(network, images, batch_size=250):
        assert torch.equal(images, test)
        assert not network.training
        return np.add(data.factors[data.splits["test"]], [0, 1, 0, 0, 0, 0])

    known_training(monkeypatch)
    monkeypatch.setattr(OracleNetwork, "read", read)
    oracle(study_params, SHARED)
    expected = dict.fromkeys(data.card["factor_names"], 1.0) | {data.card["factor_names"][1]: 0.0}
    assert {name: result()[f"accuracy_{name}"] for name in expected} == expected
    assert result()["accuracy"] == pytest.approx(5 / 6)
    assert load_oracle(SHARED, data, torch.device("cpu"))[1] == expected


def test_it_comes_back_as_it_was_trained(project, study_params):
    oracle(study_params, SHARED)
    data = Prepared(SHARED.data)
    network, accuracy = load_oracle(SHARED, data, torch.device("cpu"))
    test = data.splits["test"]
    again = (network.read(image_tensor(data.images[test])) == np.asarray(data.factors)[test]).mean(axis=0)
    assert list(accuracy.values()) == pytest.approx(again.tolist())
    assert not (PARTIAL / ROOMS / "oracle").exists()
