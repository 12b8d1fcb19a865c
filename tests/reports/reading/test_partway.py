"""Scores on the way are read by share, apart from all other numbers; and what they say of a budget."""

import csv
import io
import sys
from pathlib import Path

import pytest

from diffrep.pipelines.core.paths import view_file
from diffrep.reports.reading.partway import budget_curves
from diffrep.reports.rows.tidy import tidy

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
AP = "valid_average_precision"
NOTHING = {"steps": None, "images_seen": None, AP: None}


@pytest.fixture
def tree(results_tree):
    """alpha rises by .1, then by .01; beta, which is not trained, has one score."""
    for seed in results_tree.seeds:
        results_tree.put("alpha", "train", seed, steps=40, images_seen=320)
        results_tree.put("alpha", "probe", seed, **{AP: 0.61 + seed / 100})
        results_tree.put("beta", "probe", seed, **{AP: 0.3})
        for method in ("alpha", "beta"):
            results_tree.put(method, "partway", seed, notes={"shares": [0.25, 0.5]})
        for share, value in (("0.25", 0.5), ("0.5", 0.6)):
            seen = {"steps": int(40 * float(share)), "images_seen": int(320 * float(share))}
            results_tree.put("alpha", "partway", seed, share, **seen, **{AP: value + seed / 100})
            results_tree.put("beta", "partway", seed, share, **NOTHING, reasons=dict.fromkeys(NOTHING, "no steps"))
    return results_tree


def of(found, **known):
    for name, value in known.items():
        found = found[found[name] == value]
    return found


def test_a_curve_ends_with_what_the_other_stages_have_scored(tree):
    found = of(budget_curves(tree.results), row="alpha", seed=1, metric=AP)
    assert found["share"].tolist() == [0.25, 0.5, 1]
    assert found["images"].tolist() == [80, 160, 320]
    assert found["value"].tolist() == pytest.approx([0.51, 0.61, 0.62])


def test_what_is_not_trained_by_steps_has_its_end_alone(tree):
    found = of(budget_curves(tree.results), row="beta", seed=1, metric=AP)
    assert found["share"].tolist() == [1]
    assert found["images"].isna().all()


def test_no_table_has_them(tree):
    found = tidy(tree.results)
    assert set(found["view"]) == {""}
    assert "partway" not in set(found["stage"])
    assert set(of(found, row="alpha", metric=AP)["value"]) == {0.61, 0.62, 0.63}


def test_the_report_has_them_in_a_table_of_their_own(tree):
    lines = list(csv.DictReader(io.StringIO(tree.files()["tables/squares-budget.csv"])))
    found = {(line["row"], line["share"]): line for line in lines if line["metric"] == AP}
    assert list(found) == [("alpha", "0.25"), ("alpha", "0.5"), ("alpha", "1.0"), ("beta", "1.0")]
    half = found["alpha", "0.5"]
    assert (half["images"], half["n"], float(half["mean"])) == ("160.0", "3", pytest.approx(0.61))
    assert float(half["sd"]) == pytest.approx(0.01)
    assert found["beta", "1.0"]["images"] == ""


def test_without_shares_there_is_no_such_table(results_tree):
    results_tree.put("alpha", "partway", 0, notes={"shares": []})
    assert "tables/squares-budget.csv" not in results_tree.files()


def test_without_the_stage_there_are_no_curves(results_tree):
    assert budget_curves(results_tree.results).empty


def test_a_share_of_another_place_is_refused(tree):
    path = view_file(tree.folder("alpha", "partway", 0), "0.5")
    tree.write(path, {"stage": "probe"})
    with pytest.raises(ValueError, match=r"partway/0.5.json is a result of stage 'probe', not of 'partway'"):
        budget_curves(tree.results)


def test_a_budget_is_enough_where_the_last_share_moves_no_method_by_much(tree, monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import budget

    found = budget.means(budget_curves(tree.results))
    assert found.index.tolist() == [("squares", "alpha")]
    assert found.loc[("squares", "alpha")].tolist() == pytest.approx([0.51, 0.61, 0.62])
    assert budget.moving(found) == []
    assert "no method moves by more than 0.02" in budget.lines(found)[-1]
    for seed in tree.seeds:
        tree.put("alpha", "probe", seed, **{AP: 0.57 + seed / 100})  # a fall moves too
    found = budget.means(budget_curves(tree.results))
    assert budget.moving(found) == ["squares alpha"]
    assert budget.lines(found)[1].endswith("-0.030  moves")
    sys.modules.pop("budget")
