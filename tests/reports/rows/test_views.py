"""The table of views, the remarks behind a row's name, and what of them reaches which table."""

import csv
import io

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from diffrep.reports.build import build
from diffrep.reports.formats import readable, to_csv, to_latex, to_markdown
from diffrep.reports.load import grid_of, load, notes_of, tidy
from diffrep.reports.scores import remarks_of, rows_of
from diffrep.reports.views import view_rows


@pytest.fixture
def viewed(results_tree):
    """alpha has a view of times, read in two ways, and one of tokens."""
    for seed in (0, 1, 2):
        notes = {"views": ["times_best", "tokens_pca"]}
        results_tree.put(
            "alpha", "encode", seed, code_dim=4, notes=notes, times_best=0.4, tokens_explained_min=0.75, code_use=0.5
        )
        results_tree.put("alpha", "probe/times_best", seed, average_precision=0.8, code_dim=4)
        results_tree.put("alpha", "probe/tokens_pca", seed, average_precision=0.4, code_dim=2)
        results_tree.put("alpha", "disentangle/tokens_pca", seed, mig=0.125)
        results_tree.put("beta", "encode", seed, code_dim=4, notes={"views": []})
    return results_tree


def everything(tree):
    results = load(tree.root, tree.params)
    frame, grid = tidy(results), grid_of(tree.params)
    rows = rows_of(frame, "squares", grid, notes_of(results, "squares"))
    return rows, view_rows(frame, "squares", grid, remarks_of(rows))


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
    build(viewed.root, viewed.root / "reports", viewed.params)
    assert (viewed.root / "reports" / "tables" / "squares-views.csv").exists()
    assert "alpha: the best time" in (viewed.root / "reports" / "index.html").read_text()


def test_a_view_of_other_settings_is_refused(viewed):
    viewed.put("alpha", "probe/times_best", 1, average_precision=0.8, code_dim=4, params_hash="other")
    with pytest.raises(ValueError, match=r"times_best.*cannot share"):
        load(viewed.root, viewed.params)


def test_what_views_took_counts_as_the_methods_cost(viewed):
    build(viewed.root, viewed.root / "reports", viewed.params)
    costs = (viewed.root / "reports" / "tables" / "squares-cost.csv").read_text()
    assert float(next(row for row in csv.DictReader(io.StringIO(costs)))["probe_minutes"]) == 4.5


@pytest.fixture
def noted(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
    return results_tree


def test_a_note_stands_behind_the_name_in_every_table(noted):
    tables = readable(*everything(noted))
    markdown, latex = to_markdown("squares", tables), to_latex("squares", tables)
    assert (
        markdown.count("| alpha (our reconstruction) |") == latex.count("alpha (our reconstruction) &") == len(tables)
    )


def test_a_note_has_a_column_in_the_csv(noted):
    rows = csv.DictReader(io.StringIO(to_csv(everything(noted)[0])))
    assert {row["method"]: row["note"] for row in rows} == {"alpha": "our reconstruction", "beta": "", "noise": ""}


def test_a_note_stands_on_the_page(noted):
    build(noted.root, noted.root / "reports", noted.params)
    page = (noted.root / "reports" / "index.html").read_text()
    assert '<th scope="row"><a href="methods/alpha.html">alpha (our reconstruction)</a></th>' in page
    assert "<h1>alpha (our reconstruction)</h1>" in (noted.root / "reports" / "methods" / "alpha.html").read_text()


def test_a_note_stands_with_the_costs(noted):
    build(noted.root, noted.root / "reports", noted.params)
    page = (noted.root / "reports" / "index.html").read_text()
    costs = csv.DictReader((noted.root / "reports" / "tables" / "squares-cost.csv").open())
    assert {row["method"]: row["note"] for row in costs} == {"alpha": "our reconstruction", "beta": "", "noise": ""}
    assert '<tr><th scope="row">alpha (our reconstruction)</th>' in page.split("<h3>Cost</h3>")[1]


def test_a_note_stands_in_every_figure(noted, monkeypatch):
    drawn, save = [], Figure.savefig
    monkeypatch.setattr(Figure, "savefig", lambda figure, *a, **k: (drawn.append(figure), save(figure, *a, **k)))
    for seed in (0, 1, 2):
        errors = {f"denoise_error_{code}_t{t}": 0.01 for code in ("own", "shuffled", "mean") for t in (0, 999)}
        noted.put("alpha", "encode", seed, code_use=0.5, **errors, times_ap_0=0.1, times_ap_1=0.2)
        noted.path("alpha", "train", seed).with_suffix(".csv").write_text("step,loss,valid_loss\n1,0.5,\n2,-0.1,0.1\n")
        noted.path("alpha", "probe", seed).with_suffix(".parts.csv").write_text("part,first,end,hue\nblock 0,0,9,0.1\n")
    noted.draw("alpha", "reconstruct", 0, ["original", "from its code and noise"])
    build(noted.root, noted.root / "reports", noted.params)
    words = [" ".join(text.get_text() for text in figure.findobj(Text)) for figure in drawn]
    assert len(drawn) == 7
    assert all("alpha (our reconstruction)" in " ".join(text.split()) for text in words)


def test_a_note_stands_behind_every_view(viewed):
    for seed in (0, 1, 2):
        viewed.put("alpha", "train", seed, note="our reconstruction")
    assert all(row.title.endswith(" (our reconstruction)") for row in everything(viewed)[1])


@pytest.mark.parametrize(("use", "flagged"), [(0.049, True), (0.051, False)])
def test_a_method_that_ignores_its_code_is_flagged_in_every_table(results_tree, use, flagged):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "encode", seed, code_use=use)
    tables = readable(*everything(results_tree))
    assert (to_markdown("squares", tables).count("alpha (ignores its code)") == len(tables)) is flagged


def test_the_page_says_how_a_code_is_ignored(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "encode", seed, code_use=0.01)
    build(results_tree.root, results_tree.root / "reports", results_tree.params)
    page = (results_tree.root / "reports" / "index.html").read_text()
    assert "<b>alpha ignores its code:</b> denoising with its own code spares less than 5 %" in page
