"""What may be a name, and the one lookup of it: in a table of ours, or as your own "package.module:attribute"."""

import difflib
import importlib
import re
import reprlib
from collections.abc import Iterable
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import own_line, raised

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")
A_NAME = "of at most 64 letters, digits, _ and -, with no - first (DVC would take a dot for a key below)"
NEAR = 0.75  # the share of two names that is alike where they begin otherwise: few people misspell the first letter
SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = 100  # a path still fits
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


def brief(value: Any) -> str:
    """A value as it would be typed, of which a long one keeps its ends."""
    return SHORT.repr(value)


def hint(name: str, known: Iterable[str]) -> str:
    """The nearest known name to a misspelt one, or all of them, as the end of an error line."""
    known = sorted(known)
    if not known:
        return "there are none"
    near = nearest(name, known)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known name that `name` may stand for, as a list of one; of none, where only letters are alike."""
    known = list(known)
    alike = [other for other in known if other[:1] == name[:1]]
    return difflib.get_close_matches(name, alike, 1) or difflib.get_close_matches(name, known, 1, NEAR)


def path_of(table: dict[str, str], name: str, kind: str) -> str:
    """The "module:attribute" that `name` stands for; UserError with the nearest name when there is none."""
    if ":" in name:
        return name
    if name not in table:
        raise UserError(f"no {kind} {brief(name)}: {hint(name, table)}")
    return table[name]


def lookup(table: dict[str, str], name: str, kind: str) -> Any:
    """The object that `name` stands for in `table`, or what your own "package.module:attribute" names."""
    path = path_of(table, name, kind)
    module, _, attribute = path.partition(":")
    if not module or not attribute:
        raise UserError(f"{kind} {brief(path)} is no package.module:Class")
    try:
        return getattr(importlib.import_module(module), attribute)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever the module of somebody else raises
        line = own_line(error, path)
        where = f" ({line})" if line else ""
        raise UserError(f"cannot import {kind} {brief(path)}: {raised(error)}{where}") from error
