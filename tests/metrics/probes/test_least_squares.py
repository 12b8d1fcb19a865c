"""The closed-form probe: as numpy solves it, what parts tell, and what becomes of dimensions that tell nothing."""

import numpy as np
import pytest

from diffrep.metrics.disentanglement.parts import part_information
from diffrep.metrics.probes.least_squares import least_squares_precision, least_squares_probe, part_lifts

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(3000, 4)) * [1, 10, 0.1, 1] + [0, 5, 0, 0]
ATTRIBUTES = np.stack([CODES[:, 0] > 0.5, CODES[:, 1] > 5], axis=1).astype(np.uint8)
TRAIN, TEST = slice(0, 2000), slice(2000, 3000)


def lifts(parts, codes=CODES):
    return part_lifts(codes[TRAIN], ATTRIBUTES[TRAIN], codes[TEST], ATTRIBUTES[TEST], parts)


def test_predictions_are_numpys():
    design = np.hstack([CODES, np.ones((3000, 1))])
    weights = np.linalg.lstsq(design[TRAIN], ATTRIBUTES[TRAIN].astype(float), rcond=None)[0]
    found = least_squares_probe(CODES[TRAIN], ATTRIBUTES[TRAIN], CODES[TEST])
    assert found == pytest.approx(design[TEST] @ weights)


def test_a_linear_attribute_is_read_exactly():
    precision = least_squares_precision(CODES[TRAIN, :2], ATTRIBUTES[TRAIN], CODES[TEST, :2], ATTRIBUTES[TEST])
    assert precision == pytest.approx([1, 1], abs=0.01)


def test_parts_tell_what_they_hold():
    assert lifts([(0,), (1,), (2, 3)]) == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]), abs=0.06)


def test_copies_and_constants_change_nothing():
    wide = np.hstack([CODES, CODES[:, :1], np.ones((3000, 1))])
    found = least_squares_probe(wide[TRAIN], ATTRIBUTES[TRAIN], wide[TEST])
    assert found == pytest.approx(least_squares_probe(CODES[TRAIN], ATTRIBUTES[TRAIN], CODES[TEST]))


def test_a_constant_code_is_chance():
    assert lifts([(0,)], np.ones((3000, 1))) == pytest.approx(0, abs=1e-9)


def test_an_attribute_of_one_value_is_undefined():
    always = np.ones((1000, 1))
    assert np.isnan(part_lifts(CODES[TRAIN], ATTRIBUTES[TRAIN, :1], CODES[TEST], always, [(0,)])).all()


def test_information_of_parts_is_that_of_their_best_dimension():
    factors = GENERATOR.integers(0, [4, 3], size=(3000, 2))
    codes = np.hstack([factors, GENERATOR.normal(size=(3000, 1))]).astype(float)
    shares = part_information(codes, factors, [(0,), (1, 2), (2,)])
    assert shares == pytest.approx(np.array([[1, 0], [0, 1], [0, 0]]), abs=0.02)


def test_a_factor_that_never_varies_has_no_share():
    factors = np.stack([np.arange(60) % 3, np.zeros(60, int)], axis=1)
    shares = part_information(factors.astype(float), factors, [(0,), (1,)])
    assert shares[:, 0] == pytest.approx([1, 0])
    assert np.isnan(shares[:, 1]).all()
