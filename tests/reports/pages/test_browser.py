"""The pages as a reader has them in a browser: tables that sort and copy, two schemes, three widths, paper."""

import io
import json
import re

import numpy as np
import pytest
from browser import browser, needs_chromium
from full_report import filled
from matplotlib.image import imread
from visits import visited

pytestmark = needs_chromium
METHODS = ["alpha", "diti_without_its_blocks_and_with_a_long_name", *(f"method {i}" for i in range(9)), "pca", "random"]
PAGES = (
    "index.html",
    *(f"questions/{name}.html" for name in ("told", "edits", "reconstructs", "costs", "sure", "numbers", "papers")),
    *("methods/alpha.html", "datasets/squares.html"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    tree = filled(tmp_path_factory.mktemp("report"), METHODS, 3)
    tree.reference = "method 4"  # some are better and some worse
    return tree.build()


@pytest.fixture(scope="module")
def address():
    with browser() as page:
        yield page.address


@pytest.fixture
def said(address, folder):
    """What a script says on a page of the report."""

    def say(page, script, **how):
        return visited(address, folder / page, script, **how).said

    return say


def clicked(times, column):
    """A script: click a head so often, then say how it is marked, and the names in each part of the table."""
    click = f"heads.find(head => head.textContent.startsWith('{column}'))"
    names = "[...table.tBodies].map(body => [...body.rows].filter(row => !row.matches('.divider'))"
    return f"""(() => {{
      const table = document.querySelector('table.sortable'), heads = [...table.tHead.rows[0].cells];
      const head = {click};
      for (let i = 0; i < {times}; i++) head.click();
      const marked = heads.filter(each => each.hasAttribute('aria-sort')).map(each => each.textContent);
      return [head.ariaSort, marked.length,
              {names}.map(row => row.cells[0].textContent.replace('*', '')))];
    }})()"""


@pytest.mark.parametrize("page", [*PAGES, "questions/findings.html"])
@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_complains_nothing_leaves_the_page_and_nothing_is_wider_than_it(address, folder, page, width):
    visit = visited(address, folder / page, "document.documentElement.scrollWidth", width=width)
    assert visit.complaints == []
    assert visit.requests == []
    assert visit.said <= width


@pytest.mark.parametrize("width", [1024, 1200, 1399, 1400])
def test_no_column_of_the_answers_is_cut_off(address, folder, width):
    cut = "(box => box.scrollWidth - box.clientWidth)(document.querySelector('.answers .box'))"
    assert visited(address, folder / "index.html", cut, width=width).said <= 0


def test_the_answers_are_one_screen(said):
    assert said("index.html", "document.querySelector('main').getBoundingClientRect().bottom") <= 900


@pytest.mark.parametrize(
    ("column", "best"), [pytest.param("AP", "alpha", id="more is better"), pytest.param("MSE", "alpha", id="less is")]
)
def test_the_first_click_sorts_the_best_first_and_shows_it(said, column, best):
    order, marked, (methods, controls) = said("index.html", clicked(1, column))
    assert (order, marked) == ("descending" if column == "AP" else "ascending", 1)
    assert methods[0] == best
    assert controls == ["random"]


def test_the_second_click_turns_the_order_and_controls_stay_apart(said):
    order, _, (methods, controls) = said("index.html", clicked(2, "AP"))
    assert order == "ascending"
    assert (methods[0], methods[-1]) == ("pca", "alpha")
    assert controls == ["random"]


def test_words_sort_by_the_alphabet(said):
    tests = "[...document.querySelectorAll('table.sortable')[1].tBodies[0].rows].map(row => row.cells[2].textContent)"
    click = "document.querySelectorAll('table.sortable')[1].tHead.rows[0].cells[2].click();"
    before, after = said("questions/sure.html", f"(() => {{ const old = {tests}; {click} return [old, {tests}]; }})()")
    assert after == sorted(before, key=str.lower)
    assert after != before


def copied(kind, number=0):
    """A script: what a button of a table copies."""
    return f"""(async () => {{
      const texts = [];
      Object.defineProperty(navigator, 'clipboard', {{value: {{writeText: async text => texts.push(text)}}}});
      const lines = document.querySelectorAll('.copying');
      [...lines[{number}].querySelectorAll('button')].find(button => button.textContent === '{kind}').click();
      await new Promise(done => setTimeout(done, 20));
      return texts[0];
    }})()"""


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        pytest.param("CSV", ['"MSE, random start ↓"', "alpha*,0.904,0.904,0.904,0.09", ",,,2.5"], id="CSV"),
        pytest.param("Markdown", ["| method | AP ↑ |", "| --- | ---: |", "| – | – | – | 2.5 |"], id="Markdown"),
        pytest.param("LaTeX", [r"\toprule", r"alpha* & \textbf{0.904 $\pm$ 0.004} &", r"-- & 2.5 \\"], id="LaTeX"),
    ],
)
def test_a_table_copies_in_three_forms(said, kind, lines):
    text = said("index.html", copied(kind))
    assert [line for line in lines if line not in text] == []
    assert "controls" not in text


@pytest.mark.parametrize(
    ("kind", "better", "worse"),
    [
        ("Markdown", r"\| \*\*0\.\d+ ± 0\.\d+\*\* \|", r"\| 0\.\d+ ± 0\.\d+† \|"),
        ("LaTeX", r"& \\textbf\{0\.\d+ .* &", r"\d\$\^\\dagger\$ &"),
    ],
)
def test_copies_keep_what_is_bold_and_what_is_worse(said, kind, better, worse):
    text = said("index.html", copied(kind))
    assert re.search(better, text)
    assert re.search(worse, text)
    assert "†" not in said("index.html", copied("CSV"))


def test_what_tex_would_read_is_escaped(said):
    assert r"diti\_without\_its\_blocks" in said("index.html", copied("LaTeX"))


@pytest.mark.parametrize("page", PAGES)
def test_every_table_copies(said, page):
    counts = "[document.querySelectorAll('table').length, document.querySelectorAll('.copying').length]"
    tables, lines = said(page, counts)
    assert tables == lines > 0


SEEN = """(() => {
  const table = document.querySelector('table.sortable');
  return [[...table.tHead.rows[0].cells].filter(c => !c.hidden).map(c => c.textContent.split('\\u00a0')[0]),
          [...table.querySelectorAll('tbody tr:not(.divider)')].filter(r => !r.hidden)
            .map(r => r.cells[0].textContent)];
})()"""


def test_the_page_of_every_number_keeps_the_rows_that_are_asked_for(said):
    typed = (
        "const field = document.querySelector('.filter'); field.value = 'PCA'; field.dispatchEvent(new Event('input'));"
    )
    _, rows = said("questions/numbers.html", f"(() => {{ {typed} return {SEEN}; }})()")
    assert rows == ["pca"]


def test_the_page_of_every_number_shows_the_columns_that_are_chosen(said):
    columns, rows = said("questions/numbers.html", SEEN)
    assert "AUROC" not in columns
    assert len(rows) == len(METHODS) + 1
    chosen = "document.querySelector('.chooser input[value=auroc]').click();"
    columns, _ = said("questions/numbers.html", f"(() => {{ {chosen} return {SEEN}; }})()")
    assert "AUROC" in columns
    whole = "document.querySelector('.chooser input.all').click();"
    more, _ = said("questions/numbers.html", f"(() => {{ {whole} return {SEEN}; }})()")
    assert len(more) > len(columns) - 1
    copied_then = f"(async () => {{ {chosen} return await {copied('CSV')}; }})()"
    assert "AUROC" in said("questions/numbers.html", copied_then).splitlines()[0]


def found(words):
    """A script: search the printed numbers, then say which rows and sections are left, and how many that is."""
    return f"""(() => {{
      const field = document.querySelector('.find'), texts = part => [...document.querySelectorAll(part)];
      field.value = '{words}'; field.dispatchEvent(new Event('input'));
      const rows = texts('section.printed tbody tr:not(.divider)').filter(row => row.checkVisibility());
      return [rows.map(row => row.cells[0].textContent + ' ' + row.cells[2].textContent),
              texts('h2').filter(head => head.checkVisibility()).map(head => head.textContent),
              field.closest('p').querySelector('.note').textContent];
    }})()"""


def test_printed_numbers_are_found_by_words(said):
    rows, heads, count = said("questions/papers.html", found("pdae celeba ap"))
    assert rows == ["PDAE 0.602", "PDAE 0.597"]
    assert heads == ["CelebA, attributes", "Sources, and how many seeds stand behind them"]
    assert count == "2 numbers"


def test_without_words_the_page_is_as_it_was(said):
    _, before, _ = said("questions/papers.html", found(""))
    rows, heads, count = said("questions/papers.html", f"({found('pdae')}, {found('')})")
    assert heads == before
    assert len(rows) > 600
    assert count == ""
    assert said("questions/papers.html", found("nosuchword"))[0] == []


def test_a_link_opens_the_part_that_it_leads_to(said):
    jump = """(async () => {
      const part = document.querySelector('#lfw details'), before = part.open;
      location.hash = '#lfw';
      await new Promise(done => setTimeout(done, 100));
      return [before, part.open];
    })()"""
    assert said("questions/papers.html", jump) == [False, True]


@pytest.mark.parametrize("page", PAGES)
def test_dark_pages_are_light_on_dark(address, folder, page):
    colours = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    visit = visited(address, folder / page, colours, scheme="dark", shot="captureScreenshot")
    ink, paper = (np.mean(json.loads(text.replace("rgb(", "[").replace(")", "]"))) for text in visit.said)
    assert ink > 200
    assert paper < 50
    pixels = imread(io.BytesIO(visit.shot))[..., :3]
    assert np.median(pixels) < 0.2


@pytest.mark.parametrize("page", PAGES)
def test_pages_print(address, folder, page):
    assert visited(address, folder / page, shot="printToPDF").shot.startswith(b"%PDF-")


def test_a_method_prints_on_few_sheets(address, folder):
    """Its pictures and numbers of one data set; the meanings of the numbers stand on the pages of the questions."""
    printed = visited(address, folder / "methods" / "alpha.html", shot="printToPDF").shot
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 4


def test_the_first_table_is_open_and_the_others_fold(said):
    shown = "[...document.querySelectorAll('details.part')].map(part => part.open)"
    assert said("questions/told.html", shown) == [True, False, False]
