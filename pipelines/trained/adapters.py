"""Data sets and methods by their names in params.yaml: the classes of their adapters, checked, and built data sets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from diffrep.datasets import DATASETS
from diffrep.datasets.contract import ContractError, expect_described
from diffrep.methods import METHODS
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import lookup, path_of
from diffrep.pipelines.core.own_code import blamed
from diffrep.pipelines.core.params import FILE, Params

TABLES = {"datasets": (DATASETS, "data set"), "methods": (METHODS, "method")}
CONTRACT = "methods/shared/method.py says what it must hold"


def expect_adapters(params: Params) -> None:
    """Raise UserError, with the nearest name, where an adapter of the grid is none of ours and no module:Class."""
    for kind, names in (("datasets", params.grid.dataset), ("methods", params.grid.method)):
        for name in names:
            adapter_path(params, kind, name)


def adapter_path(params: Params, kind: str, name: str) -> str:
    """The module:Class of the section `name` of kind "methods" or "datasets"."""
    table, word = TABLES[kind]
    return path_of(table, params.adapter(kind, name), word)


def adapters_of(params: Params, axes: Mapping[str, Any]) -> dict[str, str]:
    """The module:Class of a place's method and data set, by what an error calls them; a place may have neither."""
    there = [(kind, axis) for kind, axis in (("methods", "method"), ("datasets", "dataset")) if axis in axes]
    return {f"{TABLES[kind][1]} {axes[axis]!r}": adapter_path(params, kind, axes[axis]) for kind, axis in there}


def method_class(params: Params, name: str) -> Any:
    """The adapter's class of the grid's method `name`; brings in all that it imports."""
    return adapter_class(params.adapter("methods", name))


def adapter_class(adapter: str) -> Any:
    """The class that `adapter` names; UserError where it is not what methods/shared/method.py asks of a class."""
    cls = lookup(METHODS, adapter, "method")
    from torch import nn  # loaded by now

    from diffrep.pipelines.trained.pretrained import NEEDS

    def expect(kept: bool, otherwise: str) -> None:
        if not kept:
            raise UserError(f"method {adapter!r} {otherwise}: {CONTRACT}")

    expect(isinstance(cls, type) and issubclass(cls, nn.Module), "is no class of torch.nn.Module")
    for name in ("needs", "cannot", "encode"):
        expect(hasattr(cls, name), f"has no {name!r}")
    expect(isinstance(cls.needs, (tuple, list)), f"has needs = {cls.needs!r}, which is no tuple")
    for need in cls.needs:
        expect(need in NEEDS, f"needs {need!r}, but there are {' and '.join(map(repr, NEEDS))}")
    expect(isinstance(cls.cannot, dict), f"has cannot = {cls.cannot!r}, which is no dict")
    return cls


def method_arguments(params: Params, name: str) -> dict[str, Any]:
    """The keyword arguments of a method's class, from its section."""
    return arguments(method_class(params, name), f"methods.{name}", params.methods[name].settings)


def data_arguments(params: Params, name: str) -> dict[str, Any]:
    """The keyword arguments of a data set's class, from its section."""
    return arguments(data_class(params, name), f"datasets.{name}", params.datasets[name].settings)


def data_class(params: Params, name: str) -> Any:
    """The adapter's class of the data set `name`."""
    return lookup(DATASETS, params.adapter("datasets", name), "data set")


def data_source(params: Params, name: str) -> Any:
    """The data set `name`, built from its section: what is prepared, and what can draw true counterfactuals."""
    cls, path = data_class(params, name), adapter_path(params, "datasets", name)
    if not isinstance(cls, type):
        raise UserError(f"data set {name!r} ({path}) is no class: datasets/source.Source says what one must hold")
    with data_set_named(name, path):
        source = cls(**data_arguments(params, name))
        expect_described(source)
    return source


@contextmanager
def data_set_named(name: str, path: str) -> Iterator[None]:
    """Turn what a data set breaks of its contract, or its own code raises, into a UserError that names it.

    path  its module:Class
    """
    try:
        with blamed({f"data set {name!r}": path}):
            yield
    except ContractError as error:
        raise UserError(f"data set {name!r} ({path}): {error}") from error
    except ValueError as error:  # of the suite's own: a value that it refuses
        raise UserError(f"{FILE}: datasets.{name}: {error}") from error
