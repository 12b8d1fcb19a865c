"""Sections of params.yaml against the types that declare them: the first mistake is one line that names its key.

Pydantic validates; here its findings become sentences with the nearest name. Values go through JSON, since a strict
reading of JSON makes tuples of lists and dataclasses of mappings, and takes no "3" for a 3.
"""

import dataclasses
import json
from collections.abc import Callable
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint

FILE = "params.yaml"
STRICT = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)
UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
KINDS = {"int": "int", "float": "float", "string": "str", "bool": "bool", "dict": "dict", "list": "list"}
KINDS |= {"tuple": "list", "finite_number": "float"}

M = TypeVar("M", bound=BaseModel)


class Section(BaseModel):
    """A part of params.yaml: no key beyond its own, no value of another type, nothing changed after it is read."""

    model_config = STRICT


def limit(words: str, fits: Callable[[Any], bool]) -> AfterValidator:
    """What a value must be beyond its type: in words that end "which must be ...", and as a test, which NaN fails."""

    def expect(value: Any) -> Any:
        if not fits(value):
            raise PydanticCustomError("limit", "{words}", {"words": words})
        return value

    return AfterValidator(expect)


def validated(model: type[M], values: Any, path: str = "") -> M:
    """`values` as an object of `model`; UserError for the first key or value that does not fit.

    path  where the values stand in the file, dotted; empty for the whole of it
    """
    try:
        return model.model_validate_json(json.dumps(values, default=str))
    except ValidationError as error:
        found = sorted(error.errors(), key=lambda detail: detail["type"] not in UNKNOWN)  # a misspelt key is told first
        raise UserError(sentence(model, found, path)) from error


def sentence(model: type[BaseModel], errors: list[ErrorDetails], path: str) -> str:
    """The first mistake in words."""
    first = errors[0]
    keys = [key for key in first["loc"] if key is not None]
    kind, value = first["type"], first["input"]
    if kind in UNKNOWN:
        above = dotted(path, keys[:-1]) or FILE
        return f"{above}: unknown key {brief(keys[-1])}: {hint(str(keys[-1]), known(model, keys[:-1]))}"
    if kind == "missing":
        above = dotted(path, keys[:-1])
        return f"{FILE}: {above} lacks the key {keys[-1]!r}" if above else f"{FILE} has no section {keys[-1]}"
    choices = [told for detail in errors for told in choices_of(detail) if at_same_place(detail, first)]
    keys = [key for key in keys if not is_branch(key)]
    place = f"{FILE}: {dotted(path, keys)}"
    if choices:
        return f"{place} is {brief(value)}: {hint(str(value), choices)}"
    if kind in ("model_type", "dataclass_type", "model_attributes_type"):
        names = ", ".join(known(model, keys))
        return f"{place} must hold {f'the keys {names}' if names else 'keys, those of its adapter'}"
    if kind.startswith(("greater_than", "less_than")):
        return f"{place} is {brief(value)}, which must be {first['msg'].removeprefix('Input should be ')}"
    if kind == "limit":
        return f"{place} is {brief(value)}, which must be {first['msg']}"
    if kind == "value_error":
        return f"{place}: {first['ctx']['error']}"
    name = next((word for start, word in KINDS.items() if kind.startswith(start)), None)
    return f"{place} is {brief(value)}, which is not a {name}" if name else f"{place} is {brief(value)}: {first['msg']}"


def dotted(path: str, keys: list[Any]) -> str:
    """`path` and the keys below it: train.batch_size, grid.seed[1]."""
    for key in keys:
        path += f"[{key}]" if isinstance(key, int) else f".{key}" if path else str(key)
    return path


def is_branch(key: Any) -> bool:
    """Whether pydantic put this key into a place to say which type of a union it tried."""
    return isinstance(key, str) and (key in KINDS.values() or key.startswith(("literal[", "function-after[")))


def at_same_place(detail: ErrorDetails, first: ErrorDetails) -> bool:
    """Whether both speak of one value: the types of a union are told one by one."""
    first_keys, keys = ([key for key in each["loc"] if not is_branch(key)] for each in (first, detail))
    return keys == first_keys


def choices_of(detail: ErrorDetails) -> list[str]:
    """The words that a Literal would take, where the value is none of them."""
    if detail["type"] != "literal_error":
        return []
    return [word.strip().strip("'") for word in detail["ctx"]["expected"].replace(" or ", ", ").split(", ")]


def known(model: Any, keys: list[Any]) -> list[str]:
    """The names of the keys that may stand below `keys`."""
    for key in (key for key in keys if not is_branch(key)):
        hints = get_type_hints(model, include_extras=True) if is_section(model) else {}
        model = section_in(hints.get(key, model))
    if isinstance(model, type) and issubclass(model, BaseModel):
        fields = model.model_fields.items()
        return [] if model.model_config.get("extra") == "allow" else [field.alias or name for name, field in fields]
    return [field.name for field in dataclasses.fields(model)] if dataclasses.is_dataclass(model) else []


def section_in(annotation: Any) -> Any:
    """The section that an annotation holds: itself, one of a union, the values of a mapping or of a list."""
    if get_origin(annotation) is Annotated:
        return section_in(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType, dict, tuple, list):
        return next((found for found in map(section_in, get_args(annotation)) if is_section(found)), annotation)
    return annotation


def is_section(annotation: Any) -> bool:
    """Whether a type declares keys."""
    return isinstance(annotation, type) and (issubclass(annotation, BaseModel) or dataclasses.is_dataclass(annotation))
