"""What metrics refuse, what they leave out, and which rows they use."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrep.metrics.codes import (
    active_dimensions,
    checked_codes,
    checked_parts,
    dimension_counts,
    evaluation_rows,
    held_out,
    varying_factors,
    whole,
)

CODES = np.random.default_rng(0).normal(size=(20, 3))
FACTORS = np.random.default_rng(1).integers(0, 4, size=(20, 2))


@pytest.mark.parametrize("largest", [0.5, 100.0])
def test_a_dimension_varies_above_a_billionth_of_its_largest_value_or_of_one(largest):
    signs = np.array([[1.0], [-1.0]]) * [1.05e-9, 0.95e-9] * max(1.0, largest)
    assert active_dimensions(largest + signs).tolist() == [True, False]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_refused_by_dimension(bad):
    codes = CODES.copy()
    codes[7, 2] = bad
    with pytest.raises(ValueError, match="dimension 2"):
        checked_codes(codes, FACTORS)


@pytest.mark.parametrize(
    ("codes", "factors"),
    [
        pytest.param(CODES[:5], FACTORS, id="lengths differ"),
        pytest.param(CODES[:0], FACTORS[:0], id="no rows"),
        pytest.param(CODES[:, 0], FACTORS, id="codes of one axis"),
        pytest.param(CODES, FACTORS[:, 0], id="factors of one axis"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(codes, factors):
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        checked_codes(codes, factors)


def test_parts_of_different_codes_are_refused():
    with pytest.raises(ValueError, match="columns"):
        checked_parts(CODES, FACTORS, CODES[:, :2], FACTORS)


def test_codes_become_float64():
    assert checked_codes(CODES.astype(np.float32), FACTORS).dtype == np.float64


def test_constant_dimensions_are_found_at_any_offset():
    offset = np.full(20, 1e6) + 1e-5 * CODES[:, 0]  # varies by less than 1e-9 of its size
    assert active_dimensions(np.column_stack([CODES, np.ones(20), offset])).tolist() == [True] * 3 + [False] * 2


def test_counts_of_dimensions():
    assert dimension_counts(np.column_stack([CODES, np.ones(20)])) == {"active_dims": 3, "total_dims": 4}


def test_constant_factor_is_found():
    assert varying_factors(np.column_stack([FACTORS, np.full(20, 7)])).tolist() == [True, True, False]


def test_left_out_places_hold_nan():
    full = whole(np.array([[1.0, 2.0]]), np.array([False, True]), np.array([True, False, True]))
    np.testing.assert_array_equal(full, [[np.nan] * 3, [1.0, np.nan, 2.0]])


@given(pool=st.integers(3, 400), n_train=st.integers(1, 200), n_test=st.integers(1, 200), seed=st.integers(0, 9))
def test_rows_are_never_in_both_parts(pool, n_train, n_test, seed):
    rows = evaluation_rows(pool, n_train, n_test, seed)
    both = np.concatenate([rows.train, rows.test])
    assert len(np.unique(both)) == len(both)
    assert set(both) <= set(range(pool))


def test_a_large_pool_gives_the_sizes_asked_for():
    rows = evaluation_rows(4500, 3000, 1500, seed=0)
    assert (len(rows.train), len(rows.test), rows.shortened) == (3000, 1500, False)


def test_a_small_pool_is_split_two_to_one_and_says_so():
    rows = evaluation_rows(4499, 3000, 1500, seed=0)
    assert (len(rows.train), len(rows.test), rows.shortened) == (2999, 1500, True)


def test_rows_come_from_the_seed():
    first, again, other = (evaluation_rows(100, 20, 10, seed) for seed in (0, 0, 1))
    assert np.array_equal(first.train, again.train)
    assert not np.array_equal(first.train, other.train)


def test_a_pool_of_two_rows_is_refused():
    with pytest.raises(ValueError, match="2 rows cannot give"):
        evaluation_rows(2, 1, 1, seed=0)


def test_a_fifth_of_the_rows_is_held_out_by_the_seed():
    fitted, held = held_out(103, seed=0)
    assert (len(fitted), len(held)) == (83, 20)
    assert sorted([*fitted, *held]) == list(range(103))
    assert held.tolist() == held_out(103, seed=0)[1].tolist() != held_out(103, seed=1)[1].tolist()
