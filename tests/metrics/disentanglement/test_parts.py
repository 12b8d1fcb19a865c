"""What parts of known codes tell of each factor."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, N_TRAIN

from diffrep.metrics.disentanglement.parts import part_information
from diffrep.metrics.numerics.information import entropy

CODE, KNOWN = CODES["identity"][:N_TRAIN], FACTORS[:N_TRAIN]
PAIRS = [(0, 1), (2, 3), (4, 5)]


def test_each_part_tells_its_own_factors():
    found = part_information(CODE, KNOWN, PAIRS)
    own = np.kron(np.eye(3), np.ones((1, 2)))
    assert found == pytest.approx(own, abs=0.02)


def test_noise_tells_the_bias():
    found = part_information(CODES["noise"][:N_TRAIN], KNOWN, [(0,), (1,)])
    bias = 19 * (np.array([10, 10, 10, 8, 4, 15]) - 1) / (2 * N_TRAIN) / entropy(KNOWN)
    assert found.mean(axis=0) == pytest.approx(bias, rel=0.5)


def test_a_part_is_as_good_as_its_best_dimension():
    code = np.hstack([CODE, CODES["noise"][:N_TRAIN]])
    alone = part_information(code, KNOWN, [(0,)])
    assert (part_information(code, KNOWN, [(0, 8)])[:, 0] == alone[:, 0]).all()


@pytest.mark.parametrize("change", [name for name in CHANGES if name in ("signs", "scales")])
def test_each_dimension_has_its_own_scale(change):
    code = CODES["tangled"][:N_TRAIN]
    parts = [tuple(range(5)), tuple(range(5, 10))]
    found = part_information(CHANGES[change](code), KNOWN, parts)
    assert found == pytest.approx(part_information(code, KNOWN, parts), abs=0.003)


def test_a_factor_that_never_varies_is_nan():
    found = part_information(CODE, np.insert(KNOWN, 1, 3, axis=1), PAIRS)
    assert np.isnan(found).all(axis=0).tolist() == [False, True, *[False] * 5]


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity in dimension 0"):
        part_information(np.where(CODE > 5, np.nan, CODE), KNOWN, PAIRS)
