"""Which rows and settings the disentanglement metrics get, and what is said where there is nothing to measure."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.metrics.codes import evaluation_rows
from diffrep.metrics.disentanglement.dci import dci
from diffrep.metrics.disentanglement.factor_vae import factor_vae
from diffrep.metrics.disentanglement.info_mec import info_mec
from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.sections import Disentangle
from diffrep.pipelines.evaluation.disentanglement import NO_DCI, NO_FACTORS, disentanglement, with_array_names

DRAWN = np.random.default_rng(0)
FACTORS = DRAWN.integers(0, [3, 4], size=(400, 2))
SPLITS = {"train": np.arange(100), "test": np.arange(100, 400)[::-1]}
DATA = SimpleNamespace(factors=FACTORS, splits=SPLITS)
CODES = (FACTORS[SPLITS["test"]] + 0.3 * DRAWN.normal(size=(300, 2))).astype(np.float32)
SETTINGS = Disentangle(train=150, test=90, votes_train=60, votes_test=40, dci=("boosting",), rounds=2)
BOTH = SETTINGS.model_copy(update={"dci": ("boosting", "permutation")})


def score(codes=CODES, data=DATA, settings=SETTINGS, seed=4, **kwargs):
    return disentanglement(codes, data, settings, seed, **kwargs)


def test_codes_that_are_the_factors_score_well():
    found = score()
    assert min(found["mig"], found["factor_vae"], found["dci_disentanglement"]) > 0.4


def test_every_metric_has_its_rows_of_the_test_split_and_its_settings():
    factors = FACTORS[SPLITS["test"]]
    codes = CODES + np.random.default_rng(1).normal(size=CODES.shape)  # so noisy that no score is 1
    rows = evaluation_rows(300, 150, 90, 4)
    train, test = (codes[rows.train], factors[rows.train]), (codes[rows.test], factors[rows.test])
    expected = {
        **mig(*train),
        **factor_vae(codes, factors, seed=4, train_votes=60, test_votes=40),
        **info_mec(*train, *test, seed=4),
        **dci(*train, *test, rounds=2),
    }
    found = score(codes)
    assert {name: found[name] for name in expected} == pytest.approx(expected)
    assert (found["n_train"], found["n_test"]) == (150, 90)


def test_another_seed_draws_other_rows():
    assert score(seed=5)["mig"] != score()["mig"]


def test_a_code_of_several_axes_is_flattened():
    assert score(CODES.reshape(300, 2, 1)) == score()


def test_permuted_importances_come_where_they_are_asked_for():
    assert "dci_disentanglement_permutation" not in score()
    found = score(settings=BOTH)
    assert found["dci_disentanglement"] == score()["dci_disentanglement"]
    assert 0 <= found["dci_disentanglement_permutation"] <= 1


def test_a_view_without_importances_says_so():
    found = score(settings=BOTH, with_dci=False)
    for name in ("disentanglement", "completeness", "informativeness"):
        for variant in ("", "_permutation"):
            assert found.reasons[f"dci_{name}{variant}"] == NO_DCI
    assert found["mig"] == score()["mig"]


@pytest.mark.parametrize("settings", [SETTINGS, BOTH])
def test_without_factors_the_same_numbers_are_missing(settings):
    found = score(data=SimpleNamespace(factors=None, splits=SPLITS), settings=settings)
    assert set(found.reasons) == set(found)
    assert set(found.reasons.values()) == {NO_FACTORS}
    assert set(found) <= set(score(settings=settings))


def test_arrays_are_named_by_their_metric():
    arrays = score(settings=BOTH).arrays
    assert {name.partition(".")[0] for name in arrays} == {
        *("codes", "factor_vae", "mig", "info_mec", "dci", "dci_permutation")
    }
    assert arrays["dci.importance"].shape == (2, 2)


def test_arrays_are_named_by_their_metric_and_the_rest_stays():
    doubts = {"intervals": {"mig": (0.25, 0.75)}, "noise": {"mig": {"rows": 0.1}}}
    scores = Measured({"mig": 0.5}, arrays={"gaps": np.ones(2)}, **doubts)
    found = with_array_names("mig", scores)
    assert (found, list(found.arrays)) == ({"mig": 0.5}, ["mig.gaps"])
    assert {"intervals": found.intervals, "noise": found.noise} == doubts


def test_the_noise_is_that_of_the_scores_that_are_reported():
    factors, codes = FACTORS[SPLITS["test"]], CODES + np.random.default_rng(1).normal(size=CODES.shape)
    rows = evaluation_rows(300, 150, 90, 4)
    votes, order = {"train_votes": 60, "test_votes": 40}, rows.train[np.random.default_rng(4).permutation(150)]
    drawn = [factor_vae(codes, factors, seed=seed, **votes)["factor_vae"] for seed in range(4, 9)]
    blocks = [mig(codes[block], factors[block])["mig"] for block in np.split(order, 5)]
    found = score(codes).noise
    assert set(found) == {"factor_vae", "mig", "mig_quantile"}
    assert found["factor_vae"] == {"estimator": pytest.approx(np.std(drawn, ddof=1))}
    assert found["mig"] == {"rows": pytest.approx(np.std(blocks, ddof=1) / np.sqrt(5))}
