"""Settings in YAML 1.2, read with DVC's own reader: 1e-05 is a number, yes is a word, and no key stands twice."""

import re
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, YAMLError
from ruamel.yaml.error import MarkedYAMLError

from diffrep.pipelines.core.errors import UserError


def read_sections(file: Path) -> dict[str, Any]:
    """The sections of a YAML file, told by its name alone; UserError where it holds none."""
    values = read_settings(file, file.name)
    if not isinstance(values, dict):
        raise UserError(f"{file.name} holds no sections")
    return values


def read_settings(file: Path, name: str = "") -> Any:
    """What a YAML file holds; UserError, with its name or path and the line, where it cannot be read or is no YAML."""
    name = name or str(file)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{name} is not YAML: its byte {error.start} is not UTF-8") from error
    except OSError as error:
        raise UserError(f"{name} cannot be read: {error.strerror}") from error
    return parsed_settings(text, name)


def parsed_settings(text: str, name: str) -> Any:
    """What the YAML `text` of the file `name` holds; UserError, with file and line, where it is no YAML."""
    try:
        values = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError) as error:  # an impossible date is a ValueError
        raise UserError(f"{name} is not YAML: {problem(error)}") from error
    expect_text_keys(values, name)
    return values


def problem(error: Exception) -> str:
    """What a YAML reader met, with its line where it is known."""
    if not isinstance(error, MarkedYAMLError):
        return "nested too deep" if isinstance(error, RecursionError) else str(error)
    key = re.fullmatch('found duplicate (?:merge )?key "(.*?)".*', str(error.problem), re.DOTALL)
    words = f"the key {key[1]!r} stands there twice: keep one" if key else str(error.problem)
    return f"line {error.problem_mark.line + 1}: {words}" if error.problem_mark else words


def expect_text_keys(values: Any, name: str, within: tuple[int, ...] = ()) -> None:
    """Raise UserError for a key that is no text, and for a section that holds itself."""
    if id(values) in within:
        raise UserError(f"{name} has a section that holds itself: an alias stands within its own anchor")
    if isinstance(values, dict):
        for key in values:
            if not isinstance(key, str):
                raise UserError(f"{name}: the key {key!r} is no text: put it in quotes")
    for value in values.values() if isinstance(values, dict) else values if isinstance(values, list) else ():
        expect_text_keys(value, name, (*within, id(values)))
