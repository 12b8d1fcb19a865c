"""What is FactorVAE's own; known codes and what they share with other metrics: test_known_codes.py."""

import numpy as np
import pytest

from diffrep.metrics.disentanglement.factor_vae import factor_vae

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, 5, size=(1000, 3))
CODES = FACTORS.astype(float)
TANGLED = CODES @ GENERATOR.normal(size=(3, 4)) + GENERATOR.normal(size=(1000, 4))


def test_one_dimension_names_one_factor():
    assert factor_vae(CODES[:, :1], FACTORS, seed=0)["factor_vae"] == pytest.approx(1 / 3, abs=0.03)


@pytest.mark.parametrize("factors", [FACTORS[:, :1], FACTORS * [0, 1, 0]])
def test_one_factor_is_nothing_to_tell(factors):
    found = factor_vae(CODES, factors, seed=0)
    assert np.isnan(found["factor_vae"])
    assert "one factor" in found.reasons["factor_vae"]


def test_published_code_tells_one_factor_always():
    assert factor_vae(TANGLED, FACTORS[:, :1], seed=0, compat=True)["factor_vae"] == 1.0


def test_a_scale_for_all_dimensions_changes_nothing():
    assert factor_vae(TANGLED / 1024, FACTORS, seed=0) == factor_vae(TANGLED, FACTORS, seed=0)


def test_small_dimensions_are_not_looked_at():
    codes = np.hstack([CODES, 1e-3 * TANGLED])
    assert factor_vae(codes, FACTORS, seed=0)["factor_vae_active_dims"] == 3


def test_every_training_vote_is_counted():
    assert factor_vae(TANGLED, FACTORS, seed=0, train_votes=321, test_votes=10).arrays["votes"].sum() == 321


def test_a_dimension_that_is_its_factor_gets_all_votes_of_it():
    votes = factor_vae(CODES, FACTORS, seed=3, train_votes=600, test_votes=1).arrays["votes"]
    assert np.array_equal(votes > 0, np.eye(3, dtype=bool))


def test_the_seed_decides_the_votes():
    first, again, other = (factor_vae(TANGLED, FACTORS, seed=seed).arrays["votes"] for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_published_bound_depends_on_the_scale():
    small = 0.01 * CODES
    assert factor_vae(small, FACTORS, seed=0)["factor_vae"] == 1.0
    assert factor_vae(small, FACTORS, seed=0, compat=True) == {"factor_vae": 0.0, "factor_vae_active_dims": 0.0}


def test_published_bound_keeps_what_is_small_beside_the_rest():
    codes = np.hstack([1000 * CODES, TANGLED, np.ones((1000, 1))])
    assert factor_vae(codes, FACTORS, seed=0)["factor_vae_active_dims"] == 3
    assert factor_vae(codes, FACTORS, seed=0, compat=True)["factor_vae_active_dims"] == 7


def test_published_score_agrees_where_both_look_at_all_dimensions():
    ours, theirs = (factor_vae(TANGLED, FACTORS, seed=0, compat=compat)["factor_vae"] for compat in (False, True))
    assert theirs == pytest.approx(ours, abs=0.03)
    assert theirs == factor_vae(TANGLED, FACTORS, seed=0, compat=True)["factor_vae"]


def test_published_score_holds_constant_factors_too():
    factors = np.insert(FACTORS, 1, 3, axis=1)
    assert np.isnan(factor_vae(CODES, factors, seed=0).arrays["votes"][:, 1]).all()
    assert factor_vae(CODES, factors, seed=0, compat=True).arrays["votes"][:, 1].sum() > 2000


def test_the_bound_is_a_hundredth_of_the_largest_deviation():
    scaled = (CODES - CODES.mean(axis=0)) / CODES.std(axis=0)
    assert factor_vae(scaled * [1, 0.0101, 0.0099], FACTORS, seed=0)["factor_vae_active_dims"] == 2


def test_the_published_bound_is_a_deviation_of_a_twentieth():
    signs = np.where(FACTORS < 2.5, -1.0, 1.0)  # of a deviation that hardly depends on the rows drawn
    scaled = signs / signs.std(axis=0) * [1, 0.0505, 0.0495]
    assert factor_vae(scaled, FACTORS, seed=0, compat=True)["factor_vae_active_dims"] == 2
