"""The table of views of one code."""

import csv
import io

import pytest

from diffrep.reports.pages.formats import to_csv
from diffrep.reports.pages.readable import readable
from diffrep.reports.rows.scores import remarks_of
from diffrep.reports.rows.tidy import tidy
from diffrep.reports.rows.views import view_rows


@pytest.fixture
def viewed(results_tree):
    """alpha has a view of times, read in two ways, and one of tokens."""
    for seed in (0, 1, 2):
        notes = {"views": ["times_best", "tokens_pca"]}
        results_tree.put(
            "alpha", "encode", seed, code_dim=4, notes=notes, times_best=0.4, tokens_explained_min=0.75, code_use=0.5
        )
        results_tree.put("alpha", "probe", seed, "times_best", average_precision=0.8, code_dim=4)
        results_tree.put("alpha", "probe", seed, "tokens_pca", average_precision=0.4, code_dim=2)
        results_tree.put("alpha", "disentangle", seed)
        results_tree.put("alpha", "disentangle", seed, "tokens_pca", mig=0.125)
        results_tree.put("beta", "encode", seed, code_dim=4, notes={"views": []})
    return results_tree


def everything(tree):
    return tree.rows, view_rows(tidy(tree.results), "squares", tree.study, remarks_of(tree.rows))


def views(tree):
    rows = csv.DictReader(io.StringIO(to_csv(everything(tree)[1])))
    return {row["method"]: row for row in rows}


def test_views_stand_below_their_default(viewed):
    assert list(views(viewed)) == ["alpha: default", "alpha: the best time", "alpha: one number per token (PCA)"]


def test_every_view_has_its_own_scores(viewed):
    means = [float(row["average_precision_mean"]) for row in views(viewed).values()]
    assert means == pytest.approx([0.6, 0.8, 0.4])


def test_the_size_of_each_view_is_printed(viewed):
    assert [float(row["code_dim_mean"]) for row in views(viewed).values()] == [4, 4, 2]


def test_what_was_found_while_reading_stands_with_its_view(viewed):
    assert [row["times_best_mean"] for row in views(viewed).values()] == ["", "0.4", ""]
    assert [row["tokens_explained_min_mean"] for row in views(viewed).values()] == ["", "", "0.75"]


def test_the_main_table_keeps_the_default_view(viewed):
    rows, _ = everything(viewed)
    assert [row.name for row in rows] == ["alpha", "beta", "noise"]
    assert rows[0].scores["average_precision"].mean == pytest.approx(0.6)


def test_the_table_of_views_is_the_last_and_has_no_empty_columns(viewed):
    table = readable(*everything(viewed))[-1]
    assert table.title == "Views"
    names = {"code_dim", "average_precision", "mig", "tokens_explained_min", "times_best"}
    assert {column.name for column in table.columns} == names


def test_without_views_there_is_no_such_table(results_tree):
    assert "Views" not in [table.title for table in readable(*everything(results_tree))]


def test_views_are_written_as_csv_and_shown_on_the_page(viewed):
    files = viewed.files()
    assert "alpha: the best time" in files["tables/squares-views.csv"]
    assert "alpha: the best time" in files["questions/told.html"]


def test_a_note_stands_behind_every_view(viewed):
    for seed in (0, 1, 2):
        viewed.put("alpha", "train", seed, note="our reconstruction")
    assert all(row.title.endswith(" (our reconstruction)") for row in everything(viewed)[1])
