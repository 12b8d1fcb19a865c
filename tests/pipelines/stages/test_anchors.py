"""The stage anchors on tiny rooms: every anchor has its results, and those known beforehand are what they must be."""

import numpy as np
import pytest
from tiny_edits import IMAGES, ROOMS, result, run

from diffrep.metrics.images.frechet import frechet_distance
from diffrep.pipelines.core.files import write_arrays


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
