"""The site is built without a warning: every link leads somewhere, every page is in its list."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_every_metric_stands_on_the_page_of_metrics(site):
    from diffrep.metrics.catalogue import CATALOGUE

    text = (site / "metrics" / "index.html").read_text()
    assert [name for name in CATALOGUE if f"<code>{name}</code>" not in text] == []


def test_the_readmes_of_folders_are_pages(site):
    for page, source in (("adding-a-method", "methods"), ("adding-a-data-set", "datasets")):
        title = (ROOT / source / "README.md").read_text().splitlines()[0].removeprefix("# ")
        assert title in (site / page / "index.html").read_text()


def test_what_lies_elsewhere_is_linked_as_a_page(site):
    text = (site / "index.html").read_text()
    for page in ("adding-a-method", "adding-a-data-set", "metrics"):
        assert f'href="{page}/"' in text


PAGES = [ROOT / "README.md", *(path for room in ("docs", "methods", "datasets") for path in (ROOT / room).glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_link_leads_somewhere_in_a_clone_too(page):
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_no_page_asks_another_host(site):
    loaded = re.compile(r'<(?:script|link|img)[^>]+(?:src|href)="(https?://[^"]+)"')
    assert [(path, found) for path in site.rglob("*.html") if (found := loaded.findall(path.read_text()))] == []
