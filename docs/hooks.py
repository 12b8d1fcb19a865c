"""Pages of the site that stand elsewhere: the READMEs of folders, and the metrics, which the catalogue knows."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from diffrep.metrics.catalogue import CATALOGUE, FAMILIES, Number
from diffrep.reports.rows.columns import TABLE_GROUPS

ROOT = Path(__file__).parents[1]
READMES = {"adding-a-method.md": "methods/README.md", "adding-a-data-set.md": "datasets/README.md"}
CATALOGUED = {"metrics.md": "metrics/facts"}  # a page for each, made of what stands there
BETTER = {"up": "higher", "down": "lower", "": "neither"}
GROUPS = TABLE_GROUPS | {  # in their order
    "views": "Views of the codes",
    "extended": "Of diffrep score and the functions alone",
    "detail": "What explains other numbers",
    "": "In no table",
}


def on_config(config: Any) -> Any:
    """The addresses of the site and of the code, where pyproject.toml names them; a hook of mkdocs."""
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {})
    config["site_url"] = urls.get("Documentation", config["site_url"])
    config["repo_url"] = urls.get("Source", config["repo_url"])
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages; a hook of mkdocs."""
    pages = {name: unlinked((ROOT / source).read_text()) for name, source in READMES.items()}
    pages["metrics.md"] = metrics_page()
    for name, content in pages.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, **rest: Any) -> str:
    """Links that lead out of docs/ in a clone, to the pages that the site has in their place; a hook of mkdocs."""
    for page, source in (READMES | CATALOGUED).items():
        markdown = markdown.replace(f"](../{source}", f"]({page}")
    return markdown


def unlinked(text: str) -> str:
    """The text with files of the repository, which the site does not have, named and not linked."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#)[^)]+\)", r"\1", text)


def metrics_page() -> str:
    """Every number of the catalogue in a table for each group, families of numbers with their fields in braces."""
    opening = (
        "# Metrics\n\nEvery number that a result file or `diffrep score` can hold. `metrics/` has the functions.\n"
    )
    return "\n".join([opening, *tables()])


def tables() -> Iterator[str]:
    """A table for each group, in the order of the catalogue."""
    rows = [*CATALOGUE.values(), *FAMILIES]
    for group in sorted(dict.fromkeys(row.group for row in rows), key=[*GROUPS].index):
        yield table(GROUPS[group], [row for row in rows if row.group == group])


def table(group: str, numbers: list[Number]) -> str:
    """The numbers of one group."""
    lines = [f"| `{r.name}` | {BETTER[r.better]} | {r.range} | {r.chance} | {r.meaning} |" for r in numbers]
    head = "| number | better | range | by chance | what it says |\n| --- | --- | --- | --- | --- |"
    return "\n".join([f"## {group}\n", head, *lines, ""])
