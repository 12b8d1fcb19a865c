"""Counterfactual scores of models whose every decode is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.metrics.disentanglement.top_parts import top_parts
from diffrep.metrics.edits.counterfactual import assign, counterfactual, edit_scores, oracle_fails, rates, swap_scores

RNG = np.random.default_rng(0)
M, K = 400, 4
Y_A, Y_B = RNG.integers(0, 5, size=(2, M, K))
ONE_EACH = np.stack([np.where(np.arange(K) == part, Y_B, Y_A) for part in range(K)])


def judge(y_cf, **given):
    return counterfactual(Y_A, given.pop("y_b", Y_B), y_cf, Y_A, **given)


def headline(found):
    return [found[name] for name in ("efficacy", "preservation", "faithfulness")]


def test_one_part_per_factor_is_perfect():
    found = judge(ONE_EACH)
    assert headline(found) == [1, 1, 1]
    assert found["cf_gap"] == 1
    assert found["distinct_parts"] == K


def test_order_of_parts_does_not_matter():
    assert judge(ONE_EACH[::-1]) == judge(ONE_EACH)


def test_a_decoder_that_ignores_its_code():
    assert headline(judge(np.stack([Y_A] * 3), y_b=Y_A)) == [0, 1, 0]


def test_parts_that_change_nothing():
    assert headline(judge(np.stack([Y_A] * 3))) == [0, 1, 0]


def test_a_factor_that_is_never_drawn_counts_against_the_model():
    y_b = Y_B.copy()
    y_b[:, 0] = Y_A[:, 0]
    y_cf = np.stack([np.where(np.arange(K) == part, y_b, Y_A) for part in range(K)])
    assert judge(y_cf, y_b=y_b)["efficacy"] == pytest.approx(1 - 1 / K)


def test_swapping_everything_arrives_and_preserves_little():
    found = judge(np.stack([Y_B, Y_A]))
    assert found["efficacy"] == 1
    assert found["preservation"] == pytest.approx((Y_A == Y_B).mean(), abs=0.05)
    assert found["distinct_parts"] == 1


def test_duplicated_parts_leave_no_gap():
    assert judge(np.concatenate([ONE_EACH, ONE_EACH]))["cf_gap"] == 0


def test_only_counted_pairs_cost_preservation():
    y_cf = ONE_EACH.copy()
    y_cf[0, :, 1] = (Y_A[:, 1] + 1) % 5  # an edit of factor 0 always changes factor 1
    counted = np.ones((K, K), bool)
    counted[0, 1] = False
    assert judge(y_cf)["preservation"] == pytest.approx(1 - 1 / K / (K - 1))
    assert judge(y_cf, counted=counted)["preservation"] == 1


def test_assignment_never_sees_the_judged_half():
    y_cf = ONE_EACH.copy()
    y_cf[:, M // 2 :] = Y_A[M // 2 :]
    y_cf[:, : M // 2] = ONE_EACH[:, : M // 2]
    assert judge(y_cf)["efficacy"] == 0


def test_noise_floor():
    y_noise = np.where(RNG.random((M, K)) < 0.25, Y_A + 1, Y_A)
    assert rates(Y_A, Y_B, ONE_EACH, y_noise).noise[0] == pytest.approx(np.full(K, 0.25), abs=0.08)
    assert counterfactual(Y_A, Y_B, ONE_EACH, y_noise)["noise_floor"] == pytest.approx(0.25, abs=0.05)


def test_rates_by_hand():
    y_a, y_b = np.array([[0], [0], [1]]), np.array([[1], [1], [1]])
    found = rates(y_a, y_b, np.array([[[1], [0], [2]]]), y_a)
    assert found.arrived[0, 0] == 0.5
    assert found.changed[0, 0] == pytest.approx(2 / 3)


def test_equal_images_tell_nothing():
    found = rates(Y_A, Y_A, ONE_EACH, Y_A, differs=np.zeros((M, K), bool))
    assert np.isnan(found.arrived).all()
    assert (assign(found.arrived) == -1).all()
    assert np.isnan(counterfactual(Y_A, Y_A, ONE_EACH, Y_A, differs=np.zeros((M, K), bool))["efficacy"])


def test_one_part_has_no_gap():
    assert np.isnan(judge(Y_B[None])["cf_gap"])


def test_one_factor_has_no_preservation():
    found = counterfactual(Y_A[:, :1], Y_B[:, :1], ONE_EACH[..., :1], Y_A[:, :1])
    assert np.isnan(found["preservation"])
    assert np.isnan(found["faithfulness"])


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**31), st.integers(2, 30), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3))
def test_ranges(seed, m, k, parts, values):
    rng = np.random.default_rng(seed)
    y_a, y_b, y_noise = rng.integers(0, values, size=(3, m, k))
    y_cf = rng.integers(0, values, size=(parts, m, k))
    found = counterfactual(y_a, y_b, y_cf, y_noise)
    for name in ("efficacy", "preservation", "faithfulness"):
        assert np.isnan(found[name]) or 0 <= found[name] <= 1
    assert np.isnan(found["cf_gap"]) or -1 <= found["cf_gap"] <= 1
    assert np.isnan(found["distinct_parts"]) or 1 <= found["distinct_parts"] <= min(parts, k)


def test_readings_of_other_pairs_are_refused():
    with pytest.raises(ValueError, match="over the same pairs"):
        counterfactual(Y_A, Y_B[:5], ONE_EACH, Y_A)


def test_top_parts_finds_what_tells_of_each_factor():
    factors = RNG.integers(0, 4, size=(2000, 2))
    codes = RNG.normal(size=(2000, 12))
    codes[:, 5], codes[:, 8] = factors[:, 0], -2 * factors[:, 1]
    parts = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (9,), (10,), (11,)]
    found = top_parts(codes, factors, parts, seed=0)
    assert {1, 2} < set(found)
    assert len(found) == 4


def test_top_parts_are_drawn_by_the_seed():
    factors, codes = RNG.integers(0, 4, size=(200, 1)), RNG.normal(size=(200, 40))
    drawn = [tuple(top_parts(codes, factors, [(i,) for i in range(40)], seed=seed)) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def test_no_parts_is_an_error():
    with pytest.raises(ValueError, match="no parts to choose from"):
        top_parts(np.zeros((4, 2)), np.zeros((4, 1), int), [], seed=0)


def test_resampled_pairs_score_as_those_pairs_do():
    y_cf = np.where(RNG.random(ONE_EACH.shape) < 0.3, Y_A, ONE_EACH)
    y_noise = np.where(RNG.random((M, K)) < 0.25, Y_A + 1, Y_A)
    rows, assigned = RNG.integers(M, size=M), np.array([0, 1, 3, -1])
    weights = np.stack([np.ones(M), np.bincount(rows, minlength=M)])
    together = swap_scores(rates(Y_A, Y_B, y_cf, y_noise, weights=weights), assigned)
    drawn = swap_scores(rates(Y_A[rows], Y_B[rows], y_cf[:, rows], y_noise[rows]), assigned)
    whole = swap_scores(rates(Y_A, Y_B, y_cf, y_noise), assigned)
    for name, values in together.items():
        assert values == pytest.approx([whole[name][0], drawn[name][0]]), name


FACTOR = np.arange(M) % K
WANTED = Y_B[np.arange(M), FACTOR]
EDITED = np.where(np.arange(K) == FACTOR[:, None], Y_B, Y_A)


def named(y_edit, **given):
    return {name: values[0] for name, values in edit_scores(Y_A, y_edit, FACTOR, WANTED, **given).items()}


def test_edits_that_do_what_they_name():
    assert named(EDITED) == {"efficacy": 1, "preservation": 1, "faithfulness": 1}


def test_edits_that_do_nothing():
    assert named(Y_A) == {"efficacy": 0, "preservation": 1, "faithfulness": 0}


def test_edits_that_change_all_else():
    assert named(np.where(np.arange(K) == FACTOR[:, None], Y_B, Y_A + 1))["preservation"] == 0


def test_changes_that_do_not_count_are_no_damage():
    found = edit_scores(Y_A, Y_A + 1, FACTOR, WANTED, counted=np.eye(K, dtype=bool))
    assert np.isnan(found["preservation"][0])
    assert np.isnan(found["faithfulness"][0])


def test_a_reading_that_was_there_before_is_no_success():
    y_a = np.where(np.arange(K) == FACTOR[:, None], Y_B, Y_A)
    assert np.isnan(edit_scores(y_a, y_a, FACTOR, WANTED)["efficacy"][0])


def test_every_factor_counts_the_same_however_many_edits_it_has():
    rows = np.flatnonzero((FACTOR == 0) | (np.arange(M) < 40))
    y_edit = np.where(FACTOR[rows, None] == 0, EDITED[rows], Y_A[rows])
    found = edit_scores(Y_A[rows], y_edit, FACTOR[rows], WANTED[rows])
    assert found["efficacy"][0] == pytest.approx(1 / K)


def test_an_oracle_fails_below_half_way_from_not_looking():
    assert oracle_fails(np.array([0.54, 0.56]), np.full(2, 1.0), np.full(2, 0.1)).tolist() == [True, False]


def test_a_resample_without_the_factor_tells_nothing_of_it():
    """Only the first pair's decodes differ: where it is not drawn the rate is unknown, and not 0."""
    y_a = np.zeros((3, 1), int)
    y_b = np.array([[1], [0], [0]])
    weights = np.array([[1, 1, 1], [0, 2, 1]])
    found = rates(y_a, y_b, y_b[None], y_a, differs=np.ones((3, 1), bool), weights=weights)
    assert found.arrived[0, 0, 0] == 1
    assert np.isnan(found.arrived[1, 0, 0])
