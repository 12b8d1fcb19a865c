"""The keys of a data set's section: what each means, in the words of its class, what it may hold, and a section."""

import inspect
import re
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from diffrep.pipelines.core.arguments import kinds

NAMES = re.compile(r"([a-z]\w*(?:, [a-z]\w*)*)(?:  +(.*))?")  # a key or several, and the first line of what they mean
WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}
SHARED = {  # what keys mean in all data sets that say nothing else of them
    "size": "pixels of the side",
    "resampling": "how pictures come to that size",
    "joint": "which combinations training and validation images have; test images are drawn from all alike. {kind: "
    "independent}: all alike. {kind: correlated, pairs: [{factors: [A, B], strength: 0.8}], held_out: [{A: 0, B: 3}]}: "
    "values of A and B go together, the more the nearer strength is to 1, and combinations are left out, by numbers or "
    "words of the factors; either list may be []",
    "train": "images to learn from",
    "valid": "images to choose by",
    "test": "images that the tables speak of",
    "seed": "which images are drawn",
}
USUAL = {"size": 64, "resampling": "lanczos"}
COUNTS = {"train": 20_000, "valid": 2_000, "test": 5_000}
OF_OFFICIAL = {"train": 0, "valid": 2_000, "test": 0}  # 0: all of the authors' split


@dataclass(frozen=True)
class Key:
    """A key, what it holds and what it means; a section may do without it where it has a default."""

    name: str
    holds: str
    meaning: str
    optional: bool


def keys_of(cls: type) -> list[Key]:
    """The keys of a section, in the order of the class's arguments."""
    told = SHARED | meanings(cls)
    return [
        Key(name, holds(p.annotation), told.get(name, ""), p.default is not p.empty)
        for name, p in parameters(cls).items()
    ]


def parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The keyword-only arguments of a class, with their annotations as types."""
    signature = inspect.signature(cls, eval_str=True).parameters
    return {name: p for name, p in signature.items() if p.kind is p.KEYWORD_ONLY}


def holds(annotation: Any) -> str:
    """What the value of a key may be, in words."""
    if get_origin(annotation) is Annotated:
        return holds(get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return " or ".join(map(str, get_args(annotation)))
    if get_origin(annotation) in (Union, UnionType):
        found = [kind for option in get_args(annotation) for kind in kinds(option)]
        return f"keys, with kind: {' or '.join(found)}" if found else "any"
    if get_origin(annotation) is tuple:
        return "list"
    return WORDS.get(annotation, "any")


def meanings(cls: type) -> dict[str, str]:
    """What a class's docstring says of each key: lines that begin with it, and those that are indented below."""
    found: dict[str, str] = {}
    names: tuple[str, ...] = ()
    for line in lines_of(cls):
        if begins := begin(line, cls):
            names = begins
            found |= dict.fromkeys(names, (NAMES.fullmatch(line) or [""] * 3)[2] or "")
        elif names and line.startswith("  "):
            found |= {name: f"{found[name]} {line.strip()}".strip() for name in names}
        else:
            names = ()
    return found


def prose(cls: type) -> list[str]:
    """The paragraphs of a class's docstring, without what it says of keys."""
    kept, within = [], False
    for line in lines_of(cls):
        within = bool(begin(line, cls)) or (within and line.startswith("  "))
        kept += [] if within else [line]
    return [" ".join(part.split()) for part in "\n".join(kept).split("\n\n") if part.strip()]


def lines_of(cls: type) -> list[str]:
    """The lines of a class's own docstring."""
    return inspect.cleandoc(cls.__doc__ or "").splitlines()


def begin(line: str, cls: type) -> tuple[str, ...]:
    """The keys that a line of a docstring begins to speak of; none of another line."""
    match = NAMES.fullmatch(line)
    names = tuple(match[1].split(", ")) if match else ()
    return names if names and set(names) <= set(parameters(cls)) else ()


def example(cls: type) -> dict[str, Any]:
    """A section to begin with: paths to be filled in, the first of choices, and what has a default left out."""
    asked = {name: p.annotation for name, p in parameters(cls).items() if p.default is p.empty}
    usual = USUAL | (OF_OFFICIAL if "splits" in asked else COUNTS)
    usual |= getattr(cls, "to_begin_with", {})
    return {name: usual.get(name, value_of(name, annotation)) for name, annotation in asked.items()}


def factors_of(cls: type) -> dict[str, str]:
    """The values of each factor, as `joint` may name them, where the class knows them."""
    names, sizes = getattr(cls, "factor_names", ()), getattr(cls, "factor_sizes", ())
    if not (isinstance(names, tuple) and isinstance(sizes, tuple) and len(names) == len(sizes)):
        return {}  # known of the files alone
    words = getattr(cls, "factor_words", {})
    spans = (f"0 to {size - 1}" for size in sizes)
    return {name: ", ".join(words.get(name, ())) or span for name, span in zip(names, spans, strict=True)}


def value_of(name: str, annotation: Any) -> Any:
    """A value that a key of this type may have."""
    if get_origin(annotation) is Annotated:
        return value_of(name, get_args(annotation)[0])
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        return {"kind": kinds(get_args(annotation)[0])[0]}
    values: dict[Any, Any] = {str: f"/path/to/{name}", int: 0, bool: False}
    return values.get(annotation)
