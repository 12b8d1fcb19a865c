"""Chance from numbers: spread as it should be, the same in any batch."""

import numpy as np

from diffrep.datasets.rendered.chance import key_of, normal, share

KEYS = key_of(np.arange(20_000))


def test_keys_are_unlike():
    assert len(np.unique(KEYS)) == len(KEYS)


def test_shares_are_even_and_unrelated():
    shares = np.stack([share(KEYS, number) for number in range(1, 6)])
    assert shares.min() >= 0
    assert shares.max() < 1
    np.testing.assert_allclose([np.histogram(row, 10, (0, 1))[0] / 20_000 for row in shares], 0.1, atol=0.01)
    np.testing.assert_allclose(np.corrcoef(shares), np.eye(5), atol=0.03)


def test_normal_numbers_are_normal_and_unrelated():
    noise = normal(KEYS[:500], 301, 2.0)
    assert noise.shape == (500, 301)
    assert abs(noise.mean()) < 0.03
    assert abs(noise.std() - 2) < 0.02
    assert abs(np.mean(np.abs(noise) < 2) - 0.6827) < 0.005
    np.testing.assert_allclose(np.corrcoef(noise[:8]), np.eye(8), atol=0.25)
    np.testing.assert_allclose(np.corrcoef(noise.T[[0, 1, 150, 151, 300]]), np.eye(5), atol=0.2)


def test_noise_is_told_by_its_key_alone():
    np.testing.assert_array_equal(normal(KEYS[:9], 50, 1.0)[[7, 2]], normal(KEYS[[7, 2]], 50, 1.0))
