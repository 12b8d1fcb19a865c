"""Distances of edits to real images: whose features they are named for, what is subtracted, how sure they are."""

import numpy as np
import pytest

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.frechet import frechet_distance
from diffrep.metrics.images.kid import SCALE, squared_discrepancy
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits import realism
from diffrep.pipelines.edits.extractors import extractors

N = 60
RNG = np.random.default_rng(0)
REAL = RNG.normal(size=(N, 4))
EDITED, UNEDITED = (RNG.integers(0, 256, size=(N, 4, 4, 3), dtype=np.uint8) for _ in range(2))


def corner(images):
    """Four numbers of each image, as features."""
    return images[:, :2, :2, 0].reshape(len(images), -1) / 128 - 1


@pytest.fixture
def filled(monkeypatch):
    monkeypatch.setattr(realism, "extractors", lambda: {"effnet_lite0": corner})
    found = Result()
    realism.fill_realism(found, EDITED, UNEDITED, {"effnet_lite0": REAL}, seed=0)
    return found


def test_the_distance_of_edits_and_what_the_edit_adds(filled):
    ours, null = (frechet_distance(corner(images), REAL) for images in (EDITED, UNEDITED))
    assert filled["cf_fd_effnet_lite0"] == pytest.approx(ours)
    assert filled["delta_fd_effnet_lite0"] == pytest.approx(ours - null)
    kernel = SCALE * squared_discrepancy(corner(EDITED), REAL)
    assert filled["cf_kd_effnet_lite0"] == pytest.approx(kernel)


def test_an_edit_that_changes_nothing_adds_nothing(monkeypatch):
    monkeypatch.setattr(realism, "extractors", lambda: {"effnet_lite0": corner})
    found = Result()
    realism.fill_realism(found, EDITED, EDITED, {"effnet_lite0": REAL}, seed=0)
    assert found["delta_fd_effnet_lite0"] == 0
    assert found["intervals"]["delta_fd_effnet_lite0"] == [0, 0]


def test_the_interval_is_about_the_value_and_as_wide_as_blocks_differ(filled):
    low, high = filled["intervals"]["cf_fd_effnet_lite0"]
    assert (low + high) / 2 == pytest.approx(filled["cf_fd_effnet_lite0"])
    block = np.arange(N) % realism.BLOCKS
    apart = [frechet_distance(corner(EDITED[block == i]), REAL[block == i]) for i in range(realism.BLOCKS)]
    assert high - low == pytest.approx(2 * 2.776445 * np.std(apart, ddof=1) / np.sqrt(5), rel=1e-5)


def test_without_weights_there_is_a_reason_and_no_number(filled):
    for name in ("cf_fid", "delta_fid", "cf_kid", "delta_kid"):
        assert filled[name] is None
        assert filled["reasons"][name] == MISSING


def test_inceptions_distances_have_their_own_names():
    found = realism.distances(REAL, REAL + 1.0, "inception", seed=0)
    assert found["fid"] == pytest.approx(4.0)
    assert set(found) == {"fid", "kid"}


def test_inception_is_asked_where_its_weights_are(monkeypatch, tmp_path):
    monkeypatch.setenv("DIFFREP_INCEPTION_WEIGHTS", str(tmp_path / "none.pth"))
    with pytest.raises(FileNotFoundError, match=r"no file .*none\.pth"):
        extractors()
    monkeypatch.delenv("DIFFREP_INCEPTION_WEIGHTS")
    assert "inception" not in extractors()
