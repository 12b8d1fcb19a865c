"""Findings from made-up numbers: every number of a sentence is computed once more, and nothing is said without them."""

import numpy as np
import pytest
from known_findings import known, result
from scipy import stats

from diffrep.metrics.comparison import holm
from diffrep.reports.findings.codes import codes_beside_pca, decodes_beside_pca, disentangled, oracle_reads
from diffrep.reports.findings.finding import MOST, Finding, compared_with, found, over_seeds_words

AP, ERROR, DCI = "average_precision", "mse_random_start", "dci_disentanglement"
NEAR, FAR, BELOW = (0.51, 0.49, 0.53), (0.70, 0.72, 0.69), (0.30, 0.31, 0.29)
PCA = (0.50, 0.50, 0.50)


def test_the_house_tests_and_corrects_for_all_that_are_compared():
    compared = compared_with(
        known({"pca": {AP: PCA}, "far": {AP: FAR}, "near": {AP: NEAR}}), AP, ["far", "near"], "pca"
    )
    p = stats.ttest_1samp(np.array(FAR) - 0.5, 0).pvalue
    assert compared["far"].p_holm == pytest.approx(2 * p)
    assert compared["far"].difference == pytest.approx(np.mean(FAR) - 0.5)


@pytest.mark.parametrize("values", [(0.7,), (0.7, 0.8)])
def test_fewer_than_three_seeds_are_not_tested_and_it_is_said(values):
    few = known({"pca": {AP: values}, "far": {AP: values}})
    assert compared_with(few, AP, ["far"], "pca") == {}
    assert "no test: one wants 3" in over_seeds_words(few, {}, AP)


def test_a_row_that_lacks_a_seed_is_not_tested():
    given = known({"pca": {AP: PCA}, "far": {AP: FAR}, "half": {AP: FAR[:2]}})
    assert list(compared_with(given, AP, ["far", "half"], "pca")) == ["far"]


def test_rows_ahead_of_pca_are_counted_named_and_told_apart():
    finding = codes_beside_pca(known({"pca": {AP: PCA}, "near": {AP: NEAR}, "far": {AP: FAR}, "below": {AP: BELOW}}))
    assert finding.sentence == (
        "Beside PCA's average precision of 0.500, 1 of 3 trained methods have a higher one by more than chance (far "
        "0.703), 1 a higher one that is not told apart (near 0.510), 1 a lower one by more than chance (below 0.300)."
    )
    assert "far +0.203 (+0.165 to +0.241, p = " in finding.uncertainty
    assert "below −0.200 (−0.225 to −0.175, p = " in finding.uncertainty
    assert finding.evidence == (AP,)


def test_of_errors_the_smaller_is_ahead():
    finding = decodes_beside_pca(known({"pca": {ERROR: (0.01,)}, "good": {ERROR: (0.005,)}, "bad": {ERROR: (0.02,)}}))
    assert finding.sentence == (
        "Beside PCA's error from the code alone of 0.0100, 1 of 2 trained methods have a smaller one (good 0.0050), 1 "
        "a larger one (bad 0.0200)."
    )


def test_a_row_without_a_test_is_named_as_such():
    given = {"pca": {AP: PCA}, "far": {AP: FAR}, "half": {AP: FAR[:2]}}
    assert "0.703), 1 a higher one, untested (half 0.710)." in codes_beside_pca(known(given)).sentence


def test_the_correction_is_for_all_rows_as_in_the_tables():
    given = known({"pca": {AP: PCA}, "far": {AP: FAR}, "ddae": {AP: NEAR}}, closed=("pca", "ddae"))
    p = 2 * stats.ttest_1samp(np.array(FAR) - 0.5, 0).pvalue
    finding = codes_beside_pca(given)
    assert f"p = {p:.3f}" in finding.uncertainty
    assert "ddae" not in finding.sentence + finding.uncertainty


@pytest.mark.parametrize("scores", [{"far": {AP: FAR}}, {"pca": {AP: PCA}}, {"pca": {}, "far": {AP: FAR}}])
def test_without_pca_or_a_trained_method_nothing_is_said(scores):
    assert codes_beside_pca(known(scores)) is None


def judged(row: str, seed: int, fails: int) -> object:
    notes = {"oracle_fails": {f"factor {i}": 0.1 for i in range(fails)}, "left_out": {"last": 0.5}}
    return result(row, "counterfactual", seed, factors_judged=5.0, notes=notes)


def test_factors_read_are_those_judged_less_those_that_fail():
    results = [judged("good", seed, fails) for seed, fails in enumerate((0, 1, 0))]
    results += [judged("bad", seed, 3) for seed in range(3)]
    finding = oracle_reads(known({"good": {AP: FAR}, "bad": {AP: FAR}}, results))
    assert "at least 4 of 6 factors for 1 of 2 trained methods that decode" in finding.sentence
    assert f"good {np.mean([5, 4, 5]):.1f}, bad 2.0" in finding.sentence
    assert "good 4 to 5" in finding.uncertainty


def test_of_one_seed_factors_read_are_counts_and_no_mean():
    finding = oracle_reads(
        known({"good": {AP: (0.7,)}, "bad": {AP: (0.6,)}}, [judged("good", 0, 0), judged("bad", 0, 3)])
    )
    assert "methods that decode (good 5, bad 2)." in finding.sentence
    assert finding.uncertainty.startswith("1 training seed (0). Read means")


def test_where_nothing_is_judged_nothing_is_said():
    assert oracle_reads(known({"good": {AP: FAR}}, [result("good", "counterfactual", 0, factors_judged=None)])) is None


def test_who_leads_disentanglement_and_where_encdiff_stands():
    scores = {
        "encdiff": {DCI: NEAR},
        "far": {DCI: (0.74, 0.68, 0.69)},
        "below": {DCI: BELOW},
        "pca": {DCI: (0.9, 0.9, 0.9)},
    }
    finding = disentangled(known(scores))
    assert finding.sentence == (
        "Of 3 methods under test far has the largest DCI D, 0.703, before encdiff with 0.510; encdiff is number 2 of "
        "3; PCA's code has 0.900."
    )
    far = scores["far"][DCI]
    pairs = ((far, NEAR), (far, BELOW), (NEAR, BELOW))
    p = holm(np.array([stats.ttest_ind(*pair, equal_var=False).pvalue for pair in pairs]))[0]
    assert (
        f"far and encdiff are told apart, p = {p:.3f} after correction for all pairs of methods" in finding.uncertainty
    )
    assert "EncDiff" in finding.paper
    scores["encdiff"] = {DCI: (0.9, 0.92, 0.91)}
    assert "encdiff has the largest DCI D, 0.910, before far with 0.703; PCA's" in disentangled(known(scores)).sentence
    scores["encdiff"] = {DCI: (0.72, 0.78, 0.68)}
    assert "with 0.703, the two not told apart by 3 seeds; PCA's" in disentangled(known(scores)).sentence


def test_controls_are_no_part_of_a_lead_and_of_its_correction():
    far = (0.74, 0.68, 0.69)
    scores = {"encdiff": {DCI: NEAR}, "far": {DCI: far}, "vae": {DCI: (0.60, 0.61, 0.59)}}
    finding = disentangled(known(scores, controls=("vae",)))
    assert "Of 2 methods under test far has the largest DCI D, 0.703, before encdiff with 0.510" in finding.sentence
    assert f"p = {stats.ttest_ind(far, NEAR, equal_var=False).pvalue:.3f} after correction" in finding.uncertainty


def test_there_are_ten_sentences_at_most():
    maker = lambda _: Finding("key", "One.", "sure", ())  # noqa: E731
    assert len(found(known({"pca": {AP: PCA}}), [lambda _: None, *[maker] * 12])) == MOST == 10
