"""The stages that edit and their anchors, run at their places on tiny rooms: what they read, write and say."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from diffrep.metrics.images.frechet import frechet_distance
from diffrep.pipelines import stages
from diffrep.pipelines.core.files import write_arrays, write_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Cell, Repeat, Shared, result_file
from diffrep.pipelines.edits.oracle import OracleNetwork
from diffrep.pipelines.edits.protocol import score_names
from diffrep.pipelines.evaluation.anchors import noise_codes

ROOMS = Shared("shapes3d_rendered")
PCA, RANDOM = (Cell(ROOMS.dataset, method, 0) for method in ("pca", "random"))
ACCURACY = {"floor_hue": 0.9, "wall_hue": 1.0, "object_hue": 1.0, "scale": 1.0, "shape": 1.0, "orientation": 0.5}


def result(folder):
    return json.loads(result_file(folder).read_text())


def run(params, name, place):
    stages.load(name).run(params, place)


@pytest.fixture
def params(small_values, tmp_path, monkeypatch):
    """Tiny rooms are prepared, and an oracle that has learned nothing says that it reads them."""
    monkeypatch.chdir(tmp_path)
    small_values["methods"]["pca"] = {"code_dim": 20}
    small_values["grid"] |= {"method": ["pca", "random"], "seed": [0]}
    small_values["datasets"][ROOMS.dataset] |= {"test": 60}
    small_values["evaluate"]["counterfactual"] |= {"pairs": 8, "images": 30, "interpolated": 2, "composed": 2}
    params = parsed(small_values)
    run(params, "prepare", ROOMS)
    torch.manual_seed(0)
    network = OracleNetwork((3, 16, 16), [10, 10, 10, 8, 4, 15], [8])
    ROOMS.oracle.mkdir(parents=True)
    save_file(network.state_dict(), ROOMS.oracle / "weights.safetensors")
    write_json(ROOMS.oracle / "card.json", {"accuracy": ACCURACY, "channels": [8]})
    return params


@pytest.fixture
def encoded(params):
    """The same with the trained cells and the features of real images."""
    run(params, "references", ROOMS)
    for cell in (PCA, RANDOM):
        run(params, "train", cell)
        run(params, "encode", cell)
    return params


def test_the_edits_of_a_cell_are_judged(encoded):
    with np.load(ROOMS.references) as sets:
        known = {name: sets[name][:9] if name.endswith("other") else sets[name] for name in sets.files}
    write_arrays(ROOMS.references, known)  # so that distances to the other set would be refused
    run(encoded, "counterfactual", PCA)
    found = result(PCA.results("counterfactual"))
    assert set(score_names(encoded.evaluate.counterfactual)) <= set(found)
    assert found["factors_judged"] == 6
    assert found["notes"]["left_out"] == {}
    assert set(found["notes"]["oracle_fails"]) <= set(ACCURACY)
    assert (PCA.pictures("counterfactual") / "main.png").exists()
    with np.load(PCA.arrays("counterfactual")) as arrays:
        assert len(arrays["assigned_by_truth"]) == 6


def test_a_method_without_a_decoder_has_the_same_names_and_says_why(encoded):
    run(encoded, "counterfactual", RANDOM)
    found = result(RANDOM.results("counterfactual"))
    names = score_names(encoded.evaluate.counterfactual)
    assert all(found[name] is None for name in names)
    assert found["reasons"] == dict.fromkeys(names, "not applicable: an untrained encoder decodes nothing")
    assert not list(RANDOM.pictures("counterfactual").iterdir())


@pytest.mark.parametrize(("least", "left_out"), [(0.95, {"floor_hue": 0.9, "orientation": 0.5}), (0.5, {})])
def test_the_oracles_accuracy_is_demanded_where_it_is_asked(encoded, least, left_out):
    settings = encoded.evaluate.counterfactual.model_copy(update={"oracle_accuracy": least})
    evaluate = encoded.evaluate.model_copy(update={"counterfactual": settings})
    run(encoded.model_copy(update={"evaluate": evaluate}), "counterfactual", PCA)
    found = result(PCA.results("counterfactual"))
    assert found["notes"]["left_out"] == left_out
    assert found["factors_judged"] == 6 - len(left_out)


def test_the_floor_of_distances_is_between_two_sets(params):
    reference, other = np.random.default_rng(0).normal(size=(2, 30, 4))
    write_arrays(ROOMS.references, {"effnet_lite0_reference": reference, "effnet_lite0_other": other})
    run(params, "anchors", ROOMS)
    found = result(ROOMS.anchor("real", "counterfactual"))
    assert found["cf_fd_effnet_lite0"] == pytest.approx(frechet_distance(other, reference))
    assert found["cf_fd_effnet_lite0"] > 0.01
    assert (found["n_images"], found["method"], found["stage"]) == (30, "real", "counterfactual")
    assert result(ROOMS.anchor("factors", "disentangle"))["factor_vae"] > 0.9
    assert result(ROOMS.anchor("unedited", "counterfactual"))["exact_spill"] == 0
    assert {path.name for path in ROOMS.results("anchors").iterdir()} == {
        *("factors", "pca20", "mean_image", "real", "unedited")
    }


def test_noise_is_as_large_as_the_codes_of_the_grid(params, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "diffrep.pipelines.evaluation.anchors.noise_codes",
        lambda n, dims, seed: drawn.append(dims) or noise_codes(n, dims, seed=seed),
    )
    write_json(ROOMS.code_size, {"code_size": 7})
    repeat = Repeat(ROOMS.dataset, 1)
    run(params, "drawn_anchors", repeat)
    assert drawn == [7, 7, 7]
    assert {path.name for path in repeat.anchors.iterdir()} == {"rotation", "noise"}
    assert result(repeat.anchor("noise", "probe"))["seed"] == 1


def test_features_of_real_images_are_written_with_their_number(params):
    run(params, "references", ROOMS)
    assert result(ROOMS.results("references"))["n_images"] == 30
    with np.load(ROOMS.references) as sets:
        assert all(len(sets[name]) == 30 for name in sets.files)


def test_photographs_lose_nothing_that_can_be_measured(params, small_values):
    photographs = Shared("fashion_mnist")
    small_values["datasets"]["fashion_mnist"] = {"size": 32, "archive": "shipped", "train": 60, "valid": 30, "test": 30}
    small_values["datasets"]["fashion_mnist"]["seed"] = 0
    small_values["grid"]["dataset"] = ["fashion_mnist"]
    small_values["budgets"]["fashion_mnist"] = small_values["budgets"][ROOMS.dataset]
    params = parsed(small_values)
    run(params, "prepare", photographs)
    run(params, "attribute_loss", photographs)
    found = result(photographs.results("attribute_loss"))
    assert found["attribute_loss"] is None
    assert "cannot be drawn anew" in found["reasons"]["attribute_loss"]
