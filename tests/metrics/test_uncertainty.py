"""Spreads and intervals against scipy and known answers, and what may not be resampled."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN
from scipy import stats

from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.uncertainty import block_interval, checked_values, row_intervals, t_interval

GENERATOR = np.random.default_rng(0)
ERRORS = GENERATOR.normal(2.0, 1.0, size=400)


def mean_of(values, name="mse"):
    return lambda weights: {name: weights @ values / weights.sum(1)}


def width(interval):
    return interval[1] - interval[0]


def test_t_interval_is_scipys():
    values = GENERATOR.normal(size=5)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert t_interval(values, values.mean()) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize("values", [[0.1, 0.2], [0.1, 0.2, np.nan], []], ids=["two", "nan", "none"])
def test_too_few_values_are_refused(values):
    with pytest.raises(ValueError, match="at least 3 training seeds"):
        checked_values(values, "training seeds")


def test_bootstrap_of_a_mean():
    low, high = row_intervals(mean_of(ERRORS), 400, seed=0)["mse"]
    error = ERRORS.std() / np.sqrt(400)
    assert low == pytest.approx(ERRORS.mean() - 1.96 * error, abs=0.3 * error)
    assert high == pytest.approx(ERRORS.mean() + 1.96 * error, abs=0.3 * error)


def test_bootstrap_is_scipys():
    found = row_intervals(mean_of(ERRORS), 400, seed=0, resamples=3000)["mse"]
    theirs = stats.bootstrap((ERRORS,), np.mean, n_resamples=3000, method="percentile", rng=1).confidence_interval
    assert found == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_rows_of_one_cluster_are_no_news():
    copies = np.repeat(ERRORS[:100], 4)
    whole = row_intervals(mean_of(copies), 400, seed=0, clusters=np.arange(400) // 4)["mse"]
    assert whole == pytest.approx(row_intervals(mean_of(ERRORS[:100]), 100, seed=0)["mse"])
    assert width(row_intervals(mean_of(copies), 400, seed=0)["mse"]) < 0.6 * width(whole)


def test_clusters_are_drawn_whole():
    people = GENERATOR.integers(30, size=200)

    def score(weights):
        of_first = {person: weights[:, people == person][:, :1] for person in np.unique(people)}
        assert all((weights[:, people == person] == first).all() for person, first in of_first.items())
        return {"r": np.zeros(len(weights))}

    row_intervals(score, 200, seed=0, clusters=people, resamples=100)


def test_undefined_resamples_are_left_out():
    rare = np.arange(40) == 7
    found = row_intervals(
        lambda weights: {"average_precision": np.where(weights[:, rare][:, 0] > 0, 1.0, np.nan)}, 40, seed=0
    )
    assert found["average_precision"] == (1.0, 1.0)


def test_the_same_call_gives_the_same_bits():
    first, second = (row_intervals(mean_of(ERRORS), 400, seed=3) for _ in range(2))
    assert first == second != row_intervals(mean_of(ERRORS), 400, seed=4)


def test_several_intervals_are_those_of_each_alone():
    people = GENERATOR.integers(50, size=400)
    scores = {"mse": mean_of(ERRORS), "psnr": mean_of(np.log(np.abs(ERRORS)), "psnr")}
    found = row_intervals(
        lambda weights: scores["mse"](weights) | scores["psnr"](weights), 400, seed=3, clusters=people
    )
    for name, score in scores.items():
        assert found[name] == row_intervals(score, 400, seed=3, clusters=people)[name]


def test_several_are_asked_for_all_resamples_at_once():
    calls = []

    def score(weights):
        calls.append(weights)
        rare = np.where(np.arange(len(weights)) % 20 == 0, 1.0, np.nan)
        return {"mse": np.ones(len(weights)), "r": np.full(len(weights), np.nan), "rare": rare}

    found = row_intervals(score, 30, seed=0, resamples=150)
    assert [len(weights) for weights in calls] == [1, 150]
    assert (calls[1].sum(1) == 30).all()
    assert found["mse"] == (1.0, 1.0)
    assert np.isnan([found["r"], found["rare"]]).all()


@pytest.mark.parametrize("name", ["mig", "cf_fid"])
def test_several_are_refused_by_name_before_anything_is_resampled(name):
    calls = []
    with pytest.raises(ValueError, match=f"^{name} must not be bootstrapped"):
        row_intervals(lambda weights: calls.append(weights) or {"mse": np.zeros(1), name: np.zeros(1)}, 400, seed=0)
    assert len(calls) == 1


def test_interval_from_blocks():
    blocks = GENERATOR.normal(size=5)
    half = stats.t.ppf(0.975, 4) * stats.sem(blocks)
    assert block_interval(blocks, 7.0) == pytest.approx((7.0 - half, 7.0 + half))
    assert block_interval([2.0, 2.0, 2.0], 2.0) == (2.0, 2.0)


@pytest.mark.parametrize("blocks", [[1.0, 2.0], [1.0, 2.0, np.nan]])
def test_blocks_that_say_too_little_are_refused(blocks):
    with pytest.raises(ValueError, match="at least 3 disjoint blocks"):
        block_interval(blocks, 1.5)


def test_an_unknown_distance_has_no_interval():
    with pytest.raises(ValueError, match="value = nan"):
        block_interval([1.0, 2.0, 3.0], np.nan)


@pytest.mark.parametrize(
    "name",
    [
        "mig",
        "mig_quantile",
        "modularity",
        "modularity_informative",
        "sap",
        "sap_r2",
        "info_m",
        "info_m_pruned",
        "info_c",
        "gaussian_total_correlation",
        "irs",
        "dci_disentanglement",
        "dci_completeness_permutation",
    ],
)
def test_plug_in_metrics_are_not_bootstrapped(name):
    with pytest.raises(ValueError, match=f"^{name} must not be bootstrapped.*fresh rows"):
        row_intervals(mean_of(ERRORS, name), 400, seed=0)


@pytest.mark.parametrize(
    "name", ["fid", "clean_fid", "kid", "fd_effnet_lite0", "kd_effnet_lite0", "cf_kd_effnet_lite0", "delta_fid"]
)
def test_distances_between_sets_are_not_bootstrapped(name):
    with pytest.raises(ValueError, match=f"^{name} must not be bootstrapped.*block_interval"):
        row_intervals(mean_of(ERRORS, name), 400, seed=0)


@pytest.mark.parametrize("name", ["dci_informativeness", "average_precision", "auroc", "f1", "r", "accuracy", "psnr"])
def test_metrics_with_a_test_part_are(name):
    assert width(row_intervals(mean_of(ERRORS, name), 400, seed=0, resamples=100)[name]) > 0


def test_why_mig_is_not_bootstrapped():
    codes, factors = CODES["noisy"][:N_TRAIN], FACTORS[:N_TRAIN]
    drawn = [GENERATOR.integers(N_TRAIN, size=N_TRAIN) for _ in range(5)]
    again = [mig(codes[rows], factors[rows])["mig"] for rows in drawn]
    assert np.mean(again) - mig(codes, factors)["mig"] == pytest.approx(-0.008, abs=0.003)


@pytest.mark.parametrize(
    ("rows", "given", "said"),
    [
        (19, {}, "at least 20 and 100"),
        (400, {"resamples": 50}, "at least 20 and 100"),
        (400, {"clusters": np.arange(400) // 25}, "at least 20 and 100"),
        (400, {"clusters": np.arange(10)}, "one label for each row"),
    ],
)
def test_too_little_to_resample_is_refused(rows, given, said):
    with pytest.raises(ValueError, match=said):
        row_intervals(mean_of(ERRORS[:rows]), rows, seed=0, **given)
