"""The keys of an adapter's section are its keyword-only arguments: an unknown, missing or mistyped one is one line."""

import dataclasses
import inspect
import math
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from pydantic import create_model

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.validation import FILE, STRICT, validated


def arguments(cls: Any, path: str, values: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `cls` from the section at `path`; UserError names the first key that does not fit.

    An argument whose annotation is a dataclass is a nested section: it comes as an object of that class; of a union of
    dataclasses, of the one that declares the section's `kind`; without that key, of the first.
    """
    expect_finite(path, values)
    try:
        signature = inspect.signature(cls, eval_str=True).parameters
    except (NameError, TypeError, ValueError, SyntaxError) as error:  # annotations that name nothing, no class at all
        raise UserError(f"{path}: the arguments of {cls!r} cannot be read: {type(error).__name__}: {error}") from error
    keywords = {p.name: p for p in signature.values() if p.kind is p.KEYWORD_ONLY}
    for key in set(values) & (set(signature) - set(keywords)):
        raise UserError(f"{path}: {cls.__name__} takes {key!r} by position: put * before the settings of its __init__")
    fields: dict[str, Any] = {
        name: (declared(p, f"{path}.{name}", values.get(name)), ... if p.default is p.empty else p.default)
        for name, p in keywords.items()
    }
    section = validated(create_model(cls.__name__, __config__=STRICT, **fields), values, path)
    return {name: getattr(section, name) for name in keywords}


def expect_finite(path: str, values: Any) -> None:
    """Raise UserError for a number of a section that is not finite: no adapter could compute with it."""
    if isinstance(values, float) and not math.isfinite(values):
        raise UserError(f"{FILE}: {path} is {values}, which must be finite")
    if isinstance(values, dict):
        for key, value in values.items():
            expect_finite(f"{path}.{key}", value)
    if isinstance(values, (list, tuple)):
        for i, value in enumerate(values):
            expect_finite(f"{path}[{i}]", value)


def declared(parameter: inspect.Parameter, path: str, value: Any) -> Any:
    """The type that the value of a keyword at `path` must have; of alternative sections the one that it names."""
    annotation = Any if parameter.annotation is parameter.empty else parameter.annotation
    options = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else ()
    sections = {kind: option for option in options for kind in kinds(option)}
    if not sections:
        return annotation
    if not isinstance(value, dict) or "kind" not in value:
        return next(option for option in options if dataclasses.is_dataclass(option))
    if value["kind"] not in list(sections):
        raise UserError(f"{FILE}: {path}.kind is {brief(value['kind'])}: {hint(str(value['kind']), sections)}")
    return sections[value["kind"]]


def kinds(section: Any) -> tuple[str, ...]:
    """The words that a section's key `kind` may hold, where a dataclass declares them."""
    return get_args(get_type_hints(section).get("kind")) if dataclasses.is_dataclass(section) else ()
