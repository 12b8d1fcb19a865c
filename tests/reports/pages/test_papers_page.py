"""The page of what papers print: all numbers, ours beside those that are of one thing, and where it was looked up."""

import re

import pytest
from latent_encdiff import put_latent_encdiff

from diffrep.reports.pages.papers_page import how, of_data_set, place, sources
from diffrep.reports.reading.published import published

SHAPES = {"adapter": "shapes3d"}


@pytest.fixture(scope="module")
def papers():
    return published()


@pytest.fixture
def tree(results_tree):
    """EncDiff in a latent space on 3D Shapes, but for the rendering: that is to be told by a test."""
    return put_latent_encdiff(results_tree)


@pytest.fixture(scope="module")
def texts(kept_tree):
    """Those of the report on an unchanged tree, made once."""
    return put_latent_encdiff(kept_tree).texts()


@pytest.fixture(scope="module")
def text(texts):
    return page(texts)


def page(texts):
    return re.sub(r"\s+", " ", texts["questions/papers.html"])


def cells(row):
    return [re.sub("<[^>]*>", "", cell).replace("&nbsp;", " ") for cell in re.findall("<t[hd].*?</t[hd]>", row)]


def rows_below(text, label):
    """The rows of the table of that label, as texts."""
    return [cells(row) for row in re.findall("<tr.*?</tr>", text.split(f'aria-label="{label}')[1].split("</table>")[0])]


def test_one_row_has_paper_ours_difference_seeds_and_budget(tree):
    tree.data = {"squares": SHAPES}
    head, *rows = rows_below(page(tree.texts()), "Printed numbers beside ours, squares")
    row = dict(zip(head, next(row for row in rows if row[0] == "EncDiff"), strict=True))
    assert (row["printed"], row["±"], row["seeds, printed"]) == ("0.969", "0.03", "15")
    assert (row["ours"], row["± (ours)"], row["seeds, ours"]) == ("0.960", "0.010", "3")
    assert row["difference"] == "−0.009"
    assert (row["steps"], row["images seen"], row["weights"], row["hardware"]) == ("40", "2,560", "1,000", "cuda")
    assert "all images, learned from too" in row["how the printed one was made"]


def test_where_the_data_differ_the_row_says_so_and_no_difference_is_shown(text):
    assert "Printed numbers beside ours" not in text
    assert "none can be laid beside ours. What differs: data set (" in text
    head, *rows = rows_below(text, "Of other data sets, squares")
    assert "difference" not in head
    lines = [dict(zip(head, row, strict=True)) for row in rows if row[1] == "3D Shapes"]
    assert {line["what differs"] for line in lines} == {"data set: shapes3d there, squares here"}
    assert "ours" not in head


def test_of_the_same_data_ours_stands_there_with_all_that_differs_and_without_a_difference(tree):
    tree.data = {"squares": SHAPES | {"crop": "centre"}}
    tree.share("prepare", notes={"image_shape": [3, 32, 32]})
    text = page(tree.texts())
    head, *rows = rows_below(text, "What differs, squares")
    line = dict(zip(head, next(row for row in rows if row[0] == "EncDiff"), strict=True))
    assert (line["printed"], line["ours"], line["± (ours)"], line["seeds, ours"]) == ("0.969", "0.960", "0.010", "3")
    assert line["what differs"] == "size: 64 there, 32 here; crop: default there, centre here"
    assert "difference" not in head


def test_every_printed_number_stands_there_with_its_source(text, papers):
    shown = []
    for key, card in papers.data_sets.items():
        _, *rows = rows_below(text, f"Printed numbers, {card.title}")
        rows = [row for row in rows if len(row) > 1]
        own = [row for group in of_data_set(papers, key) for row in group.rows]
        assert [row[2] for row in rows] == [row.value for row in own]
        named = [(papers.sources[row.source].title, place(row, papers)) for row in own]
        assert [row[6] for row in rows] == [", ".join(filter(None, words)) for words in named]
        shown += rows
    assert len(shown) == 654


def test_it_says_how_many_seeds_stand_behind_them(text, papers):
    assert "For 30 of them the source says how many trainings they are the mean of; 200 more have a spread" in text
    by_key = {line.source.key: line for line in sources(papers)}
    assert (by_key["encdiff"].numbers, by_key["encdiff"].seeded, by_key["encdiff"].seeds) == (60, 6, "15")
    assert (by_key["pdae"].spreads, by_key["pdae"].seeds) == (0, "")


def test_each_contradiction_has_what_is_shown_what_is_open_and_its_numbers(text, papers):
    for entry in papers.contradictions:
        part = text.split(f'<h3 id="{entry.key}">')[1].split("</details>")[0]
        assert part.count("<tr>") == len(papers.about(entry)) + 1
        assert "What the sources leave open." in part


def test_a_name_is_the_place_of_one_thing_only(text):
    names = re.findall(r'id="([^"]*)"', text)
    assert len(names) == len(set(names))


def test_how_a_number_was_made_says_what_is_unusual(papers):
    row = next(row for row in papers.numbers if row.protocol == "diti_lfw_ffhq128_drawn")
    assert how(row, papers).startswith("learned from ffhq; 128 pixels; numbers drawn at random around it")


def test_numbers_that_were_made_alike_stand_together(papers, text):
    groups = [group for group in of_data_set(papers, "celeba") if group.metric == "average_precision"]
    assert [len(group.rows) for group in groups] == [7, 7, 1, 1]
    for group in groups:
        assert {how(row, papers) for row in group.rows} == {group.how}
    assert groups[1].how.startswith("learned from ffhq; 128 pixels; crop d2c; the code’s own numbers; 19,962 test")
    dividers = re.findall(r'<tr class="divider">.*?</tr>', text.split('id="celeba"')[1].split("</section>")[0])
    assert [cells(row)[0] for row in dividers] == [f"AP{group.how}" for group in groups]


@pytest.mark.parametrize(
    ("source", "words"), [("pdae", "Table 1"), ("pdae_readme", ""), ("diffae_note", ""), ("hybrid", "README")]
)
def test_a_place_in_a_source_is_said_where_it_says_more_than_the_source(papers, source, words):
    assert place(next(row for row in papers.numbers if row.source == source), papers) == words


def test_who_measured_is_told_by_source(text):
    head, *rows = rows_below(text, "Printed numbers, 3D Shapes")
    lines = [dict(zip(head, row, strict=True)) for row in rows if len(row) == len(head)]
    of_pdae = [line for line in lines if (line["method"], line["metric"]) == ("PDAE", "DCI D ↑")]
    assert [(line["measured by"], line["source"]) for line in of_pdae] == [
        ("the source", "EncDiff, further tables, Table 10")
    ]


def test_every_page_leads_there(texts):
    assert 'href="questions/papers.html"' in texts["index.html"]
    assert 'href="../questions/papers.html" aria-current="page"' in texts["questions/papers.html"]
