"""Numbers that an oracle read who cannot read a method's decodes are marked, kept, and never averaged away."""

import csv
import io
import re

import pytest

from diffrep.reports.flags import flagged, warnings_of
from diffrep.reports.formats import readable, to_csv, to_latex, to_markdown, unmeasured
from diffrep.reports.load import grid_of, load, tidy
from diffrep.reports.scores import rows_of

JUDGED = {"efficacy": 0.25, "preservation": 0.5, "faithfulness": 0.333, "efficacy_direction": 0.125, "noise_floor": 0.0}
WARNING = "the oracle does not read its decodes: scale (0.45), T-shirt/top (0.30 in 1 of 3 seeds)"
FAILS = ("scale (0.40), T-shirt/top (0.3)", "scale (0.50)", "scale (0.45)")


@pytest.fixture
def judged(results_tree):
    """alpha's decodes are not read in three seeds; beta's are."""
    for seed in (0, 1, 2):
        results_tree.put("alpha", "counterfactual", seed, **JUDGED, notes={"oracle_fails": FAILS[seed]})
        results_tree.put("beta", "counterfactual", seed, **JUDGED, notes={"oracle_fails": ""})
    return results_tree


def rows(tree):
    results = load(tree.root, tree.params)
    frame = tidy(results)
    return flagged(rows_of(frame, "squares", grid_of(tree.params)), warnings_of(results, "squares"))


def table(tree, title):
    return next(found for found in readable(rows(tree), []) if found.title == title)


def marked(tree, title, method):
    """Column -> what the footnotes of a method's cell say."""
    shown = table(tree, title)
    cells = next(cells for row, cells in shown.lines if row.name == method)
    return {c.name: [shown.footnotes[m] for m in cell.marks] for c, cell in zip(shown.columns, cells, strict=True)}


def test_every_number_that_the_oracle_read_is_marked(judged):
    assert marked(judged, "Counterfactuals, judged by the oracle", "alpha") == {
        **{name: [WARNING] for name in ("efficacy", "preservation", "faithfulness")},
        "noise_floor": [],
    }


def test_other_kinds_of_edit_are_marked_too(judged):
    assert marked(judged, "Edits along a probe direction", "alpha") == {"efficacy_direction": [WARNING]}


def test_a_method_whose_decodes_are_read_is_not(judged):
    assert set(map(tuple, marked(judged, "Counterfactuals, judged by the oracle", "beta").values())) == {()}


def test_a_marked_number_is_still_there(judged):
    text = to_markdown("squares", readable(rows(judged), []))
    letter = re.search(r"\| alpha \| 3 \| 0.250 ± 0.000<sup>(\w)</sup> \|", text)[1]
    assert f"<sup>{letter}</sup> {WARNING}" in text


def test_latex_and_csv_say_it_too(judged):
    notes = {line["method"]: line["note"] for line in csv.DictReader(io.StringIO(to_csv(rows(judged))))}
    assert notes == {"alpha": WARNING, "beta": "", "noise": ""}
    assert WARNING in to_latex("squares", readable(rows(judged), []))


def test_a_cell_without_a_value_needs_no_warning(judged):
    for seed in (0, 1, 2):
        judged.put("alpha", "counterfactual", seed, efficacy=None, notes={"oracle_fails": FAILS[seed]})
    assert marked(judged, "Counterfactuals, judged by the oracle", "alpha")["efficacy"] == ["no reason given"]


def test_a_note_of_another_form_is_refused(judged):
    path = judged.put("alpha", "counterfactual", 0, efficacy=0.5, notes={"oracle_fails": "scale"})
    with pytest.raises(ValueError, match=re.escape(str(path)) + " notes oracle_fails 'scale'"):
        rows(judged)


def test_a_column_without_any_value_stands_in_the_csv_alone(judged):
    for name in ("alpha", "beta"):
        why = {"reasons": {"exact_gain": "photographs", "cf_fid": "skipped"}}
        judged.put(name, "counterfactual", 0, efficacy=0.5, exact_gain=None, cf_fid=None, **why)
    found = rows(judged)
    assert "exact_gain_mean" in to_csv(found)
    assert "exact gain" not in to_markdown("squares", readable(found, []))
    assert unmeasured(found) == ["photographs (exact gain)", "skipped (FID)"]
    assert "Without a value in any row: skipped (FID)." in to_markdown("squares", [], unmeasured(found))


def test_headline_columns_stand_beside_faithfulness(judged):
    exact = {"exact_gain": 0.5, "exact_mse_changed": 0.25, "exact_mse_stayed": 0.125}
    judged.put("alpha", "counterfactual", 0, **exact, faithfulness=0.5)
    names = [column.name for column in table(judged, "Summary").columns]
    assert names[names.index("faithfulness") + 1 :] == list(exact)


@pytest.mark.parametrize("ending", ["", "_top", "_direction", "_direction_top", "_direction_mask"])
def test_no_table_of_edits_is_wider_than_ten_columns(judged, ending):
    pd = "exact_pd_effnet_lite0"
    scores = ("efficacy", "preservation", "faithfulness", "strength", "exact_gain", "exact_spill")
    places = (f"{error}{place}" for error in ("exact_mse", pd) for place in ("", "_changed", "_stayed"))
    names = [f"{name}{ending}" for name in (*scores, *places)]
    judged.put("alpha", "counterfactual", 0, **dict.fromkeys(names, 0.5))
    assert max(len(t.columns) for t in readable(rows(judged), [])) <= 10
