"""Where the templates of the pages are, and how pictures stand in them."""

import base64
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from diffrep.reports.drawing.style import DPI, size_of
from diffrep.reports.rows.questions import QUESTIONS

TEMPLATES = Path(__file__).parents[1] / "templates"
INCH = 115  # pixels of a page that an inch of a figure takes: letters of 8 points are 13 pixels high


@cache
def environment() -> Environment:
    """What renders the templates; a name that one lacks is an error."""
    loader = FileSystemLoader(TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.globals["questions"] = QUESTIONS  # of the links on top of every page
    return made


@dataclass(frozen=True)
class Plot:
    """A figure as the macro `plot` has it: name, what it shows in words, address, and size in pixels of a page."""

    name: str
    caption: str
    source: str
    width: int
    height: int


def plot(name: str, caption: str, png: bytes) -> Plot:
    """A figure drawn at DPI, so that its letters have the same size in every figure of a page."""
    width, height = (round(pixels * INCH / DPI) for pixels in size_of(png))
    return Plot(name, caption, inline(png), width, height)


def inline(png: bytes) -> str:
    """A PNG as a data address, so that the page needs no file beside it."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
