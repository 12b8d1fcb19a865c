"""A page per method: pictures with names, numbers with two kinds of doubt kept apart, flags, settings and cost."""

import base64
import html
import re

import pytest

from diffrep.reports.drawing.pictures import PICTURE_KINDS
from diffrep.reports.pages.method_page import PICTURE_TITLES

COLUMNS = ["floor hue", "shape", "scale"]
EXACT = ["source image", "donor image", "true counterfactual", "edit, decoded"]
STRIPS = ["floor hue by dimension 3"]


def page(tree) -> str:
    return html.unescape(tree.files()["methods/alpha.html"])


def rows(text: str) -> dict[str, list[str]]:
    """Heading of a row -> its cells, tags within them as spaces."""
    found = re.findall(r'<tr[^>]*><th scope="row"[^>]*>(.*?)</th>(.*?)</tr>', text)
    return {
        re.sub("<.*?>|\xa0.*", "", head): [
            " ".join(re.sub("<.*?>", " ", cell).split()) for cell in re.findall("<td[^>]*>(.*?)</td>", cells)
        ]
        for head, cells in found
    }


def fill(tree):
    """alpha gets every kind of picture and intervals in two of its three seeds; its decodes are not read."""
    tree.draw("alpha", "reconstruct", 1, ["original", "from the code"])
    tree.draw("alpha", "counterfactual", 1, ["source image", "source with hue of the donor"])
    tree.draw("alpha", "counterfactual", 1, EXACT, "exact", columns=COLUMNS, caption="Swaps beside the truth.")
    tree.draw("alpha", "counterfactual", 1, EXACT, "direction", columns=COLUMNS)
    tree.draw("alpha", "counterfactual", 1, STRIPS, "interpolation", columns=["0", "0.5", "1"])
    tree.draw("alpha", "counterfactual", 1, ["block 0", "block 1"], "blocks")
    for seed in (0, 1, 2):
        intervals = {"efficacy": [0.21, 0.29], "faithfulness": [None, None]} if seed else {}
        notes = {"oracle_fails": {"scale": 0.41}, "left_out": {"view": 0.9}}
        scores = {"efficacy": 0.25, "faithfulness": 0.5}
        tree.put("alpha", "counterfactual", seed, **scores, intervals=intervals, notes=notes)
    return tree


@pytest.fixture
def full(results_tree):
    """A full tree to change."""
    return fill(results_tree)


@pytest.fixture(scope="module")
def unchanged(kept_tree):
    """A full tree whose pages are made once."""
    return fill(kept_tree)


@pytest.fixture(scope="module")
def pages(unchanged):
    """Method -> its page."""
    files = unchanged.files()
    return {name: html.unescape(files[f"methods/{name}.html"]) for name in ("alpha", "beta")}


def test_every_method_of_the_grid_has_a_page(full):
    full.methods.append("planned")
    files = full.files()
    assert "Not run yet." in files["methods/planned.html"]
    assert {name for name in files if name.startswith("methods/")} == {
        "methods/alpha.html",
        "methods/beta.html",
        "methods/planned.html",
    }


def test_it_loads_nothing_from_elsewhere_and_links_its_neighbours(pages):
    text = pages["alpha"]
    sources = re.findall(r"""src\s*=\s*["']([^"']*)|url\(([^)]*)|@import\s+(\S+)|<link""", text)
    assert sources
    assert all("".join(s).startswith("data:image/png;base64,") for s in sources)
    assert {"../index.html", "#squares", "../methods/beta.html"} <= set(re.findall(r'href="([^"]*)"', text))


def test_a_seeds_number_leads_to_its_result_file(pages):
    link = '<a href="../../results/squares/alpha/2/probe/result.json">0.700</a>'
    assert link in pages["alpha"]


def test_it_holds_every_picture(unchanged, pages):
    text = pages["alpha"]
    drawn = sorted((unchanged.root / "results").rglob("*.png"))
    assert len(drawn) == 6
    assert [p.name for p in drawn if base64.b64encode(p.read_bytes()).decode() not in text] == []


SAID = {
    "rows by name": "<li>source with hue of the donor</li>",
    "columns by name": "<li>floor hue</li><li>shape</li><li>scale</li>",
    "caption": "<figcaption>Swaps beside the truth.</figcaption>",
    "whose picture it is": "One part of the code swapped, seed 1",
    "settings": "code_dim: 4",
    "flag of the oracle": "the oracle does not read its decodes: scale (0.41)",
    "factor left out": "view (0.900)",
    "parameters": "<dd>1,000, 600 of them trained</dd>",
    "minutes": "<dd>6.0: train 1.5, probe 1.5, reconstruct 1.5, counterfactual 1.5</dd>",
}


def test_it_says(pages):
    text = pages["alpha"]
    assert [what for what, words in SAID.items() if words not in text] == []


def test_what_another_adapter_makes_is_said(pages):
    assert "Adapter alpha." in pages["beta"]
    assert "Adapter" not in pages["alpha"]


def test_why_there_are_no_pictures_nor_numbers_of_decodes(pages):
    text = pages["beta"]
    assert "No pictures: not applicable: beta decodes nothing" in text
    assert '<p class="note">not applicable: beta decodes nothing (MSE, random start)</p>' in text


def test_pictures_that_another_machine_has_are_said_to_be_missing(results_tree):
    assert "No pictures on this machine" in page(results_tree)


def test_the_spread_over_seeds_and_the_interval_of_each_seed_stand_apart(pages):
    found = rows(pages["alpha"])
    assert found["efficacy"] == ["0.250 ± 0.000 a", "0.250", "0.250 0.210 to 0.290", "0.250 0.210 to 0.290"]
    assert found["faithfulness"] == ["0.500 ± 0.000 a", "0.500", "0.500", "0.500"]
    assert found["AP"] == ["0.600 ± 0.100", "0.500", "0.600", "0.700"]


def test_a_seed_without_a_value_is_a_dash(full):
    full.path("alpha", "probe", 2).unlink()
    assert rows(page(full))["AP"][1:] == ["0.500", "0.600", "–"]


def test_a_method_that_ignores_its_code_is_flagged(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "reconstruct", seed, mse_random_start=0.01, mse_shuffled_codes=0.01)
    assert '<p class="flag">Ignores its code: decoding with another' in page(results_tree)


def test_all_data_sets_stand_on_one_page(full):
    full.datasets.append("circles")
    full.put("alpha", "probe", 0, dataset="circles", average_precision=0.125)
    text = page(full)
    assert [re.search(f'<section id="{name}">', text).start() > 0 for name in ("squares", "circles")] == [True, True]
    assert rows(text.partition('<section id="circles">')[2])["AP"] == ["0.125 a", "0.125", "–", "–"]


def test_labels_are_escaped(full):
    full.draw("alpha", "counterfactual", 1, ["<script>x", *EXACT[1:]], "exact", caption="<script>y")
    text = full.files()["methods/alpha.html"]
    assert "<script>x" not in text
    assert "<script>y" not in text


def test_every_kind_of_picture_has_its_place_on_the_page():
    assert set(PICTURE_TITLES) == {(stage, kind) for stage, kinds in PICTURE_KINDS.items() for kind in kinds}
