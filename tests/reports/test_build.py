"""The report as a whole: one offline page, the same bytes each time, and nothing half-written."""

import base64
import json
import re
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from diffrep.reports import plots
from diffrep.reports.build import build
from diffrep.reports.load import grid_of, load, tidy
from diffrep.reports.scores import rows_of

CURVE = "step,loss,valid_loss,learning_rate\n10,1.0,,0.001\n20,0.5,0.6,0.001\n"


def page(tree) -> str:
    build(tree.root, tree.root / "reports", tree.params)
    return (tree.root / "reports" / "index.html").read_text()


def written(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def full(results_tree):
    """With curves, pictures, a data card, a base model and an oracle."""
    for seed in (0, 1, 2):
        (results_tree.path("alpha", "train", seed).with_suffix(".csv")).write_text(CURVE)
    results_tree.draw("alpha", "reconstruct", 1, ["original", "from the code"])
    results_tree.draw("alpha", "counterfactual", 1, ["donor image", "source, decoded", "source with hue of the donor"])
    shared = {"preset": "quick", "data_sha256": "ab12", "wall_seconds": 60.0}
    folder = results_tree.root / "results" / "squares"
    (folder / "base.json").write_text(json.dumps(shared | {"parameters": 77, "steps": 9}))
    left_out = {"notes": {"left_out": {"side": 0.91}}}
    (folder / "oracle.json").write_text(json.dumps(shared | {"accuracy_side": 0.91} | left_out))
    card = results_tree.root / "data" / "squares" / "card.json"
    card.parent.mkdir(parents=True)
    card.write_text(json.dumps({"source": "drawn on demand", "licence": "MIT", "image_shape": [3, 32, 32]}))
    return results_tree


def test_everything_promised_is_written(full):
    page(full)
    assert set(written(full.root / "reports")) == {
        "index.html",
        *(f"tables/squares{end}" for end in (".csv", ".md", ".tex", "-cost.csv")),
        *(f"figures/squares-{name}.png" for name in ("groups", "cost", "curves")),
        "figures/overview.png",
        *(f"methods/{name}.html" for name in ("alpha", "beta")),
    }


def test_second_build_gives_the_same_bytes(full):
    page(full)
    first = written(full.root / "reports")
    page(full)
    assert written(full.root / "reports") == first


def test_page_loads_nothing_from_elsewhere(full):
    text = page(full)
    sources = re.findall(r"""src\s*=\s*["']([^"']*)|url\(([^)]*)|@import\s+(\S+)|<link""", text)
    assert sources
    assert all("".join(s).startswith("data:image/png;base64,") for s in sources)
    assert {link for link in re.findall(r'href="([^"]*)"', text) if not link.startswith("#")} == {
        "methods/alpha.html",
        "methods/beta.html",
    }


def test_page_opens_with_the_overview(full):
    text = page(full)
    overview = full.root / "reports" / "figures" / "overview.png"
    assert base64.b64encode(overview.read_bytes()).decode() in text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("drawn on demand", id="source of the data"),
        pytest.param("3 × 32 × 32", id="image shape"),
        pytest.param("side 0.91", id="factor left out"),
        pytest.param("0.600 ± 0.100", id="mean and spread"),
    ],
)
def test_page_says(full, text):
    assert text in page(full)


def test_without_a_card_nothing_is_said_of_the_data(results_tree):
    assert "The data" not in page(results_tree)


@pytest.mark.parametrize(
    ("shuffled", "flagged"),
    [
        pytest.param(0.01049, True, id="just below 5 %"),
        pytest.param(0.0106, False, id="above"),
        pytest.param(None, False, id="not measured"),
    ],
)
def test_a_method_that_ignores_its_code_is_flagged(results_tree, shuffled, flagged):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=shuffled)
    assert ("alpha ignores its code" in page(results_tree)) is flagged


def test_curves_fill_their_panels_whatever_their_sign(results_tree, monkeypatch):
    figures: list[Figure] = []
    monkeypatch.setattr(plots, "to_png", figures.append)
    methods = ["alpha", "beta", "gamma", "delta", "epsilon"]
    for name in methods:
        results_tree.put(name, "train", 0, steps=40)
        text = CURVE.replace("0.5", "-0.5") if name == "beta" else CURVE
        results_tree.path(name, "train", 0).with_suffix(".csv").write_text(text)
    results_tree.params["grid"]["method"] = methods
    frame, grid = tidy(load(results_tree.root, results_tree.params)), grid_of(results_tree.params)
    plots.curves(results_tree.root, "squares", (0,), rows_of(frame, "squares", grid))
    assert [axes.get_title(loc="left") for axes in figures[0].axes] == methods
    assert [axes.get_yscale() for axes in figures[0].axes] == ["log", "linear", "log", "log", "log"]


def test_text_from_results_is_escaped(results_tree):
    results_tree.put("beta", "reconstruct", 0, mse_random_start=None, reasons={"mse_random_start": "<script>x"})
    assert "<script>x" not in page(results_tree)


def test_stale_results_are_not_mentioned(results_tree):
    results_tree.put("gone", "probe", 0, average_precision=0.99)
    results_tree.draw("gone", "reconstruct", 0, ["original"])
    assert "gone" not in page(results_tree)


def test_an_empty_grid_still_makes_a_page(results_tree):
    results_tree.params["grid"]["dataset"] = ["unborn"]
    assert "No results yet" in page(results_tree)


def test_an_error_leaves_the_old_report(full):
    page(full)
    before = written(full.root / "reports")
    full.path("alpha", "probe", 0).write_text("{")
    with pytest.raises(ValueError, match="not readable JSON"):
        page(full)
    assert written(full.root / "reports") == before


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("pictures/reconstruct/1.png", "<html>", "is no PNG", id="HTML saved as a picture"),
        pytest.param("pictures/reconstruct/1.rows.json", "{}", "no list 'rows'", id="rows without names"),
        pytest.param("train/0.csv", "step,loss\n1,2\n", "no column 'valid_loss'", id="curve without a column"),
        pytest.param("train/0.csv", "", "no readable CSV", id="empty curve"),
    ],
)
def test_a_bad_file_is_named(full, name, content, message):
    path = full.root / "results" / "squares" / "alpha" / name
    path.write_text(content)
    with pytest.raises(ValueError, match=re.escape(str(path)) + ".*" + message):
        page(full)


def test_a_picture_cut_short_is_named(full):
    path = full.draw("alpha", "reconstruct", 0, ["original"])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=re.escape(str(path)) + " is no PNG or was cut short"):
        page(full)


def test_a_picture_without_names_is_refused(full):
    path = full.root / "results" / "squares" / "alpha" / "pictures" / "reconstruct" / "1.rows.json"
    path.unlink()
    with pytest.raises(ValueError, match=re.escape(str(path)) + " is missing"):
        page(full)


def test_torch_is_not_needed(results_tree):
    folder = Path(build.__code__.co_filename).parent
    assert not [p for p in folder.glob("*.py") if re.search(r"^\s*(import|from) torch", p.read_text(), re.M)]
