"""The stage anchors on tiny rooms: every anchor has its results, and those known beforehand are what they must be."""

import numpy as np
import pytest
from tiny_edits import IMAGES, ROOMS, result, run

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.images.frechet import frechet_distance
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.edits.unedited import unedited_errors
from diffrep.pipelines.evaluation.anchors import fixed_codes, mean_image
from diffrep.pipelines.evaluation.disentanglement import disentanglement
from diffrep.pipelines.evaluation.probing import probe_codes
from diffrep.pipelines.trained.renderer import renderer


def test_the_floor_of_distances_is_between_two_sets(rooms):
    reference, other = np.random.default_rng(0).normal(size=(2, IMAGES, 4))
    write_arrays(ROOMS.references, {"effnet_lite0_reference": reference, "effnet_lite0_other": other})
    run(rooms, "anchors", ROOMS)
    found = result(ROOMS.anchor("real", "counterfactual"))
    assert found["cf_fd_effnet_lite0"] == pytest.approx(frechet_distance(other, reference))
    assert found["cf_fd_effnet_lite0"] > 0.01
    assert (found["n_images"], found["method"], found["stage"]) == (IMAGES, "real", "counterfactual")
    assert result(ROOMS.anchor("factors", "disentangle"))["factor_vae"] > 0.9
    assert result(ROOMS.anchor("unedited", "counterfactual"))["exact_spill"] == 0
    assert {path.name for path in ROOMS.results("anchors").iterdir()} == {
        *("factors", "pca20", "mean_image", "real", "unedited")
    }


def same(found, expected):
    known = {name: value for name, value in expected.items() if name not in expected.reasons}
    return {name: found[name] for name in known} == pytest.approx(known)


def test_every_anchor_is_scored_by_settings_and_seed_of_the_evaluation(rooms):
    sets = {f"effnet_lite0_{side}": np.zeros((IMAGES, 4)) for side in ("reference", "other")}
    write_arrays(ROOMS.references, sets)
    run(rooms, "anchors", ROOMS)
    data, evaluate, seed = Prepared(ROOMS.data), rooms.evaluate, rooms.evaluate.seed
    codes, scene = dict(fixed_codes(data))["pca20"], renderer(rooms, ROOMS.dataset)
    expected = {
        ("pca20", "probe"): probe_codes(codes, data, evaluate.probe, seed),
        ("pca20", "disentangle"): disentanglement(codes["test"], data, evaluate.disentangle, seed),
        ("mean_image", "reconstruct"): mean_image(data, evaluate.reconstruct.images),
        ("unedited", "counterfactual"): unedited_errors(data, scene, evaluate.counterfactual, seed),
    }
    for place, measured in expected.items():
        assert same(result(ROOMS.anchor(*place)), measured), place
