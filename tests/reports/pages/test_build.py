"""The report as a whole: one offline page, the same bytes each time, and nothing half-written."""

import base64
import json
import re
import shutil
from pathlib import Path

import pytest
from matplotlib.text import Text
from results_tree import unrendered

import diffrep.reports
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import cost_file, curves, part_map
from diffrep.reports.pages import dataset, front_page
from diffrep.reports.rows.questions import QUESTIONS

CURVE = "step,loss,valid_loss,learning_rate\n10,1.0,,0.001\n20,0.5,0.6,0.001\n"
PER_METHOD = (("methods/", ".html"), ("metrics/squares/", ".json"))
NOTES = {
    "about": {"title": "Squares", "may_be_shown": True},
    "source": "drawn on demand",
    "image_shape": [3, 32, 32],
}


def written(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def fill(tree):
    """With curves, pictures, a data card, a base model and an oracle."""
    for seed in (0, 1, 2):
        curves(tree.folder("alpha", "train", seed)).write_text(CURVE)
    tree.draw("alpha", "reconstruct", 1, ["original", "from the code"])
    tree.draw("alpha", "counterfactual", 1, ["donor image", "source, decoded", "source with hue of the donor"])
    tree.share("prepare", notes=NOTES)
    tree.share("base", parameters=77, steps=9)
    tree.share("oracle", accuracy_side=0.91)
    card = tree.root / "data" / "squares" / "card.json"
    card.parent.mkdir(parents=True)
    card.write_text(json.dumps({"source": "drawn on demand", "licence": "MIT", "image_shape": [3, 32, 32]}))
    return tree


@pytest.fixture
def full(results_tree):
    """One to change."""
    return fill(results_tree)


@pytest.fixture(scope="module")
def unchanged(kept_tree):
    """One that stays as it is."""
    return fill(kept_tree)


@pytest.fixture(scope="module")
def whole(unchanged):
    """The folder of its report, built once."""
    return unchanged.build()


def test_everything_promised_is_written(whole):
    copies = "pictures/results/squares/alpha/1/pictures"
    assert set(written(whole)) == {
        "index.html",
        *(
            f"questions/{name}.html"
            for name in (*(question.key for question in QUESTIONS), "findings", "sure", "numbers", "papers")
        ),
        *(f"tables/squares{end}" for end in (".csv", ".md", ".tex", "-cost.csv", "-differences.csv", "-headline.csv")),
        *(f"metrics/squares/{name}.json" for name in ("alpha", "beta")),
        "curves/squares/alpha.csv",
        *(f"figures/squares-{name}.png" for name in ("ranks", "decoded", "edited", "groups", "cost", "curves")),
        *(
            f"{copies}/{stage}/main{end}"
            for stage in ("reconstruct", "counterfactual")
            for end in (".png", ".rows.json")
        ),
        *(f"{folder}{name}{end}" for name in ("alpha", "beta") for folder, end in PER_METHOD),
        "datasets/squares.html",
    }


def test_second_build_gives_the_same_bytes(unchanged, whole):
    first = written(whole)
    assert written(unchanged.build()) == first


def test_another_cost_changes_no_table_of_numbers(full, whole):
    first = written(whole)
    for path in full.root.rglob(cost_file(Path()).name):
        write_card(path, {"wall_seconds": 1.5, "peak_memory_mib": 7, "suite_commit": "another"}, of=path.parent)
    then = written(full.build())
    changed = {name for name in first if first[name] != then[name] and not name.endswith(".html")}
    assert changed == {"tables/squares-cost.csv", "tables/squares-headline.csv", "figures/squares-cost.png"}


def test_pages_load_nothing_from_elsewhere(whole):
    for path in whole.rglob("*.html"):
        sources = re.findall(r"""src\s*=\s*["']([^"']*)|url\(([^)]*)|@import\s+(\S+)|<link""", path.read_text())
        assert all("".join(s).startswith("data:image/png;base64,") for s in sources), path


def test_every_link_leads_to_a_page_or_a_result_file(full):
    full.anchor("unedited", "counterfactual", None, exact_gain=0.0, exact_gain_direction=0.0)
    with unrendered():
        folder = full.build()
    for path in folder.rglob("*.html"):
        for link in re.findall(r'href="([^"]*)"', path.read_text()):
            name, _, place = link.partition("#")
            target = path.parent / name if name else path
            assert target.is_file(), (path, link)
            assert not place or f'id="{place}"' in target.read_text(), (path, link)


def test_the_first_page_shows_ranks_and_edits(whole):
    for name in ("ranks", "edited"):
        png = (whole / "figures" / f"squares-{name}.png").read_bytes()
        assert base64.b64encode(png).decode() in (whole / "index.html").read_text()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("drawn on demand", id="source of the data"),
        pytest.param("3 × 32 × 32", id="image shape"),
        pytest.param("0.600 ± 0.100", id="mean and spread"),
    ],
)
def test_pages_say(whole, text):
    assert text in (whole / "datasets" / "squares.html").read_text() + (whole / "index.html").read_text()


def test_stale_results_are_not_mentioned(results_tree):
    results_tree.put("gone", "probe", 0, average_precision=0.99)
    results_tree.draw("gone", "reconstruct", 0, ["original"])
    assert "gone" not in results_tree.texts()["index.html"]


def test_what_left_the_grid_leaves_the_report(full):
    with unrendered():
        full.build()
        full.methods.remove("alpha")
        names = set(written(full.build()))
    assert "methods/alpha.html" not in names
    assert "figures/squares-curves.png" not in names
    assert "metrics/squares/alpha.json" not in names
    assert "methods/beta.html" in names


def test_an_error_leaves_the_old_report(full):
    with unrendered():
        before = written(full.build())
    full.path("alpha", "probe", 0).write_text("{")
    with pytest.raises(UserError, match="is not whole JSON"):
        full.build()
    assert written(full.root / "reports") == before


def test_differences_from_the_reference_reach_the_page(results_tree):
    text = results_tree.texts()["questions/told.html"]
    assert "<h3>Differences from alpha</h3>" in text


def test_a_note_stands_in_every_figure(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=40, note="our reconstruction")
        errors = {f"denoise_error_{code}_t{t}": 0.01 for code in ("own", "shuffled", "mean") for t in (0, 999)}
        results_tree.put("alpha", "encode", seed, code_use=0.5, **errors, times_ap_0=0.1, times_ap_1=0.2)
        curves(results_tree.folder("alpha", "train", seed)).write_text("step,loss,valid_loss\n1,0.5,\n2,-0.1,0.1\n")
        part_map(results_tree.folder("alpha", "probe", seed)).write_text("part,first,end,hue\nblock 0,0,9,0.1\n")
    results_tree.seal()
    results_tree.draw("alpha", "reconstruct", 0, ["original", "from its code and noise"])
    with unrendered() as drawn:
        results_tree.build()
    words = [" ".join(text.get_text() for text in figure.findobj(Text)) for figure in drawn]
    assert len(drawn) == 7 + 5  # of all methods, and again of alpha alone
    assert all(re.search(r"alpha( \(our reconstruction\)|\*)", " ".join(text.split())) for text in words)


@pytest.mark.parametrize(("module", "name"), [(dataset, "tidy"), (front_page, "front_of")])
def test_what_all_pages_share_is_computed_once_a_data_set(results_tree, monkeypatch, module, name):
    calls, real = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *given: (calls.append(given), real(*given))[1])
    results_tree.texts()
    assert len(calls) == len(results_tree.datasets)


def test_nothing_heavy_is_imported():
    folder = Path(diffrep.reports.__path__[0])
    heavy = re.compile(r"^\s*(import|from) (torch|mlflow|lightning)", re.M)
    assert not [p for p in folder.rglob("*.py") if heavy.search(p.read_text())]


def test_of_the_pictures_those_are_kept_that_figures_are_drawn_of(full):
    full.draw("alpha", "counterfactual", 0, ["source image", "edit"], "direction")
    with unrendered():
        kept = [path.name for path in (full.build() / "pictures").rglob("*.png")]
    assert sorted(kept) == ["main.png", "main.png"]


def test_a_clone_without_the_pictures_makes_the_same_report_of_their_copies(full, whole):
    with unrendered():
        full.build()  # which keeps the copies
    for path in full.root.glob("results/**/pictures"):
        shutil.rmtree(path)
    assert written(full.build()) == written(whole)


@pytest.mark.parametrize("about", [{"may_be_shown": False}, {}])
def test_pictures_that_may_not_be_passed_on_are_in_nothing_that_git_keeps(full, about):
    full.share("prepare", notes={"about": about})
    with unrendered():
        folder = full.build()
    assert not [path for path in (folder / "pictures").rglob("*") if path.is_file()]
    assert not (folder / "figures" / "squares-edited.png").exists()
    assert '<figure class="edited">' in (folder / "index.html").read_text()


def test_every_number_is_marked_as_in_the_other_tables(results_tree):
    results_tree.methods.append("gamma")
    results_tree.reference = "beta"
    for seed in (0, 1, 2):
        results_tree.put("gamma", "probe", seed, average_precision=0.1 + 0.001 * seed)
        results_tree.put("alpha", "probe", seed, average_precision=0.9 + 0.001 * seed)
        results_tree.put("beta", "probe", seed, average_precision=0.5 + 0.001 * seed)
    text = results_tree.texts()["questions/numbers.html"]
    assert "<b>0.901 ± 0.001</b>" in text
    assert re.search(r"0\.101 ± 0\.001</a><sup>[^<]*†</sup>", text)
    assert "Bold: better than beta" in text


def test_minutes_and_sizes_lead_to_where_they_come_from(results_tree):
    files = results_tree.files()
    assert 'href="methods/alpha.html#squares.cost"' in files["index.html"]
    assert 'id="squares.cost"' in files["methods/alpha.html"]
    pages = (str(text) for name, text in files.items() if name.startswith("questions/"))
    (cost,) = (text for text in pages if "peak memory" in text)
    (row,) = re.findall(r'<tr><th scope="row"><a href="../methods/alpha.*?</tr>', cost)[-1:]
    assert row.count('href="../methods/alpha.html#squares.cost"') == 4  # total, parameters, trained, memory


def test_the_front_page_says_how_long_methods_were_trained(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=500, images_seen=32_000)
    assert "3 training seeds of 500 steps (32,000 images)" in str(results_tree.files()["index.html"])
