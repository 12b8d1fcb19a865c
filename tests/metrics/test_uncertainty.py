"""Spreads and intervals against scipy and known answers, and what may not be resampled."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN
from scipy import stats

from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.uncertainty import (
    block_interval,
    estimator_spread,
    row_bootstrap,
    row_intervals,
    sample_spread,
    seed_spread,
)

GENERATOR = np.random.default_rng(0)
ERRORS = GENERATOR.normal(2.0, 1.0, size=400)


def mean_of(values):
    return lambda rows: float(values[rows].mean())


def test_interval_over_seeds_is_scipys():
    values = GENERATOR.normal(size=5)
    found, expected = seed_spread(values), stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    assert (found["low"], found["high"]) == pytest.approx((expected.low, expected.high))
    assert (found["mean"], found["sd"], found["seeds"]) == pytest.approx((values.mean(), values.std(ddof=1), 5))


@pytest.mark.parametrize("values", [[0.1, 0.2], [0.1, 0.2, np.nan], []], ids=["two", "nan", "none"])
def test_too_few_seeds_are_refused(values):
    for spread in (seed_spread, lambda v: estimator_spread(v, sample_sd=0.1)):
        with pytest.raises(ValueError, match="at least 3"):
            spread(values)


def test_bootstrap_of_a_mean():
    found = row_bootstrap("mse", mean_of(ERRORS), 400, seed=0)
    error = ERRORS.std() / np.sqrt(400)
    assert found["value"] == ERRORS.mean()
    assert found["sd"] == pytest.approx(error, rel=0.1)
    assert found["low"] == pytest.approx(ERRORS.mean() - 1.96 * error, abs=0.3 * error)
    assert found["high"] == pytest.approx(ERRORS.mean() + 1.96 * error, abs=0.3 * error)


def test_bootstrap_is_scipys():
    found = row_bootstrap("mse", mean_of(ERRORS), 400, seed=0, resamples=3000)
    theirs = stats.bootstrap((ERRORS,), np.mean, n_resamples=3000, method="percentile", rng=1).confidence_interval
    assert (found["low"], found["high"]) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_rows_of_one_cluster_are_no_news():
    copies = np.repeat(ERRORS[:100], 4)
    people = np.arange(400) // 4
    whole = row_bootstrap("r", mean_of(copies), 400, seed=0, clusters=people)
    alone = row_bootstrap("r", mean_of(ERRORS[:100]), 100, seed=0)
    assert whole["units"] == 100
    assert whole["sd"] == pytest.approx(alone["sd"])
    assert row_bootstrap("r", mean_of(copies), 400, seed=0)["sd"] < 0.6 * whole["sd"]


def test_clusters_are_drawn_whole():
    people = GENERATOR.integers(30, size=200)
    sizes = np.bincount(people)

    def score(rows):
        drawn = np.bincount(people[rows], minlength=30)
        assert (drawn % sizes == 0).all()
        return 0.0

    row_bootstrap("r", score, 200, seed=0, clusters=people, resamples=100)


def test_undefined_resamples_are_counted():
    rare = np.arange(40) == 7
    found = row_bootstrap("average_precision", lambda rows: 1.0 if rare[rows].any() else np.nan, 40, seed=0)
    assert found["undefined_resamples"] == pytest.approx(1000 * (39 / 40) ** 40, abs=50)
    nothing = row_bootstrap("average_precision", lambda rows: np.nan, 40, seed=0)
    assert "average_precision is undefined" in nothing.reasons["low"]


def test_the_same_call_gives_the_same_bits():
    first, second = (row_bootstrap("mse", mean_of(ERRORS), 400, seed=3) for _ in range(2))
    assert first == second


def test_several_intervals_are_those_of_each_alone():
    people = GENERATOR.integers(50, size=400)
    scores = {"mse": ERRORS, "psnr": np.log(np.abs(ERRORS))}
    found = row_intervals(
        lambda weights: {name: weights @ values / weights.sum(1) for name, values in scores.items()},
        400,
        seed=3,
        clusters=people,
    )
    for name, values in scores.items():
        alone = row_bootstrap(name, mean_of(values), 400, seed=3, clusters=people)
        assert found[name] == pytest.approx((alone["low"], alone["high"]))


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
    with pytest.raises(ValueError, match=f"^{name} must not be bootstrapped.*sample_spread"):
        row_bootstrap(name, mean_of(ERRORS), 400, seed=0)


@pytest.mark.parametrize(
    "name", ["fid", "clean_fid", "kid", "fd_effnet_lite0", "kd_effnet_lite0", "cf_kd_effnet_lite0", "delta_fid"]
)
def test_distances_between_sets_are_not_bootstrapped(name):
    with pytest.raises(ValueError, match=f"^{name} must not be bootstrapped.*5 disjoint seeds"):
        row_bootstrap(name, mean_of(ERRORS), 400, seed=0)


@pytest.mark.parametrize("name", ["dci_informativeness", "average_precision", "auroc", "f1", "r", "accuracy", "psnr"])
def test_metrics_with_a_test_part_are(name):
    assert row_bootstrap(name, mean_of(ERRORS), 400, seed=0, resamples=100)["sd"] > 0


def test_why_mig_is_not_bootstrapped():
    codes, factors = CODES["noisy"][:N_TRAIN], FACTORS[:N_TRAIN]
    drawn = [GENERATOR.integers(N_TRAIN, size=N_TRAIN) for _ in range(5)]
    again = [mig(codes[rows], factors[rows])["mig"] for rows in drawn]
    assert np.mean(again) - mig(codes, factors)["mig"] == pytest.approx(-0.008, abs=0.003)


def test_too_little_to_resample_is_refused():
    with pytest.raises(ValueError, match="at least 20 and 100"):
        row_bootstrap("mse", mean_of(ERRORS), 19, seed=0)
    with pytest.raises(ValueError, match="at least 20 and 100"):
        row_bootstrap("mse", mean_of(ERRORS), 400, seed=0, resamples=50)
    with pytest.raises(ValueError, match="at least 20 and 100"):
        row_intervals(lambda weights: {"mse": np.zeros(len(weights))}, 400, seed=0, clusters=np.arange(400) // 25)
    with pytest.raises(ValueError, match="one label for each row"):
        row_bootstrap("mse", mean_of(ERRORS), 400, seed=0, clusters=np.arange(10))


def test_samples_share_no_row():
    seen = []
    found = sample_spread(lambda rows: float(len(seen.append(rows) or rows)), 1000, seed=0, rows=150, draws=5)
    assert len(np.unique(np.concatenate(seen))) == 750
    assert (found["mean"], found["sd"], found["rows"], found["draws"]) == (150.0, 0.0, 150.0, 5.0)


def test_a_small_pool_gives_smaller_samples():
    assert sample_spread(mean_of(ERRORS), 400, seed=0)["rows"] == 80
    with pytest.raises(ValueError, match="at least 100 rows"):
        sample_spread(mean_of(ERRORS), 90, seed=0)
    with pytest.raises(ValueError, match="at least 3 draws"):
        sample_spread(mean_of(ERRORS), 400, seed=0, draws=2)


def test_estimator_seeds_are_averaged_only_where_they_matter():
    assert estimator_spread([0.5, 0.52, 0.54], sample_sd=0.07) == pytest.approx(
        {"value": 0.52, "averaged": 1, "sd": 0.02}
    )
    assert estimator_spread([0.5, 0.52, 0.54], sample_sd=0.09)["value"] == 0.5
    assert estimator_spread([0.5, 0.5, 0.5], sample_sd=0.0)["averaged"] == 0
    with pytest.raises(ValueError, match="sample_sd"):
        estimator_spread([0.5, 0.5, 0.5], sample_sd=float("nan"))
