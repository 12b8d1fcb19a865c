"""The address of the repository stands in one place; the site and the citation follow it."""

import importlib.util
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
URLS = """
[project.urls]
Source = "https://forge.test/owner/diffrep"
Documentation = "https://owner.test/diffrep/"
"""


@pytest.fixture
def hooks():
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "hooks.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("urls", "site", "code"),
    [("", None, None), (URLS, "https://owner.test/diffrep/", "https://forge.test/owner/diffrep")],
)
def test_the_site_has_those_of_the_package(hooks, tmp_path, monkeypatch, urls, site, code):
    (tmp_path / "pyproject.toml").write_text(f"[project]\n{urls}")
    monkeypatch.setattr(hooks, "ROOT", tmp_path)
    assert hooks.on_config({"site_url": None, "repo_url": None}) == {"site_url": site, "repo_url": code}


def test_the_citation_names_the_same():
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {})
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation.get("repository-code") == urls.get("Source")
    assert citation.get("url") == urls.get("Documentation")
