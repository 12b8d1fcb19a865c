"""Where the templates of the pages are, and how pictures stand in them."""

import base64
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from diffrep.reports.rows.questions import QUESTIONS

TEMPLATES = Path(__file__).parents[1] / "templates"


def environment() -> Environment:
    """What renders the templates; a name that one lacks is an error."""
    loader = FileSystemLoader(TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["questions"] = QUESTIONS  # of the links on top of every page
    return made


def inline(png: bytes) -> str:
    """A PNG as a data address, so that the page needs no file beside it."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
