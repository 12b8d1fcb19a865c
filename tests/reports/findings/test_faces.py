"""What faces show, from made-up numbers: groups of attributes, exact edits, and what is carried over."""

from dataclasses import replace

from known_findings import known, result
from scipy import stats

from diffrep.reports.findings.faces import attribute_groups, carried_over, exact_edits

GAIN, LENGTH, PROBES = "exact_gain_direction", "strength_direction", "carry_over_probe"
EDITS, WANTED, AUROC = "carry_over_edit", "carry_over_wanted", "auroc"
GROUPS = {
    "pdae": {"average_precision_hair": (0.5, 0.6), "average_precision_colour": (0.9, 0.8)},
    "diffae": {"average_precision_hair": (0.7, 0.8), "average_precision_colour": (0.3, 0.4)},
    "pca": {"average_precision_hair": (0.9, 0.9), "average_precision_colour": (0.9, 0.9)},
}


def test_who_leads_each_group_is_said_of_methods_under_test():
    finding = attribute_groups(known(GROUPS, dataset="faces_drawn"))
    assert finding.sentence == (
        "The highest average precision of a method under test, by group of attributes: hair diffae (0.750; next pdae, "
        "0.550: not tested), colour pdae (0.850; next diffae, 0.350: not tested)."
    )
    assert finding.uncertainty == "2 training seeds; no test: one wants 3"
    assert attribute_groups(known(GROUPS)) is None


def test_groups_are_said_to_be_tested_where_they_are():
    scores = {
        "pdae": {"average_precision_hair": (0.50, 0.51, 0.52)},
        "diffae": {"average_precision_hair": (0.70, 0.71, 0.73)},
    }
    finding = attribute_groups(known(scores, dataset="faces_drawn"))
    assert finding.uncertainty.endswith("each group is corrected for all pairs of methods under test")


def test_steered_edits_are_listed_with_who_comes_nearest():
    pdae, diti = (0.2, 0.21, 0.22), (0.29, 0.3, 0.33)
    scores = {
        "pdae": {GAIN: pdae, LENGTH: (6.0, 4.0, 2.0)},
        "diti": {GAIN: diti, LENGTH: (1.0, 1.5, 2.0)},
        "pca": {GAIN: (-0.5, -0.5, -0.5), LENGTH: (2.0, 2.0, 2.0)},
    }
    finding = exact_edits(known(scores, dataset="faces_drawn"))
    assert finding.sentence.endswith(
        "take away, mean over factors, of all rows that decode: diti 0.307, pdae 0.210, pca −0.500; the steps' "
        "lengths, the way between the centres of two values being 1: diti 1.50, pca 2.00, pdae 4.00."
    )
    p = stats.ttest_ind(diti, pdae, equal_var=False).pvalue
    assert f"diti and pdae are told apart, p = {p:.3f} after correction for all pairs of" in finding.uncertainty


def test_what_is_carried_over_is_told_from_least_to_most():
    scores = {
        "pdae": {EDITS: (0.40, 0.41, 0.42), WANTED: (0.5, 0.6, 0.7), PROBES: (0.10, 0.1, 0.1)},
        "diti": {EDITS: (0.05, 0.06, 0.07), WANTED: (0.3, 0.3, 0.3), PROBES: (0.3, 0.2, 0.1)},
        "pca": {EDITS: (0.06, 0.05, 0.06), WANTED: (0.4, 0.4, 0.4), PROBES: (0.05, 0.05, 0.05)},
    }
    finding = carried_over(known(scores, dataset="faces_drawn"))
    assert "in 6 (pca) to 41 (pdae) of 100 cases beyond those of the true counterfactual" in finding.sentence
    assert "counterfactual (pca 0.057, diti 0.060, pdae 0.410), and the wanted value itself" in finding.sentence
    assert "this often: diti 0.300, pca 0.400, pdae 0.600; by more than" in finding.sentence
    assert "; by more than chance 1 of 2 rows bring along more than pca and 0 less; probes lose" in finding.sentence
    assert "probes lose 0.050 to 0.200 of AUROC" in finding.sentence
    assert finding.evidence == (EDITS, WANTED, PROBES, AUROC)


def test_rows_whose_decodes_are_not_read_are_named_and_not_compared():
    told = {"pdae": {EDITS: (0.2, 0.21, 0.23)}, "diti": {EDITS: (0.3, 0.31, 0.33)}, "pca": {EDITS: (0.1, 0.11, 0.1)}}
    seen = known(told, dataset="faces_drawn")
    unread = [
        replace(row, scores=row.scores | {EDITS: replace(row.scores[EDITS], remark="not read")})
        if row.name == "pca"
        else row
        for row in seen.rows
    ]
    finding = carried_over(replace(seen, rows=unread))
    assert "in 21 (pdae) to 31 (diti) of 100 cases" in finding.sentence
    assert finding.sentence.endswith(
        "(pdae 0.213, diti 0.313); of decodes by pca the oracle does not read these factors."
    )
    assert "nothing to test" in finding.uncertainty


def test_the_own_noise_of_one_seed_is_told():
    interval = {"intervals": {EDITS: [0.1608, 0.2392]}}
    seen = known({"pdae": {EDITS: (0.2,)}, "pca": {EDITS: (0.05,)}}, dataset="faces_drawn")
    files = [result("pdae", "counterfactual", 0, **interval)]
    assert "; the numbers' own noise: edits ± 0.020 (from the pairs or images judged)" in (
        carried_over(replace(seen, results=files)).uncertainty
    )


def test_probes_of_an_untrained_encoder_which_read_little_are_left_out():
    scores = {
        "pdae": {PROBES: (0.2,), AUROC: (0.8,)},
        "random": {PROBES: (0.01,), AUROC: (0.55,)},
        "pca": {PROBES: (0.05,), AUROC: (0.7,)},
    }
    finding = carried_over(known(scores, dataset="faces_drawn", closed=("pca", "random")))
    assert finding.sentence.endswith("(pca 0.050, pdae 0.200; of all attributes they read pdae 0.800, pca 0.700).")


def test_edits_of_which_nobody_asked_whether_they_arrive_are_told_without():
    finding = carried_over(known({"pdae": {EDITS: (0.2,)}, "pca": {EDITS: (0.05,)}}, dataset="faces_drawn"))
    assert finding.sentence.endswith("of 100 cases beyond those of the true counterfactual (pca 0.050, pdae 0.200).")


def test_of_independent_factors_nothing_is_carried_over():
    assert carried_over(known(GROUPS, dataset="faces_drawn")) is None


def test_edits_that_no_judge_reads_leave_what_probes_carry_over():
    finding = carried_over(known({"pdae": {PROBES: (0.2,)}, "pca": {PROBES: (0.05,)}}, dataset="faces_drawn"))
    assert finding.sentence == (
        "Of two factors that went together in training probes lose 0.050 to 0.200 of AUROC where the two no longer go "
        "together (pca 0.050, pdae 0.200)."
    )
    assert finding.evidence == (PROBES, AUROC)
    assert "what probes lose was not tested" in finding.uncertainty


def test_edits_alone_are_told_too():
    finding = carried_over(
        known({"pdae": {EDITS: (0.2,), WANTED: (0.5,)}, "pca": {EDITS: (0.05,), WANTED: (0.4,)}}, dataset="faces_drawn")
    )
    assert finding.sentence.endswith(
        "(pca 0.050, pdae 0.200), and the wanted value itself this often: pca 0.400, pdae 0.500."
    )
    assert finding.evidence == (EDITS, WANTED)
    assert "probes" not in finding.uncertainty
