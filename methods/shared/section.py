"""A network from the nested section of a method: its keys are checked as the method's own are."""

import inspect
from typing import Any


def from_section(key: str, cls: Any, *given: Any, section: dict[str, Any]) -> Any:
    """`cls(*given, **section)`; ValueError names `key` and what its section lacks or has too much."""
    try:
        inspect.signature(cls).bind(*given, **section)
    except TypeError as error:
        raise ValueError(f"{key}: {error}") from error
    return cls(*given, **section)
