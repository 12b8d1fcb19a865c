"""Mean and spread over seeds, by hand; what has to be known of a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diffrep.reports.rows.scores import NO_RESULT, OverSeeds


def row(tree, name):
    return next(row for row in tree.rows if row.name == name)


def test_the_mean_is_that_of_the_seeds(results_tree):
    assert row(results_tree, "alpha").scores["average_precision"].mean == 0.6


def test_the_spread_is_the_sample_standard_deviation(results_tree):
    assert row(results_tree, "alpha").scores["average_precision"].sd == pytest.approx(0.1)


def test_equal_values_have_no_spread():
    score = OverSeeds((0.183, 0.183, 0.183))
    assert (score.mean, score.sd) == (0.183, 0.0)


def test_one_seed_has_no_spread(results_tree):
    assert row(results_tree, "noise").scores["average_precision"].sd is None


def test_a_seed_that_an_anchor_lacks_is_absent_where_another_has_the_number(results_tree):
    found = row(results_tree, "noise").scores
    assert found["average_precision"] == OverSeeds((0.125,), (NO_RESULT, NO_RESULT))
    assert found["mse_random_start"] == OverSeeds()


def test_an_anchor_without_a_seed_is_one_run(results_tree):
    results_tree.anchor("pca20", "probe", average_precision=0.3, f1=None, reasons={"f1": "rare"})
    found = row(results_tree, "pca20")
    assert (found.n_seeds, found.scores["average_precision"]) == (1, OverSeeds((0.3,)))
    assert found.scores["f1"] == OverSeeds((), ("rare",))
    assert found.scores["mse_random_start"] == OverSeeds()


def test_rows_stand_in_grid_order_then_anchors(results_tree):
    results_tree.anchor("pca20", "probe", average_precision=0.3)
    results_tree.methods = ["beta", "alpha"]
    assert [found.name for found in results_tree.rows] == ["beta", "alpha", "noise", "pca20"]


def test_a_method_that_left_the_grid_has_no_row(results_tree):
    results_tree.put("gone", "probe", 0, average_precision=0.99)
    assert "gone" not in [found.name for found in results_tree.rows]


def test_a_method_never_run_keeps_its_row(results_tree):
    results_tree.methods.append("planned")
    assert row(results_tree, "planned").n_seeds == 0


def test_null_in_a_file_counts_as_no_value(results_tree):
    results_tree.put("alpha", "probe", 2, average_precision=None)
    assert row(results_tree, "alpha").scores["average_precision"].values == (0.5, 0.6)


def test_a_seed_without_a_file_is_absent_with_that_reason(results_tree):
    results_tree.path("alpha", "probe", 2).unlink()
    assert row(results_tree, "alpha").scores["average_precision"] == OverSeeds((0.5, 0.6), ("no result file yet",))


@pytest.mark.parametrize(
    ("shuffled", "ignored"),
    [
        pytest.param(0.01049, True, id="just below 5 %"),
        pytest.param(0.0106, False, id="above"),
        pytest.param(None, False, id="not measured"),
    ],
)
def test_a_method_whose_decodes_are_as_good_with_another_code_ignores_it(results_tree, shuffled, ignored):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=shuffled)
    assert ("decoding with another image's code" in row(results_tree, "alpha").ignored) is ignored


@pytest.mark.parametrize(("use", "ignored"), [(0.049, True), (0.051, False)])
def test_a_method_that_denoises_as_well_with_another_code_ignores_it(results_tree, use, ignored):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "encode", seed, code_use=use)
    assert (row(results_tree, "alpha").title == "alpha (ignores its code)") is ignored


def test_an_adapters_note_stands_behind_the_name(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    assert [found.title for found in results_tree.rows] == ["alpha (our reconstruction)", "beta", "noise"]


@given(st.lists(st.floats(-100, 100), min_size=2, max_size=6))
def test_spread_is_never_negative_and_mean_within(values):
    score = OverSeeds(tuple(values))
    assert score.sd >= 0
    assert min(values) - 1e-9 <= score.mean <= max(values) + 1e-9
