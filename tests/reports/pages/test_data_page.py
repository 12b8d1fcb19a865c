"""The page of a data set: its images, where it comes from, and how much there is of everything."""

import html
import json
import re

import pytest
from results_tree import unrendered

from diffrep.pipelines.core.paths import Shared

NOTES = {
    "source": "files of the person",
    "source_checksum": "md5 abc",
    "licence": "CC BY 4.0",
    "image_shape": [3, 32, 48],
    "about": {
        "title": "Squares & Co",
        "citation": "Nobody 2020",
        "licence": "CC BY 4.0",
        "size": "1 GB",
        "place": "x: y",
    },
    "attributes": {
        "large": {"group": "size", "source": "factor rule", "train": 0.25, "valid": 0.5, "test": 1 / 3},
        "red": {"group": "colour", "source": "label", "train": 0.1, "valid": 0.0, "test": 0.1},
    },
    "factors": {"side": 7},
    "targets": {"age": {"mean": 40.25, "sd": 12.5}},
}


def fill(tree):
    """With a data set that was prepared."""
    tree.share("prepare", n_train=12000, n_valid=34, n_test=56, notes=NOTES)
    tree.contact(["test images 1", "side"], caption="A row of a factor is an edit.")
    tree.seal()
    return tree


@pytest.fixture
def tree(results_tree):
    """One to change."""
    return fill(results_tree)


@pytest.fixture(scope="module")
def texts(kept_tree):
    """Those of the report on an unchanged tree, made once."""
    return fill(kept_tree).texts()


def page(texts) -> str:
    """What it says of the data themselves."""
    return texts["datasets/squares.html"].partition("<h2>Answers</h2>")[0]


def facts(text: str) -> dict[str, str]:
    return {html.unescape(k): html.unescape(v) for k, v in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text)}


def rows(text: str) -> list[list[str]]:
    """The cells of all rows of tables."""
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line) for line in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)]


def test_it_says_where_the_data_come_from_and_how_many_there_are(texts):
    text = page(texts)
    assert "<h1>Squares &amp; Co</h1>" in text
    assert facts(text) == {
        "Cite": "Nobody 2020",
        "Licence, as its authors say it": "CC BY 4.0",
        "As published": "1 GB",
        "What to put where": "x: y",
        "What was read": "files of the person",
        "Checksum of what was read": "md5 abc",
        "Images, training": "12,000",
        "Images, validation": "34",
        "Images, test": "56",
        "Channels × height × width": "3 × 32 × 48",
        "Data checksum (sha256)": "ab12",
    }


JOINT = {
    "pairs": [{"factors": ["side", "hue"], "asked": 0.9, "train": 0.8841, "valid": 0.9, "test": -0.0149}],
    "held_out": [{"side": 3, "hue": 0}, {"side": 6}],
    "images_held_out": {"train": 0, "valid": 0, "test": 1234},
}
STRENGTH = "side and hue: asked 0.9, training 0.88, test −0.01"
HELD = "2, shown by 1,234 test images: side 3 with hue 0; side 6"


def test_a_joint_distribution_is_told_wherever_people_read(tree):
    tree.share("prepare", notes=NOTES | {"joint": JOINT})
    tree.seal()
    texts = tree.texts()
    for name in ("datasets/squares", "methods/alpha", "index", "questions/told"):
        told = facts(texts[f"{name}.html"])
        assert told["Strength of factors that go together"] == STRENGTH
        assert told["Held out of training"] == HELD
    table = texts["tables/squares.md"]
    assert f"\n\nStrength of factors that go together: {STRENGTH}.\n\nHeld out of training: {HELD}.\n\n" in table


def test_an_even_one_is_not_spoken_of(texts):
    shown = {name: text for name, text in texts.items() if name.endswith((".md", ".html"))}
    assert len(shown) > 10
    assert not [name for name, text in shown.items() if "go together" in text or "Held out of training" in text]


def test_attributes_factors_and_targets_have_their_tables(texts):
    assert rows(page(texts)) == [
        ["factor", "values"],
        ["side", "7"],
        ["attribute", "group", "taken from", "training", "validation", "test"],
        ["large", "size", "factor rule", "0.250", "0.500", "0.333"],
        ["red", "colour", "label", "0.100", "0.000", "0.100"],
        ["target", "mean", "standard deviation"],
        ["age", "40.25", "12.5"],
    ]


def test_attributes_that_a_split_cannot_tell_apart_are_named(tree):
    tree.share("prepare", notes=NOTES | {"alike": {"valid": ["red", "large"]}})
    tree.seal()
    found = facts(page(tree.texts()))
    assert found["Attributes alike in all validation images"] == "red, large"
    assert "Attributes alike in all test images" not in found


def test_the_contact_sheet_is_in_the_page_with_its_rows(texts):
    text = page(texts)
    assert re.search(r'<img src="data:image/png;base64,[^"]+"', text)
    assert [row for row in re.findall(r"<li>(.*?)</li>", text)] == ["test images 1", "side"]
    assert "<figcaption>A row of a factor is an edit.</figcaption>" in text
    assert "seed" not in text.partition("<h4>")[2].partition("</h4>")[0]


def test_another_licence_on_the_card_is_told_too(tree):
    tree.share("prepare", notes=NOTES | {"licence": "none but ours"})
    tree.seal()
    assert facts(page(tree.texts()))["Licence on the card"] == "none but ours"


def test_half_a_sheet_is_an_error_that_names_it(tree):
    path = tree.root / Shared("squares").pictures("prepare") / "contact.png"
    path.write_bytes(path.read_bytes()[:-20])
    tree.seal()
    with pytest.raises(ValueError, match=r"contact\.png is no PNG or was cut short: delete it and run prepare again"):
        tree.build()


def test_a_data_set_of_which_nothing_is_known_says_so(tree):
    tree.share("prepare", notes=NOTES | {"attributes": {}, "factors": {}, "targets": {}, "about": {}})
    tree.seal()
    text = page(tree.texts())
    assert "<h1>squares</h1>" in text
    assert "<table" not in text
    assert "Nothing is known of its images." in text


def test_without_results_of_prepare_the_card_tells_what_it_can(results_tree):
    text = page(results_tree.texts())
    assert "run <code>diffrep prepare --dataset squares</code>" in text
    assert facts(text) == {}
    card = results_tree.root / "data" / "squares" / "card.json"
    card.parent.mkdir(parents=True)
    card.write_text(json.dumps({"source": "drawn on demand", "licence": "MIT", "image_shape": [3, 32, 32]}))
    assert facts(page(results_tree.texts()))["Source"] == "drawn on demand"


def test_pages_lead_to_one_another(tree):
    tree.datasets.append("circles")
    texts = tree.texts()
    assert 'href="datasets/squares.html"' in texts["index.html"]
    text = texts["datasets/squares.html"]
    assert all(f'href="../{name}"' in text for name in ("datasets/circles.html", "index.html", "questions/told.html"))


def test_it_answers_for_its_data_set_and_says_what_was_run(texts):
    text = texts["datasets/squares.html"].partition("<h2>Answers</h2>")[2]
    assert '<a href="../methods/alpha.html#squares.average_precision">0.600 ± 0.100</a>' in text
    assert facts(text)["Preset"] == "quick"
    assert "<pre>train:\n  steps: 40\nevaluate:\n" in text


def test_the_page_of_a_data_set_that_left_the_grid_goes(tree):
    (tree.root / "reports" / "datasets").mkdir(parents=True)
    (tree.root / "reports" / "datasets" / "old.html").write_text("old")
    with unrendered():
        folder = tree.build()
    assert [path.name for path in (folder / "datasets").iterdir()] == ["squares.html"]
