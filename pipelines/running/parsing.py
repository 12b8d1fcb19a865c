"""DVC's reader of YAML, made to remember: the params of 500 stages are those of one file.

DVC parses params.yaml anew for each stage that it compares, in Python: 90 % of its time for 500 stages, and more the
longer the file is.
"""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dvc.utils.serialize import _yaml

TEXTS = 4  # kept at most


@contextmanager
def parsed_once() -> Iterator[None]:
    """Inside the block DVC parses no text twice; what it gets is shared, and it only reads it to compare."""
    plain = _yaml.parse_yaml
    remembered = functools.lru_cache(TEXTS)(plain)

    def parse(text: str, path: str, typ: str = "safe") -> Any:
        return remembered(text, path) if typ == "safe" else plain(text, path, typ)  # what is parsed to be changed

    _yaml.parse_yaml = parse
    try:
        yield
    finally:
        _yaml.parse_yaml = plain
