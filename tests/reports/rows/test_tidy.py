"""One line per number, and one number per metric."""

import pytest

from diffrep.reports.rows.tidy import tidy


def test_a_line_for_each_number(results_tree):
    frame = tidy(results_tree.results)
    line = frame[(frame["row"] == "alpha") & (frame["seed"] == 1) & (frame["metric"] == "average_precision")]
    assert line[["dataset", "kind", "view", "stage", "value", "reason"]].values.tolist() == [
        ["squares", "method", "", "probe", 0.6, ""]
    ]


def test_sample_sizes_are_no_metrics(results_tree):
    assert not [name for name in tidy(results_tree.results)["metric"] if name.startswith("n_")]


def test_what_is_shared_belongs_to_no_row(results_tree):
    results_tree.share("base", steps=9)
    assert "base" not in set(tidy(results_tree.results)["row"])


def test_a_number_without_a_seed_has_none(results_tree):
    results_tree.anchor("pca20", "probe", average_precision=0.3)
    frame = tidy(results_tree.results)
    assert frame[frame["row"] == "pca20"]["seed"].isna().all()


def test_one_metric_of_two_stages_is_refused(results_tree):
    results_tree.put("alpha", "encode", 0, average_precision=0.9)
    with pytest.raises(ValueError, match=r"squares/alpha/0: 'average_precision' has two values"):
        tidy(results_tree.results)


def test_one_metric_of_two_stages_with_one_value_is_one(results_tree):
    results_tree.put("alpha", "encode", 0, average_precision=0.5)
    frame = tidy(results_tree.results)
    assert len(frame[(frame["row"] == "alpha") & (frame["metric"] == "average_precision")]) == 3
