"""The keys of an adapter's section are its keyword-only arguments: an unknown, missing or mistyped one is one line."""

import inspect
from typing import Any

from pydantic import create_model

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.validation import STRICT, validated


def arguments(cls: Any, path: str, values: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `cls` from the section at `path`; UserError names the first key that does not fit.

    An argument whose annotation is a dataclass is a nested section: it comes as an object of that class.
    """
    signature = inspect.signature(cls, eval_str=True).parameters
    keywords = {p.name: p for p in signature.values() if p.kind is p.KEYWORD_ONLY}
    for key in set(values) & (set(signature) - set(keywords)):
        raise UserError(f"{path}: {cls.__name__} takes {key!r} by position: put * before the settings of its __init__")
    fields: dict[str, Any] = {
        name: (p.annotation if p.annotation is not p.empty else Any, ... if p.default is p.empty else p.default)
        for name, p in keywords.items()
    }
    section = validated(create_model(cls.__name__, __config__=STRICT, **fields), values, path)
    return {name: getattr(section, name) for name in keywords}
