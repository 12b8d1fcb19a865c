"""Numbers that an oracle cannot have read, and swaps of a whole code, are marked, kept, and not taken as others are."""

import csv
import io
import re

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.edits.strengths import STRENGTHS
from diffrep.reports.pages.formats import to_csv, to_latex, to_markdown
from diffrep.reports.pages.readable import readable
from diffrep.reports.rows.differences import compare
from diffrep.reports.rows.flags import ONE_PART, OVERSHOT, left_out
from diffrep.reports.rows.leads import leads_of
from diffrep.reports.rows.power import told

JUDGED = {"efficacy": 0.25, "preservation": 0.5, "faithfulness": 0.333, "efficacy_direction": 0.125, "noise_floor": 0.0}
WARNING = "the oracle does not read its decodes: scale (0.45), T-shirt/top (0.30 in 1 of 3 seeds)"
FAILS = ({"scale": 0.4, "T-shirt/top": 0.3}, {"scale": 0.5}, {"scale": 0.45})


@pytest.fixture
def judged(results_tree):
    """alpha's decodes are not read in three seeds; beta's are."""
    for seed in (0, 1, 2):
        results_tree.put("alpha", "counterfactual", seed, **JUDGED, notes={"oracle_fails": FAILS[seed]})
        results_tree.put("beta", "counterfactual", seed, **JUDGED, notes={"oracle_fails": {}})
    return results_tree


def table(tree, title):
    return next(found for found in readable(tree.rows, []) if found.title == title)


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


@pytest.mark.parametrize(
    ("fails", "doubtful"),
    [("scale", ()), ("side", ("edit", "edit_side_hue", "wanted")), ("hue", ("edit", "edit_side_hue", "wanted"))],
)
def test_what_edits_bring_along_is_marked_where_a_factor_of_the_pair_is_not_read(results_tree, fails, doubtful):
    """The other pair is read in any case, and what probes lose asks no oracle."""
    carried = {f"carry_over_{of}": 0.25 for of in ("edit", "edit_side_hue", "edit_tilt_tint", "wanted")}
    for seed in (0, 1, 2):
        results_tree.put("alpha", "counterfactual", seed, **carried, notes={"oracle_fails": {fails: 0.4}})
        results_tree.put("alpha", "probe", seed, carry_over_probe=0.5)
    marks = marked(results_tree, "Carry-over of what went together in training", "alpha")
    assert {name for name, said in marks.items() if said} == {f"carry_over_{of}" for of in doubtful}
    assert marks.keys() >= {*carried, "carry_over_probe"}


def test_steps_as_long_as_any_that_flip_less_than_half_are_marked(results_tree):
    """alpha's go on too far in one seed of three; beta's are as long and flip half."""
    for seed, (length, flipped) in enumerate([(STRENGTHS[-1], 0.4), (STRENGTHS[-1], 0.5), (1.0, 0.4)]):
        own = {"strength_direction": length, "flipped_direction": flipped, "exact_gain_direction": -0.1}
        results_tree.put("alpha", "counterfactual", seed, **own, exact_gain_direction_top=0.3)
        own |= {"strength_direction": STRENGTHS[-1], "flipped_direction": 0.5}
        results_tree.put("beta", "counterfactual", seed, **own, exact_gain_direction_top=0.3)
    said = f"{OVERSHOT} (in 1 of 3 seeds)"
    assert marked(results_tree, "Edits along a probe direction", "alpha") == {
        name: [said] for name in ("strength_direction", "flipped_direction", "exact_gain_direction")
    }
    assert not any(marked(results_tree, "Edits along a probe direction", "beta").values())
    assert not any(marked(results_tree, "Edits along the largest weights of a probe direction", "alpha").values())


def test_what_the_oracle_does_not_read_is_said_behind_what_overshot(results_tree):
    for seed in (0, 1, 2):
        own = {"strength_direction": STRENGTHS[-1], "flipped_direction": 0.4, "efficacy_direction": 0.25}
        results_tree.put("alpha", "counterfactual", seed, **own, notes={"oracle_fails": FAILS[seed]})
    marks = marked(results_tree, "Edits along a probe direction", "alpha")
    assert marks["efficacy_direction"] == [f"{OVERSHOT}; {WARNING}"]
    assert marks["strength_direction"] == [OVERSHOT]


def test_a_method_whose_decodes_are_read_is_not(judged):
    assert set(map(tuple, marked(judged, "Counterfactuals, judged by the oracle", "beta").values())) == {()}


def test_a_marked_number_is_still_there(judged):
    text = to_markdown("squares", readable(judged.rows, []))
    letter = re.search(r"\| alpha \| 3 \| 0.250 ± 0.000<sup>(\w)</sup> \|", text)[1]
    assert f"<sup>{letter}</sup> {WARNING}" in text


def test_latex_and_csv_say_it_too(judged):
    notes = {line["method"]: line["note"] for line in csv.DictReader(io.StringIO(to_csv(judged.rows)))}
    assert notes == {"alpha": WARNING, "beta": "", "noise": ""}
    assert WARNING in to_latex("squares", readable(judged.rows, []))


def test_a_cell_without_a_value_needs_no_warning(judged):
    for seed in (0, 1, 2):
        judged.put("alpha", "counterfactual", seed, efficacy=None, notes={"oracle_fails": FAILS[seed]})
    assert marked(judged, "Counterfactuals, judged by the oracle", "alpha")["efficacy"] == ["no reason given"]


def test_factors_that_were_not_judged_are_told_once(results_tree):
    for seed, notes in enumerate([{"side": 0.9104, "hue": 0.5}, {"side": 0.9104, "hue": 0.5}, {}]):
        results_tree.put("alpha", "counterfactual", seed, notes={"left_out": notes})
    assert left_out(results_tree.results) == ["side (0.910), hue (0.500)"]


@pytest.fixture
def whole(results_tree):
    """The code of gamma is one part, which alpha's and beta's are not: it is the best in swaps, and the worst."""
    results_tree.methods.append("gamma")
    for name, parts, efficacy, gain in (("alpha", 4, 0.5, 0.2), ("beta", 4, 0.4, 0.1), ("gamma", 1, 1.0, -1.9)):
        for seed in (0, 1, 2):
            moved = {"efficacy": efficacy + seed / 100, "exact_gain": gain + seed / 50, "exact_gain_direction": gain}
            results_tree.put(name, "train", seed, steps=40)
            results_tree.put(name, "counterfactual", seed, parts=parts, **moved)
    return results_tree


def test_swaps_of_a_code_of_one_part_are_marked_and_steered_edits_are_not(whole):
    text = to_markdown("squares", readable(whole.rows, []))
    exact = text.split("## Exact counterfactuals")[1].split("##")[0]
    assert "| gamma | 3 | -1.880 ± 0.020<sup>§</sup> |" in exact
    assert f"<sup>§</sup> {ONE_PART}" in exact
    assert "| alpha | 3 | 0.220 ± 0.020 |" in exact
    assert "§" not in text.split("## Edits along a probe direction")[1].split("##")[0]


@pytest.mark.parametrize("name", ["efficacy", "exact_gain"])
def test_it_neither_leads_nor_trails_in_them(whole, name):
    column = CATALOGUE[name]
    [lead] = leads_of("squares", [column], whole.rows, whole.study)
    assert lead.order == ("alpha", "beta")
    [line] = told("squares", [column], whole.rows, whole.study)
    assert line.best == ("alpha", "beta")
    assert line.pair.tested == 1


def test_it_does_where_an_edit_is_steered(whole):
    [lead] = leads_of("squares", [CATALOGUE["exact_gain_direction"]], whole.rows, whole.study)
    assert lead.order == ("alpha", "beta", "gamma")


def test_it_is_not_tested_against_the_reference(whole):
    found = {d.method: d for d in compare("squares", whole.rows, whole.study) if d.metric == "exact_gain"}
    assert (found["gamma"].verdict, found["gamma"].reason) == ("", f"gamma is not compared: {ONE_PART}")
    assert found["beta"].tested == 1


def test_the_first_page_says_so(whole):
    text = whole.files()["index.html"]
    assert re.search(r"-1\.880 ± 0\.020</a><sup>§</sup>", text)
    assert f"; §: not compared, {ONE_PART}." in text
