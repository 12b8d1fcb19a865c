"""params.yaml, read and checked: an unknown, missing or mistyped key, or its impossible value, is one line."""

import hashlib
import inspect
import json
from collections.abc import Sequence
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import yaml

from diffrep.datasets import DATASETS
from diffrep.methods import METHODS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint, lookup, path_of
from diffrep.pipelines.core.sections import NESTED, SECTIONS, Budget, Grid, Limit, Report
from diffrep.pipelines.trained.pretrained import NEEDS

RESERVED = (
    "base",
    "autoencoder",
    "oracle",
    "codes",
    "adapters",
    "anchors",
    "partial",
    "logs",
)  # folders in their place

T = TypeVar("T")


def load(root: Path = Path()) -> dict[str, Any]:
    """`root`/params.yaml as a checked dictionary; UserError when the file or any of its names is wrong."""
    file = root / "params.yaml"
    if not file.exists():
        raise UserError(f"no params.yaml in {root.resolve()}: run diffrep from the top of the repository")
    try:
        params = yaml.safe_load(file.read_text())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UserError(f"params.yaml is not YAML: {error}") from error
    if not isinstance(params, dict):
        raise UserError("params.yaml holds no sections")
    check(params)
    return params


def check(params: dict[str, Any]) -> None:
    """Raise UserError for the first section, data set, method or key that nothing here knows."""
    expect_keys("params.yaml", params, {*SECTIONS, "datasets", "methods", "budgets"})
    for name, cls in {**SECTIONS, **NESTED}.items():
        section(params, name, cls)
    for kind in ("datasets", "methods"):
        expect_type(kind, params.get(kind), dict[str, dict])
    grid = section(params, "grid", Grid)
    for axis, names in vars(grid).items():
        expect_some_once(f"grid.{axis}", names)
    for name in grid.dataset:
        path_of(DATASETS, adapter_of(params, "datasets", name), "data set")
        section(params, f"budgets.{name}", Budget)
    for name in grid.method:
        if name in RESERVED:
            raise UserError(f"grid.method: {name!r} is a folder of the suite's own: choose another name")
        path_of(METHODS, adapter_of(params, "methods", name), "method")
    reference = section(params, "report", Report).reference
    if reference not in params["methods"]:
        raise UserError(f"report.reference: no method {reference!r}: {hint(reference, params['methods'])}")


def adapter_of(params: dict[str, Any], kind: str, name: str) -> str:
    """What the grid's `name` is built by: its section's `adapter` key, by default its own name."""
    sections = params[kind]
    if name not in sections:
        table = METHODS if kind == "methods" else DATASETS
        path_of(table, name, kind[:-1].replace("dataset", "data set"))  # a misspelt name is told first
        raise UserError(f"grid names {name!r}, but params.yaml has no section {kind}.{name}")
    return sections[name].get("adapter", name)


def method_class(params: dict[str, Any], name: str) -> Any:
    """The adapter's class of the grid's method `name`; brings in all that it imports."""
    return adapter_class(adapter_of(params, "methods", name))


def adapter_class(adapter: str) -> Any:
    """The class that `adapter` names; UserError where it is not what methods/shared/method.py asks of a class."""
    cls = lookup(METHODS, adapter, "method")
    from torch import nn  # loaded by now

    def expect(kept: bool, otherwise: str) -> None:
        if not kept:
            raise UserError(f"method {adapter!r} {otherwise}: methods/shared/method.py says what it must hold")

    expect(isinstance(cls, type) and issubclass(cls, nn.Module), "is no class of torch.nn.Module")
    for name in ("needs", "cannot", "encode"):
        expect(hasattr(cls, name), f"has no {name!r}")
    expect(isinstance(cls.needs, (tuple, list)), f"has needs = {cls.needs!r}, which is no tuple")
    for need in cls.needs:
        expect(need in NEEDS, f"needs {need!r}, but there are {' and '.join(map(repr, NEEDS))}")
    expect(isinstance(cls.cannot, dict), f"has cannot = {cls.cannot!r}, which is no dict")
    return cls


def section(params: dict[str, Any], path: str, cls: type[T]) -> T:
    """The section at `path` ("train", "evaluate.probe", "budgets.fashion_mnist") as an object of `cls`."""
    values: Any = params
    for key in path.split("."):
        if not isinstance(values, dict) or key not in values:
            raise UserError(f"params.yaml has no section {path}")
        values = values[key]
    fields = get_type_hints(cls, include_extras=True)
    if not isinstance(values, dict):
        raise UserError(f"params.yaml: {path} must hold the keys {', '.join(fields)}")
    expect_keys(path, values, set(fields))
    for key in fields:
        if key not in values:
            raise UserError(f"params.yaml: {path} lacks the key {key!r}")
        expect_type(f"{path}.{key}", values[key], fields[key])
    return cls(**values)


def expect_keys(path: str, values: dict[str, Any], known: set[str]) -> None:
    """Raise UserError for the first key of `values` that is not `known`."""
    for key in values:
        if key not in known:
            raise UserError(f"{path}: unknown key {key!r}: {hint(str(key), known)}")


def expect_some_once(path: str, names: list[Any]) -> None:
    """Raise UserError where a list of the grid is empty or holds something twice."""
    if not names:
        raise UserError(f"params.yaml: {path} is empty: name at least one")
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"params.yaml: {path} names {name!r} twice")


def expect_type(path: str, value: Any, wanted: Any) -> None:
    """Raise UserError where `value` is not what the declared type `wanted` says, with its choices and limits."""
    origin = get_origin(wanted)
    if origin is Annotated:
        expect_limits(path, value, *get_args(wanted))
    elif origin is Literal:
        expect_choice(path, value, get_args(wanted))
    else:
        expect_kind(path, value, wanted)


def expect_limits(path: str, value: Any, wanted: Any, *limits: Any) -> None:
    """Raise UserError where `value` is not of type `wanted`, or not what goes with it: a Limit, a class's arguments."""
    expect_type(path, value, wanted)
    for limit in limits:
        if isinstance(limit, Limit) and not limit.fits(value):
            raise UserError(f"params.yaml: {path} is {value!r}, which must be {limit.words}")
        if isinstance(limit, type):
            arguments(limit, path, value)


def expect_choice(path: str, value: Any, choices: tuple[Any, ...]) -> None:
    """Raise UserError, with the nearest choice, where `value` is none of them."""
    if value not in choices:
        raise UserError(f"params.yaml: {path} is {value!r}: {hint(str(value), map(str, choices))}")


def expect_kind(path: str, value: Any, wanted: Any) -> None:
    """Raise UserError where `value` is not of the plain type `wanted`; an int is a fine float.

    Types that YAML has no word for are not checked.
    """
    options = get_args(wanted) if get_origin(wanted) in (Union, UnionType) else (wanted,)
    if value is None and NoneType in options:
        return
    origin = get_origin(options[0]) or options[0]
    origin = list if origin is Sequence else origin
    if origin not in (int, float, str, bool, list, dict):
        return
    fits = isinstance(value, origin) or (origin is float and isinstance(value, int))
    if not fits or (isinstance(value, bool) and origin is not bool):
        raise UserError(f"params.yaml: {path} is {value!r}, which is not a {origin.__name__}")
    inner = get_args(options[0])
    for key, item in enumerate(value) if origin is list and inner else ():
        expect_type(f"{path}[{key}]", item, inner[0])
    for key, item in value.items() if origin is dict and inner else ():
        expect_type(f"{path}.{key}", item, inner[1])


def arguments(cls: Any, name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of an adapter from its section; UserError names an unknown, missing or mistyped key."""
    given = {key: value for key, value in values.items() if key != "adapter"}
    signature = inspect.signature(cls).parameters
    parameters = {p.name: p for p in signature.values() if p.kind is p.KEYWORD_ONLY}
    for key in set(given) & (set(signature) - set(parameters)):
        raise UserError(f"{name}: {cls.__name__} takes {key!r} by position: put * before the settings of its __init__")
    expect_keys(name, given, set(parameters))
    for key, parameter in parameters.items():
        if key in given:
            expect_type(f"{name}.{key}", given[key], parameter.annotation)
        elif parameter.default is parameter.empty:
            raise UserError(f"params.yaml: {name} lacks the key {key!r}")
    return given


def digest(*parts: Any) -> str:
    """Twelve hexadecimal digits that stand for these settings, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
