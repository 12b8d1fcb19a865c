"""Which parts of known codes are chosen, and which by lot."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics.disentanglement.top_parts import top_parts

CODE = np.hstack([CODES["noise"][:N_TRAIN, :4], CODES["identity"][:N_TRAIN]])  # dimensions 4 to 9 tell the factors
EACH = [(dim,) for dim in range(10)]


def test_each_factor_brings_its_part():
    assert top_parts(CODE, FACTORS[:N_TRAIN], EACH, seed=0, random_parts=0).tolist() == [4, 5, 6, 7, 8, 9]
    assert top_parts(CODE, FACTORS[:N_TRAIN, 2:3], EACH, seed=0, random_parts=0).tolist() == [6]


def test_a_part_of_several_factors_comes_once():
    parts = [(0, 1, 2, 3), (4, 5, 6), (7, 8, 9)]
    assert top_parts(CODE, FACTORS[:N_TRAIN], parts, seed=0, random_parts=0).tolist() == [1, 2]


def test_many_dimensions_are_no_advantage():
    parts = [(0, 1, 2, 3), (4,)]
    assert top_parts(CODE, FACTORS[:N_TRAIN, :1], parts, seed=0, random_parts=0).tolist() == [1]


def test_others_are_drawn_by_the_seed():
    drawn = [set(top_parts(CODE, FACTORS[:N_TRAIN, :2], EACH, seed=seed)) - {4, 5} for seed in range(5)]
    assert {len(others) for others in drawn} == {2}
    assert len({frozenset(others) for others in drawn}) > 1
    again = top_parts(CODE, FACTORS[:N_TRAIN, :2], EACH, seed=3)
    assert set(again) - {4, 5} == drawn[3]
    assert (np.diff(again) > 0).all()


def test_there_are_no_more_than_there_are():
    assert top_parts(CODE, FACTORS[:N_TRAIN], EACH, seed=0, random_parts=99).tolist() == list(range(10))
    with pytest.raises(ValueError, match="there are no parts to choose from"):
        top_parts(CODE, FACTORS[:N_TRAIN], [], seed=0)
