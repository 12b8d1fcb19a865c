"""Noise of the estimator and of the rows: what it must come to where it is known, and what it takes no part in."""

import numpy as np
import pytest

from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.measured import Measured, joined
from diffrep.metrics.noise import REPEATS, estimator_noise, mean_noise, row_noise

DRAWN = np.random.default_rng(0)


def drawn_codes(rows, generator):
    """Codes that tell a little of two factors, and the factors."""
    factors = generator.integers(0, [4, 6], size=(rows, 2))
    return factors @ np.array([[1.0, 0.2, 0.1], [0.3, 0.5, 0.9]]) + generator.normal(size=(rows, 3)), factors


def test_estimator_noise_is_the_deviation_over_the_seeds_that_follow():
    values = {4: 0.1, 5: 0.2, 6: 0.4, 7: 0.2, 8: 0.3}
    found = estimator_noise(lambda seed: {"score": values[seed]}, seed=4)
    assert found == {"score": {"estimator": pytest.approx(np.std([*values.values()], ddof=1))}}


def test_blocks_are_disjoint_and_together_all_rows():
    blocks = []
    row_noise(lambda rows: blocks.append(rows) or {"count": len(rows)}, 23, seed=0)
    assert len(blocks) == REPEATS
    assert sorted(np.concatenate(blocks)) == [*range(23)]


def test_row_noise_of_a_mean_is_its_standard_error():
    found = [
        row_noise(lambda rows, values=values: {"mean": values[rows].mean()}, 400, seed=0)["mean"]["rows"]
        for values in DRAWN.normal(size=(300, 400))
    ]
    assert np.sqrt(np.mean(np.square(found))) == pytest.approx(1 / np.sqrt(400), rel=0.1)


def test_row_noise_of_mig_is_what_fresh_rows_show():
    fresh = np.std([mig(*drawn_codes(1500, DRAWN))["mig"] for _ in range(60)], ddof=1)
    blocks = []
    for _ in range(30):
        codes, factors = drawn_codes(1500, DRAWN)
        blocks.append(row_noise(lambda rows, z=codes, v=factors: mig(z[rows], v[rows]), 1500, seed=0)["mig"]["rows"])
    assert np.sqrt(np.mean(np.square(blocks))) == pytest.approx(fresh, rel=0.3)


def test_rows_in_order_make_no_more_noise():
    values = np.sort(DRAWN.normal(size=400))
    found = [
        row_noise(lambda rows: {"mean": values[rows].mean()}, 400, seed=seed)["mean"]["rows"] for seed in range(100)
    ]
    assert np.sqrt(np.mean(np.square(found))) == pytest.approx(values.std() / np.sqrt(400), rel=0.15)


def test_noise_of_a_mean_is_its_standard_error():
    values = DRAWN.normal(size=60)
    found = mean_noise({"mse": values, "one case": values[:1]})
    assert found == {"mse": {"rows": pytest.approx(values.std(ddof=1) / np.sqrt(60))}}


def test_what_is_undefined_on_a_block_is_left_out():
    assert row_noise(lambda rows: {"nan": np.nan if 0 in rows else 1.0, "one": 1.0}, 10, seed=0) == {
        "one": {"rows": 0.0}
    }
    assert row_noise(lambda rows: {"one": 1.0}, REPEATS - 1, seed=0) == {}


def test_noise_rides_along_with_what_is_joined():
    first, second = Measured({"a": 1.0}, noise={"a": {"rows": 0.1}}), Measured({"b": 1.0})
    assert joined(first, second).noise == {"a": {"rows": 0.1}}
