"""Anchor codes are what they say."""

import numpy as np

from diffrep.metrics.numerics.anchors import factor_codes, noise_codes, rotated_factors

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, 6, size=(500, 4))


def test_factors_are_their_own_code():
    assert np.array_equal(factor_codes(FACTORS), FACTORS)


def test_rotation_keeps_lengths_of_standardised_factors():
    standard = (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)
    rotated = rotated_factors(FACTORS, FACTORS, seed=0)
    np.testing.assert_allclose(np.linalg.norm(rotated, axis=1), np.linalg.norm(standard, axis=1))


def test_rotation_mixes_every_factor_into_every_dimension():
    mixing = np.corrcoef(FACTORS.T, rotated_factors(FACTORS, FACTORS, seed=0).T)[:4, 4:]
    assert (np.abs(mixing).max(axis=0) < 0.99).all()


def test_rotation_is_the_same_for_every_part():
    whole = rotated_factors(FACTORS[:300], FACTORS, seed=0)
    np.testing.assert_allclose(rotated_factors(FACTORS[:300], FACTORS[300:], seed=0), whole[300:])


def test_a_constant_factor_rotates_as_zero():
    rotated = rotated_factors(np.ones((5, 2), int), np.ones((3, 2), int), seed=0)
    assert not rotated.any()


def test_noise_comes_from_the_seed():
    first, again, other = (noise_codes(50, 3, seed=seed) for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
