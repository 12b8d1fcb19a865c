"""What must not change any metric of the table, what must, and what all of them refuse or leave out."""

import functools

import numpy as np
import pytest
from known_codes import BEYOND, CODES, FACTORS, known_of
from known_codes import scored as scored_on

from diffrep.metrics.catalogue import ALONE, CATALOGUE, METRICS, TEST, TRAIN
from diffrep.metrics.catalogue import FACTORS as OF_FACTORS

EACH = pytest.mark.parametrize("metric", METRICS)
EACH_OF_FACTORS = pytest.mark.parametrize(
    "metric", [name for name, metric in METRICS.items() if OF_FACTORS in metric.of and metric.rows != ALONE]
)
ROWS = 1800
CODE = CODES["tangled"][:ROWS]
SOME = [0, 3, 4]  # of the factors: three, and few rounds, show all that holds to the last digit
SHORT = {"rounds": 2, "trees": 2, "train_points": 1000, "test_points": 500, "probes": 1, "steps": 100}
# others 0.003; equal splits go to the first dimension, and a probe stops before its optimum
TOLERANCE = {
    "dci": 0.01,
    "dci_permutation": 0.03,
    "dci_forest": 0.05,
    "dci_es": 0.03,
    "sample_efficiency": 0.02,
    "probe": 0.01,
}
SCALES = 2.0 ** (np.arange(CODE.shape[1]) % 6 - 3)
CHANGES = {  # other draws, other ties: scores are close once rounds, trees and steps are enough
    "dimensions in another order": lambda codes: codes[:, ::-1],
    "signs": lambda codes: -codes,
}
EXACT_CHANGES = {
    "one tiny scale for all": lambda codes: 1e-6 * codes,
    "scales": lambda codes: codes * SCALES,
    "a constant dimension": lambda codes: np.insert(codes, 2, 7.5, axis=1),
}
SEEN = {TRAIN: (0,), ALONE: (0,), TEST: (-1,)}  # of first and last row; all others both
MOVED = {  # metric, change -> what it does change
    ("sap", "one tiny scale for all"): {"sap"},
    ("sap", "scales"): {"sap"},
    ("unsupervised", "one tiny scale for all"): {"gaussian_wasserstein_correlation"},
    ("unsupervised", "scales"): {"gaussian_wasserstein_correlation", "gaussian_wasserstein_correlation_norm"},
    ("dci_es", "dimensions in another order"): {"dci_es_depth"},  # other draws, and depths nearly as good
    ("info_mec", "scales"): {"info_m", "info_m_pruned", "info_c", "active_latents"},
}


def scored(metric, codes, known=None, **options):
    known = known_of(metric)[:, SOME] if known is None else known
    return scored_on(metric, codes, known[:ROWS], budget=SHORT, **options)


@functools.cache
def before_any_change(metric):
    return scored(metric, CODE)


def scored_at_length(metric, codes, known=None):
    return scored_on(metric, codes, (known_of(metric) if known is None else known)[:ROWS])


@functools.cache
def before_any_change_at_length(metric):
    return scored_at_length(metric, CODE)


def nan_names(result):
    return {name for name, value in result.items() if np.isnan(value)}


def moved(before, after, tolerance):
    return {name for name in before if after[name] != pytest.approx(before[name], abs=tolerance, nan_ok=True)}


@pytest.mark.parametrize("change", CHANGES)
@EACH
def test_what_another_order_and_other_signs_move(metric, change):
    before, after = before_any_change_at_length(metric), scored_at_length(metric, CHANGES[change](CODE))
    assert moved(before, after, TOLERANCE.get(metric, 0.003)) == MOVED.get((metric, change), set())


@pytest.mark.parametrize("change", EXACT_CHANGES)
@EACH
def test_what_scales_and_a_constant_dimension_move(metric, change):
    after = scored(metric, EXACT_CHANGES[change](CODE))
    assert moved(before_any_change(metric), after, 0.003) == MOVED.get((metric, change), set())


@pytest.mark.parametrize(
    ("metric", "count"),
    [("factor_vae", "factor_vae_active_dims"), ("info_mec", "active_latents"), ("tad", "tad_active_dims")],
)
def test_a_dimension_far_smaller_than_the_rest_is_not_looked_at(metric, count):
    hidden = scored(metric, np.hstack([CODE[:, :-1], 1e-3 * CODE[:, -1:]]))
    assert hidden[count] == before_any_change(metric)[count] - 1


@pytest.mark.parametrize(
    ("metric", "scale"),
    [("factor_vae", 0.01), ("beta_vae", 0.001), ("irs", SCALES), ("tad", 0.01)],
)
def test_a_scale_moves_the_published_score(metric, scale):
    before, after = (scored(metric, codes, compat=True) for codes in (CODE, scale * CODE))
    assert abs(after[metric] - before[metric]) > 0.01


@EACH_OF_FACTORS
def test_a_constant_factor_is_left_out(metric):
    result = scored(metric, CODE, np.insert(FACTORS[:, SOME], 1, 3, axis=1))
    np.testing.assert_equal(dict(result), dict(before_any_change(metric)))


OF_EVERY_ATTRIBUTE = {f"logistic_{name}" for name in ("accuracy", "majority_accuracy", "calibration_error")}


@pytest.mark.parametrize(
    ("metric", "count", "also"),
    [
        ("probe", "attributes_undefined", set()),
        ("logistic", "logistic_attributes_undefined", OF_EVERY_ATTRIBUTE),
        ("tad", "tad_skipped_attributes", set()),
    ],
)
def test_a_constant_attribute_is_left_out_and_counted(metric, count, also):
    known = known_of(metric)
    before, after = (
        before_any_change_at_length(metric),
        scored_at_length(metric, CODE, np.hstack([known, 0 * known[:, :1]])),
    )
    assert moved(before, after, 0.01) == {count, *also}
    assert after[count] == before[count] + 1


@EACH_OF_FACTORS
def test_only_constant_factors_is_nan_with_a_reason(metric):
    result = scored(metric, CODE, 0 * FACTORS)
    assert nan_names(result) == set(result) == set(result.reasons)


@EACH
def test_constant_codes_score_zero_or_chance(metric):
    result = scored(metric, np.ones((len(CODE), 4)), known_of(metric))
    assert nan_names(result) <= BEYOND
    of_pairs = metric in ("explicitness", "probe", "logistic")  # chance 0.5, and 0.67 for F1
    known = {name: value for name, value in result.items() if name not in BEYOND and CATALOGUE[name].better == "up"}
    assert max(known.values(), default=0.0) <= (0.7 if of_pairs else 0.2)


@EACH
def test_one_dimension_has_numbers_but_where_two_are_compared(metric):
    result = scored(metric, CODES["identity"][:ROWS, :1])
    compared = {name for name in result if any(word in name for word in ("completeness", "info_c", "mutual_info"))}
    expected = (compared - {"info_c_left_out"}) | (BEYOND & set(result))
    assert nan_names(result) == set(result.reasons) == expected


@pytest.mark.parametrize(
    ("metric", "row"),
    [(name, row) for name, metric in METRICS.items() for row in SEEN.get(metric.rows, (0, -1))],
)
def test_nan_is_refused_in_one_line(metric, row):
    codes = CODE.copy()
    codes[row, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3") as raised:
        scored(metric, codes)
    assert "\n" not in str(raised.value)


@EACH
def test_the_same_call_gives_the_same_bits(metric):
    first, again = before_any_change(metric), scored(metric, CODE)
    np.testing.assert_equal(dict(again), dict(first))
    assert again.arrays.keys() == first.arrays.keys()
    assert all(array.tobytes() == again.arrays[name].tobytes() for name, array in first.arrays.items())
