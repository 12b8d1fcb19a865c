"""What may be a name, and the one lookup of it: in a table of ours, or as your own "package.module:attribute"."""

import difflib
import importlib
import re
from collections.abc import Iterable
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import own_line, raised

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
A_NAME = "of at most 64 letters, digits, _ and -, with no - first (DVC would take a dot for a key below)"


VIEW = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
A_VIEW = "of at most 64 letters, digits, _ . and -, with no - or . first, and neither result nor cost"
PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]{0,63}")
A_PART = "of at most 64 letters, digits, spaces, _ . and -, with a letter, digit or _ first"


def is_view(text: str) -> bool:
    """Whether `text` may name a view of codes: a file beside result.json and cost.json, and the start of an array."""
    return VIEW.fullmatch(text) is not None and text.lower() not in ("result", "cost")


def is_part(text: str) -> bool:
    """Whether `text` may name a part of a code: a cell of a CSV and a word of a picture's label."""
    return PART.fullmatch(text) is not None


def is_name(text: str) -> bool:
    """Whether `text` may name a row or a data set: a folder, a word of a command and a key of params.yaml."""
    return NAME.fullmatch(text) is not None


def hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name to a misspelt one, or all of them, as the end of an error line."""
    known = sorted(known)
    if not known:
        return "there are none"
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def path_of(table: dict[str, str], name: str, kind: str) -> str:
    """The "module:attribute" that `name` stands for; UserError with the nearest name when there is none."""
    if ":" in name:
        return name
    if name not in table:
        raise UserError(f"no {kind} {name!r}: {hint(name, table)}")
    return table[name]


def lookup(table: dict[str, str], name: str, kind: str) -> Any:
    """The object that `name` stands for in `table`, or what your own "package.module:attribute" names."""
    path = path_of(table, name, kind)
    module, _, attribute = path.partition(":")
    if not module or not attribute:
        raise UserError(f"{kind} {path!r} is no package.module:Class")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (Exception, SystemExit) as error:  # whatever the module of somebody else raises
        line = own_line(error, path)
        where = f" ({line})" if line else ""
        raise UserError(f"cannot import {kind} {path!r}: {raised(error)}{where}") from error
