"""Which values of two factors go together in training, as a data set's card says it."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.datasets.files.ridge import ridge
from diffrep.pipelines.trained.pairings import pairings


def data(*pairs, sizes=(6, 4, 4)) -> SimpleNamespace:
    joint = {"joint": {"pairs": [{"factors": list(pair), "asked": 0.9} for pair in pairs], "held_out": []}}
    return SimpleNamespace(card={"factor_names": ["hat", "beard", "shirt"], "factor_sizes": sizes} | joint)


@pytest.mark.parametrize("card", [{}, {"joint": {"pairs": [], "held_out": [{"hat": 1}]}}])
def test_independent_factors_have_none(card):
    assert pairings(SimpleNamespace(card={"factor_names": ["hat"], "factor_sizes": [6]} | card)) == []


def test_of_as_many_values_each_goes_with_its_own():
    (pairing,) = pairings(data(("shirt", "beard")))
    assert (pairing.name, pairing.factors) == ("shirt_beard", (2, 1))
    np.testing.assert_array_equal(pairing.together, np.eye(4, dtype=bool))


def test_of_other_sizes_those_go_together_that_training_shows_oftener_than_chance():
    (pairing,) = pairings(data(("hat", "beard")))
    np.testing.assert_array_equal(pairing.together, ridge(6, 4, 0.9) > 1 / 24)
    np.testing.assert_array_equal(pairing.together.sum(1), [1, 2, 1, 1, 2, 1])


def test_a_share_that_is_that_of_chance_is_not_together():
    """A seventh of the clothes overlaps a sixth of the hair by a 42nd, which is the even share."""
    (pairing,) = pairings(data(("hat", "beard"), sizes=(6, 7, 4)))
    np.testing.assert_array_equal(pairing.together[0], [True] + [False] * 6)


def test_both_ways_and_agreement_read_the_same_table():
    (pairing,) = pairings(data(("hat", "beard")))
    (one, other, there), (back, first, again) = pairing.both_ways
    assert (one, other, back, first) == (0, 1, 1, 0)
    np.testing.assert_array_equal(there, again.T)
    np.testing.assert_array_equal(pairing.agrees(np.array([[0, 0, 3], [0, 3, 0], [5, 3, 0]])), [True, False, True])
