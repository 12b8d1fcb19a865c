"""Information from nearest neighbours, against scikit-learn's and against what is known of Gaussians."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS
from scipy import integrate, stats
from scipy.special import digamma
from sklearn.feature_selection import mutual_info_classif
from sklearn.preprocessing import scale

from diffrep.metrics.numerics.neighbours import neighbour_information

ROWS = 600
SOME = [3, 4, 5]  # factors of 8, 4 and 15 values: from 40 alike to 150
LABELS = np.random.default_rng(0).integers(0, 3, size=(6000, 1))


def sklearns(codes, factors, seed, neighbours=10):
    codes = scale(codes)
    return [
        [
            mutual_info_classif(z[:, None], v, discrete_features=False, n_neighbors=neighbours, random_state=seed)[0]
            for v in factors.T
        ]
        for z in codes.T
    ]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("neighbours", [1, 10])
def test_numbers_are_scikit_learns(code, neighbours):
    codes, factors = CODES[code][:ROWS, ::3], FACTORS[:ROWS, SOME]
    ours = neighbour_information(codes, factors, seed=3, neighbours=neighbours)
    np.testing.assert_allclose(ours, sklearns(codes, factors, 3, neighbours), atol=1e-9)


def test_rare_values_reach_for_fewer_and_single_ones_are_left_out():
    # by the definition: scikit-learn rounds distances among so few rows, and then counts one neighbour more
    labels = np.concatenate([[90, 91, 92], np.repeat([5, 6], [2, 4]), np.arange(391) % 3])
    codes = np.random.default_rng(1).normal(size=(400, 1)) + 0.5 * (labels % 3)[:, None]
    there = labels < 90
    z, labels = codes[there, 0], labels[there]
    distances = np.abs(z[:, None] - z)
    alike = (labels[:, None] == labels).sum(axis=1)
    reach = np.minimum(10, alike - 1)
    farthest = np.sort(np.where(labels[:, None] == labels, distances, np.inf), axis=1)[np.arange(len(z)), reach]
    within = (distances < farthest[:, None]).sum(axis=1)
    expected = digamma(len(z)) + (digamma(reach) - digamma(alike) - digamma(within)).mean()
    assert neighbour_information(codes, np.concatenate([[90, 91, 92], labels])[:, None], seed=0)[0, 0] == pytest.approx(
        expected, abs=1e-9
    )


def test_a_mixture_of_gaussians_is_its_integral():
    numbers = np.random.default_rng(2).normal(size=LABELS.shape) + 2.0 * LABELS

    def density(z):
        return np.mean([stats.norm.pdf(z, 2.0 * centre) for centre in range(3)])

    expected = integrate.quad(lambda z: -density(z) * np.log(density(z)), -8, 12)[0] - stats.norm.entropy()
    assert neighbour_information(numbers, LABELS, seed=0)[0, 0] == pytest.approx(expected, abs=0.03)


def test_only_single_values_tell_nothing():
    assert neighbour_information(CODES["noise"][:5], np.arange(5)[:, None], seed=0).tolist() == [[0.0]] * 8


def test_other_scales_signs_and_orders_change_nothing():
    codes, factors = CODES["noisy"][:ROWS], FACTORS[:ROWS]
    before = neighbour_information(codes, factors, seed=0)
    after = neighbour_information((-100.0 * codes + 7.0)[:, ::-1], factors, seed=0)[::-1]
    np.testing.assert_allclose(after, before, atol=1e-6)


def test_the_seed_parts_equal_numbers():
    codes, factors = CODES["identity"][:ROWS], FACTORS[:ROWS]
    results = [neighbour_information(codes, factors, seed=seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(results[0], results[1])
    assert 0.0 < np.abs(results[0] - results[2]).max() < 0.05
