"""KID against a sum over pairs and torchmetrics, and that it has no bias."""

import numpy as np
import pytest
import torch
from torchmetrics.image.kid import poly_mmd

from diffrep.metrics.images.inception import VARIABLE, inception_features
from diffrep.metrics.images.kid import kd, kid, squared_discrepancy

GENERATOR = np.random.default_rng(0)
IMAGES = GENERATOR.integers(0, 256, size=(8, 12, 12, 3), dtype=np.uint8)


def test_the_estimate_is_the_double_sum():
    x, y = GENERATOR.normal(size=(7, 3)), GENERATOR.normal(size=(5, 3)) + 0.5

    def kernel(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / 3 + 1) ** 3

    within = [
        sum(kernel(z[i], z[j]) for i in range(len(z)) for j in range(len(z)) if i != j) / (len(z) * (len(z) - 1))
        for z in (x, y)
    ]
    between = sum(kernel(a, b) for a in x for b in y) / 35
    assert squared_discrepancy(x, y) == pytest.approx(sum(within) - 2 * between, rel=1e-12)


def test_the_estimate_is_torchmetrics():
    x, y = GENERATOR.normal(size=(2, 50, 16))
    theirs = poly_mmd(torch.from_numpy(x), torch.from_numpy(y + 0.3))
    assert squared_discrepancy(x, y + 0.3) == pytest.approx(float(theirs), rel=1e-9)


def test_one_distribution_is_zero_at_any_n():
    for n in (20, 80):
        found = [squared_discrepancy(*GENERATOR.normal(size=(2, n, 8))) for _ in range(300)]
        assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(300)
        assert min(found) < 0


def test_the_whole_of_both_sets_is_one_subset():
    x, y = GENERATOR.normal(size=(2, 60, 8))
    found = kd(x, y + 1, extractor="mine", seed=0, subsets=3, subset_size=60)
    assert found["kd_mine"] == pytest.approx(1000 * squared_discrepancy(x, y + 1))
    assert found["kd_mine_sd_over_subsets"] == pytest.approx(0, abs=1e-9)


def test_subsets_come_from_the_seed():
    x, y = GENERATOR.normal(size=(2, 90, 8))
    first, second, other = (kd(x, y, extractor="mine", seed=s, subsets=5, subset_size=30) for s in (0, 0, 1))
    assert first == second
    assert first["kd_mine"] != other["kd_mine"]


def test_sets_may_differ_in_size():
    x = GENERATOR.normal(size=(90, 8))
    assert kd(x, x[:40], extractor="mine", seed=0, subsets=5, subset_size=30)["kd_mine_images"] == 90


def test_without_weights_it_is_skipped_and_says_so(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    for clean, name in ((False, "kid"), (True, "clean_kid")):
        found = kid(IMAGES, IMAGES, seed=0, clean=clean, subset_size=8)
        assert found.reasons[name] == found.reasons[f"{name}_sd_over_subsets"] == "skipped: weights missing"


def test_with_weights_it_is_the_distance_of_their_features(weights):
    ours, theirs = (inception_features(x, weights=weights) for x in (IMAGES[:2], IMAGES[2:4]))
    settings = {"seed": 0, "subsets": 4, "subset_size": 2}
    found = kid(IMAGES[:2], IMAGES[2:4], weights=weights, **settings)
    assert found == pytest.approx(kd(ours, theirs, extractor="inception", **settings), rel=1e-3)


def test_what_cannot_be_compared_is_refused():
    x = GENERATOR.normal(size=(30, 8))
    with pytest.raises(ValueError, match="subsets of 1000"):
        kd(x, x, extractor="mine", seed=0)
    with pytest.raises(ValueError, match="equal width"):
        kd(x, x[:, :3], extractor="mine", seed=0, subset_size=10)
    with pytest.raises(ValueError, match="not finite"):
        kd(np.where(x > 2, np.nan, x), x, extractor="mine", seed=0, subset_size=10)
