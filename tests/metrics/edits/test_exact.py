"""Errors to a true counterfactual, of edits whose every pixel is known."""

import numpy as np
import pytest
from even import EVEN
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.metrics.edits.exact import changed_pixels, errors, exact, exact_perceptual, exact_scores, squared_error
from diffrep.metrics.means import factor_mean

RNG = np.random.default_rng(0)
N = 12
SOURCE = RNG.integers(0, 256, size=(N, 6, 5, 3), dtype=np.uint8)
TRUTH = SOURCE.copy()
TRUTH[:, :2, :, 1] = 255 - SOURCE[:, :2, :, 1]  # the two upper rows differ, in one channel alone
BLURRED = np.clip(SOURCE / 255 + RNG.normal(0, 0.05, SOURCE.shape), 0, 1)
MASK = np.zeros((N, 6, 5), bool)
MASK[:, :2] = True


def test_the_mask_is_what_differs_in_any_channel():
    np.testing.assert_array_equal(changed_pixels(TRUTH, SOURCE), MASK)
    np.testing.assert_array_equal(exact(TRUTH, SOURCE, SOURCE, SOURCE).arrays["mask"], MASK)


def test_rooms_drawn_anew_keep_what_an_object_does_not_touch():
    rooms = Shapes3DRendered(size=32, nuisance=True, joint=EVEN, train=1, valid=1, test=18, seed=0)
    factors = rooms.factors(np.arange(20))
    mask = changed_pixels(
        rooms.redrawn((factors + np.eye(6, dtype=int)[2]) % rooms.factor_sizes, factors), rooms.images(np.arange(20))
    )
    assert mask.any((1, 2)).all()
    assert mask.mean() < 0.5
    assert not mask[:, 0, [0, -1]].any()  # the upper corners show wall alone


def test_the_truth_itself_makes_all_of_the_change():
    found = exact(TRUTH, SOURCE, TRUTH, SOURCE)
    assert found["exact_mse"] == found["exact_mse_changed"] == found["exact_mse_stayed"] == 0
    assert found["exact_gain"] == 1
    assert found["exact_spill"] == 0
    assert found["exact_mse_stayed_null"] == 0 < found["exact_mse_changed_null"]


def test_no_edit_gains_and_spills_nothing():
    found = exact(TRUTH, SOURCE, BLURRED, BLURRED)
    assert found["exact_gain"] == found["exact_spill"] == 0
    assert found["exact_mse"] == found["exact_mse_null"] > 0


def test_half_of_the_change_leaves_a_quarter_of_the_squared_error():
    half = (TRUTH / 255 + SOURCE / 255) / 2
    assert exact(TRUTH, SOURCE, half, SOURCE)["exact_gain"] == pytest.approx(0.75)


def test_a_change_the_wrong_way_is_below_zero():
    truth, source = np.full((1, 2, 2, 1), 0.6), np.full((1, 2, 2, 1), 0.5)
    assert exact(truth, source, source - 0.1, source)["exact_gain"] == pytest.approx(-3)


def test_damage_elsewhere_is_spill_and_no_loss_of_gain():
    damaged = TRUTH.copy()
    damaged[:, 3:] = 255 - TRUTH[:, 3:]
    found = exact(TRUTH, SOURCE, damaged, SOURCE)
    by_hand = np.square((255.0 - 2.0 * TRUTH[:, 3:]) / 255).mean() * 3 / 4  # of the four rows that stay, three
    assert found["exact_gain"] == 1
    assert found["exact_spill"] == pytest.approx(by_hand)


def test_floats_and_bytes_are_the_same_images():
    in_bytes = exact(TRUTH, SOURCE, SOURCE[::-1], SOURCE)
    in_floats = exact(TRUTH / 255, SOURCE / 255, SOURCE[::-1] / 255, SOURCE / 255)
    assert in_floats == pytest.approx(in_bytes)


def test_decodes_beyond_the_range_are_clamped():
    truth, source = np.zeros((2, 1, 1, 2, 1))
    truth[..., 0, :] = 1
    beyond = np.where(truth > 0, 5.0, -5.0)
    assert exact(truth, source, beyond, -1 - source) == exact(truth, source, truth, source)


def test_every_factor_counts_the_same():
    source = np.zeros((4, 1, 1, 1))
    truth = source + np.array([1.0, 1.0, 1.0, 0.5])[:, None, None, None]
    found = exact(truth, source, source, source, factor=np.array([0, 0, 0, 7]))
    assert found["exact_mse_changed"] == pytest.approx((1 + 0.25) / 2)
    assert exact(truth, source, source, source)["exact_mse_changed"] == pytest.approx((3 + 0.25) / 4)


def test_a_case_without_such_pixels_is_nan_and_left_out():
    truth = TRUTH.copy()
    truth[0], truth[1] = SOURCE[0], 255 - SOURCE[1]  # nothing to change; nothing to leave
    found = exact(truth, SOURCE, BLURRED, SOURCE)
    assert np.isnan(found.arrays["exact_mse_changed"]).tolist() == [True] + [False] * (N - 1)
    assert np.isnan(found.arrays["exact_mse_stayed"]).tolist() == [False, True] + [False] * (N - 2)
    assert found["exact_mse_changed"] == pytest.approx(np.nanmean(found.arrays["exact_mse_changed"]))


def test_nothing_to_change_at_all_has_a_reason():
    found = exact(SOURCE, SOURCE, BLURRED, SOURCE)
    assert np.isnan([found["exact_mse_changed"], found["exact_gain"]]).all()
    assert "had to change" in found.reasons["exact_mse_changed"]
    assert "had to change" in found.reasons["exact_gain"]
    assert not np.isnan(found["exact_spill"])


def test_nothing_missing_leaves_no_gain_to_speak_of():
    assert np.isnan(exact(TRUTH, SOURCE, SOURCE, TRUTH)["exact_gain"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 6), st.integers(1, 4))
def test_the_whole_is_its_two_parts_by_area(seed, n, side):
    rng = np.random.default_rng(seed)
    mask = rng.random((n, side, side)) < 0.5
    found = errors(rng.random((n, side, side)), mask, "d")
    share = mask.mean((1, 2))
    parts = np.nan_to_num(found["d_changed"]) * share + np.nan_to_num(found["d_stayed"]) * (1 - share)
    np.testing.assert_allclose(found["d"], parts)


def test_perceptual_distances_are_split_by_the_same_mask():
    distance = np.where(MASK, 0.2, 0.01)
    found = exact_perceptual(distance, 2 * distance, MASK)
    assert found["exact_pd_effnet_lite0_changed"] == pytest.approx(0.2)
    assert found["exact_pd_effnet_lite0_stayed"] == pytest.approx(0.01)
    assert found["exact_pd_effnet_lite0_null"] == pytest.approx(2 * found["exact_pd_effnet_lite0"])
    assert "exact_gain" not in found


def per_case(found):
    return {name: values for name, values in found.arrays.items() if name != "mask"}


def test_resampled_rows_score_as_those_cases_do():
    factor, rows = np.arange(N) % 3, RNG.integers(N, size=N)
    given_all = exact(TRUTH, SOURCE, BLURRED, SOURCE[::-1], factor=factor)
    again = exact(TRUTH[rows], SOURCE[rows], BLURRED[rows], SOURCE[::-1][rows], factor=factor[rows])
    weights = np.stack([np.bincount(rows, minlength=N), np.ones(N)])
    found = exact_scores(per_case(given_all), factor, weights)
    assert {name: values[0] for name, values in found.items()} == pytest.approx(dict(again))
    assert {name: values[1] for name, values in found.items()} == pytest.approx(dict(given_all))


def test_a_third_set_of_images_joins_under_its_own_suffix():
    found = exact(TRUTH, SOURCE, BLURRED, SOURCE)
    reachable = errors(squared_error(TRUTH, BLURRED), MASK, "exact_mse", "_reachable")
    joined = exact_scores(per_case(found) | reachable)
    assert joined["exact_mse_changed_reachable"] == found["exact_mse_changed"]
    assert joined["exact_gain"] == found["exact_gain"]


def test_mean_over_factors_leaves_nan_out():
    ones = np.ones((1, 4))
    assert factor_mean(np.array([1.0, np.nan, np.nan, 3.0]), np.array([0, 0, 5, 9]), ones) == 2
    assert np.isnan(factor_mean(np.array([np.nan]), np.array([0]), ones[:, :1]))


def test_a_factor_that_a_resample_has_no_case_of_is_left_out():
    assert factor_mean(np.array([1.0, 3.0]), np.array([0, 1]), np.array([[2, 0], [1, 1]])).tolist() == [1, 2]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({"truth": TRUTH[:3]}, "of the same cases", id="other cases"),
        pytest.param({"edited": BLURRED[:, :4]}, "at the same size", id="another size"),
        pytest.param({"truth": TRUTH / 255}, "give both as drawn", id="two types"),
        pytest.param(
            {"truth": TRUTH / 127.5 - 1, "source": SOURCE / 127.5 - 1}, r"floats in \[0, 1\]", id="another range"
        ),
        pytest.param({"edited": BLURRED * np.nan}, "not finite", id="nan"),
        pytest.param({"factor": np.zeros(3, int)}, "one factor for each case", id="too few factors"),
    ],
)
def test_refused(given, message):
    with pytest.raises(ValueError, match=message):
        exact(**{"truth": TRUTH, "source": SOURCE, "edited": BLURRED, "null": SOURCE, **given})


def test_a_faint_factor_counts_in_the_gain_like_a_bright_one():
    """One factor's change is all made, another's, of a hundredth of its error, not at all: half of the gain."""
    arrays = {f"exact_mse{part}{of}": np.zeros(4) for part in ("", "_changed", "_stayed") for of in ("", "_null")}
    arrays["exact_mse_changed_null"] = np.array([0.5, 0.3, 0.005, 0.003])
    arrays["exact_mse_changed"] = np.array([0.0, 0.0, 0.005, 0.003])
    assert exact_scores(arrays, np.array([0, 0, 1, 1]))["exact_gain"] == pytest.approx([0.5])
