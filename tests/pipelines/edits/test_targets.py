"""Which factors of which pairs are asked about."""

import numpy as np
import painted
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from diffrep.pipelines.edits.targets import differing, one_each, oracle_targets

SMALL = arrays(np.int64, (7, 4), elements=st.integers(0, 2))


@settings(max_examples=50, deadline=None)
@given(first=SMALL, second=SMALL)
def test_one_factor_is_chosen_of_each_row_that_differs(first, second):
    rows, factor = one_each(first, second)
    assert (first[rows, factor] != second[rows, factor]).all()
    assert rows.tolist() == np.flatnonzero((first != second).any(1)).tolist()
    assert set(zip(rows, factor, strict=True)) <= set(zip(*differing(first, second), strict=True))


def test_factors_take_turns_where_all_differ():
    _, factor = one_each(np.zeros((8, 4), int), np.ones((8, 4), int))
    assert factor.tolist() == [0, 1, 2, 3, 0, 1, 2, 3]


@pytest.mark.parametrize("shape", [(3, 2), (3, 0), (0, 2)])
def test_nothing_differs(shape):
    rows, factor = one_each(np.zeros(shape, int), np.zeros(shape, int))
    assert len(rows) == len(factor) == 0


@pytest.mark.parametrize("bands", [(0, 1, 2), (2, 0)])
def test_a_target_is_a_factor_in_which_its_pair_differs(bands):
    session = painted.session()
    targets = oracle_targets(session, painted.oracle(*bands), session.judged)
    factors, named = session.data.factors, np.array(bands)[targets.factor]
    np.testing.assert_array_equal(factors[session.rows(session.a[targets.pairs]), named], targets.source)
    np.testing.assert_array_equal(factors[session.rows(session.b[targets.pairs]), named], targets.wanted)
    assert (targets.source != targets.wanted).all()
    assert np.bincount(targets.factor).min() > 5


def test_some_of_the_targets_keep_their_columns_together():
    session = painted.session()
    targets = oracle_targets(session, painted.oracle(), session.judged)
    some = targets.only(targets.factor == 1)
    assert set(some.factor) == {1}
    assert len(some.pairs) == len(some.source) == len(some.wanted) == (targets.factor == 1).sum()
