"""Distances of edits to real images: whose features they are named for, what is subtracted, how sure they are."""

import numpy as np
import pytest
import torch

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.frechet import frechet_distance
from diffrep.metrics.images.kid import SCALE, squared_discrepancy
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.edits import realism

N = 60
CPU = torch.device("cpu")
RNG = np.random.default_rng(0)
REFERENCE, OTHER = RNG.normal(size=(2, N, 4))
EDITED, UNEDITED = (RNG.integers(0, 256, size=(N, 4, 4, 3), dtype=np.uint8) for _ in range(2))


def corner(images):
    """Four numbers of each image, as features."""
    return images[:, :2, :2, 0].reshape(len(images), -1) / 128 - 1


@pytest.fixture
def measured(monkeypatch):
    monkeypatch.setattr(realism, "extractors", lambda device: {"effnet_lite0": corner})
    return realism.realism(EDITED, UNEDITED, {"effnet_lite0": REFERENCE}, seed=0, device=CPU)


def test_the_distance_of_edits_and_what_the_edit_adds(measured):
    ours, null = (frechet_distance(corner(images), REFERENCE) for images in (EDITED, UNEDITED))
    assert measured["cf_fd_effnet_lite0"] == pytest.approx(ours)
    assert measured["delta_fd_effnet_lite0"] == pytest.approx(ours - null)
    kernel = SCALE * squared_discrepancy(corner(EDITED), REFERENCE)
    assert measured["cf_kd_effnet_lite0"] == pytest.approx(kernel)


def test_an_edit_that_changes_nothing_adds_nothing(monkeypatch):
    monkeypatch.setattr(realism, "extractors", lambda device: {"effnet_lite0": corner})
    found = realism.realism(EDITED, EDITED, {"effnet_lite0": REFERENCE}, seed=0, device=CPU)
    assert found["delta_fd_effnet_lite0"] == 0
    assert found.intervals["delta_fd_effnet_lite0"] == (0, 0)


def test_the_interval_is_about_the_value_and_as_wide_as_blocks_differ(measured):
    low, high = measured.intervals["cf_fd_effnet_lite0"]
    assert (low + high) / 2 == pytest.approx(measured["cf_fd_effnet_lite0"])
    block = np.arange(N) % realism.SPREAD_BLOCKS
    apart = [frechet_distance(corner(EDITED[block == i]), REFERENCE[block == i]) for i in range(realism.SPREAD_BLOCKS)]
    assert high - low == pytest.approx(2 * 2.776445 * np.std(apart, ddof=1) / np.sqrt(5), rel=1e-5)


def test_every_name_is_there_and_without_weights_has_its_reason(measured):
    assert set(measured) == set(realism.REALISM)
    assert measured.reasons == dict.fromkeys(("cf_fid", "delta_fid", "cf_kid", "delta_kid"), MISSING)


def test_inceptions_distances_have_their_own_names():
    found = realism.distances(REFERENCE, REFERENCE + 1.0, "inception", seed=0)
    assert found["fid"] == pytest.approx(4.0)
    assert set(found) == {"fid", "kid"}


@pytest.mark.parametrize(
    ("features", "reason"),
    [
        pytest.param({"inception": REFERENCE}, "weights that are not here", id="other weights"),
        pytest.param({"effnet_lite0": REFERENCE[:9]}, "other images", id="another number of images"),
    ],
)
def test_features_of_another_run_are_refused(monkeypatch, features, reason):
    monkeypatch.setattr(realism, "extractors", lambda device: {"effnet_lite0": corner})
    with pytest.raises(UserError, match=f"{reason} .*run diffrep references again"):
        realism.realism(EDITED, UNEDITED, features, seed=0, device=CPU)


def test_the_floor_is_of_other_real_images():
    found = realism.floor_of_distances({"effnet_lite0": OTHER}, {"effnet_lite0": REFERENCE}, seed=0)
    assert found["cf_fd_effnet_lite0"] == pytest.approx(frechet_distance(OTHER, REFERENCE))
    assert found["cf_fd_effnet_lite0"] > 0.01
    assert found.reasons == dict.fromkeys(("cf_fid", "cf_kid"), MISSING)
