"""What faces show, from made-up numbers: groups of attributes, exact edits, and what is carried over."""

from scipy import stats

from diffrep.reports.rows.findings_faces import attribute_groups, carried_over, exact_edits
from tests.helpers.known_findings import known

GAIN, EDITS, PROBES = "exact_gain_direction", "carry_over_edit", "carry_over_probe"
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
    assert attribute_groups(known(GROUPS)) is None


def test_steered_edits_are_listed_with_who_comes_nearest():
    pdae, diti = (0.2, 0.21, 0.22), (0.29, 0.3, 0.33)
    scores = {"pdae": {GAIN: pdae}, "diti": {GAIN: diti}, "pca": {GAIN: (0.5, 0.5, 0.5)}}
    finding = exact_edits(known(scores, dataset="faces_drawn"))
    assert finding.sentence.endswith("steered edits make, of all rows that decode: pca 0.500, diti 0.307, pdae 0.210.")
    p = stats.ttest_ind(diti, pdae, equal_var=False).pvalue
    assert f"diti and pdae are told apart, p = {p:.3f} after correction for all pairs of" in finding.uncertainty


def test_what_is_carried_over_is_told_from_least_to_most():
    scores = {
        "pdae": {EDITS: (0.40, 0.41, 0.42), PROBES: (0.10, 0.1, 0.1)},
        "diti": {EDITS: (0.05, 0.06, 0.07), PROBES: (0.3, 0.2, 0.1)},
        "pca": {EDITS: (0.06, 0.05, 0.06), PROBES: (0.05, 0.05, 0.05)},
    }
    finding = carried_over(known(scores, dataset="faces_drawn"))
    assert "in 6 % (pca) to 41 % (pdae) more of the cases" in finding.sentence
    assert "; by more than chance 1 of 2 rows bring along more than pca and 0 less; probes lose" in finding.sentence
    assert "probes lose 0.050 to 0.200 of AUROC" in finding.sentence
    assert finding.evidence == (EDITS, PROBES)


def test_of_independent_factors_nothing_is_carried_over():
    assert carried_over(known(GROUPS, dataset="faces_drawn")) is None
