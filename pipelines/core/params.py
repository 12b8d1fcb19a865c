"""params.yaml as one frozen object, read and checked once: a mistake is one line that names its key.

What adapters demand of their own sections is not known here: trained/adapters.py checks those.
"""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import reduce
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.paths import RESERVED, Place
from diffrep.pipelines.core.sections import (
    Budget,
    Evaluate,
    Grid,
    Imported,
    Machine,
    Optimiser,
    OracleTraining,
    Pretrained,
    PretrainedOnce,
    Report,
    RowTraining,
)
from diffrep.pipelines.core.settings_file import read_sections
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.core.validation import FILE, Section, validated


class AdapterSection(BaseModel):
    """A data set's or a method's section: the adapter that it is built by, and that adapter's own keys.

    adapter  a name of ours or package.module:Class; empty where it is the section's own name
    """

    model_config = ConfigDict(extra="allow", frozen=True)

    adapter: str = Field(default="", strict=True)

    @property
    def settings(self) -> dict[str, Any]:
        """All keys but `adapter`, as YAML has them."""
        return dict(self.model_extra or {})


class MethodSection(AdapterSection):
    """A row's section: also how it is trained, where that is not as `train` and the budgets say."""

    training: RowTraining | None = None


class Params(Section):
    """The whole experiment."""

    grid: Grid
    budgets: dict[str, Budget]
    datasets: dict[str, AdapterSection]
    base: Pretrained | Imported
    autoencoder: PretrainedOnce | Imported
    oracle: OracleTraining
    train: Optimiser
    methods: dict[str, MethodSection]
    evaluate: Evaluate
    report: Report
    machine: Machine

    def adapter(self, kind: str, name: str) -> str:
        """What the section `name` of kind "methods" or "datasets" is built by: its `adapter`, or its own name."""
        return getattr(self, kind)[name].adapter or name

    def imports(self, network: str) -> bool:
        """Whether "base", "autoencoder" or "oracle" comes of files that others made: then it is not trained."""
        return isinstance(getattr(self, network), Imported)


def load(root: Path = Path()) -> Params:
    """`root`/params.yaml; UserError when the file or anything in it is wrong."""
    file = root / FILE
    if not file.exists():
        raise UserError(f"no {FILE} in {root.resolve()}: run diffrep from the top of the repository")
    return parsed(read_sections(file))


def parsed(values: dict[str, Any]) -> Params:
    """The content of a params.yaml; UserError for the first section, key or value that does not fit."""
    params = validated(class_of(values), values)
    for axis, names in params.grid:
        expect_some_once(f"grid.{axis}", list(names))
        for name in names:
            if str(name).lower() in RESERVED.get(axis, ()):
                raise UserError(f"grid.{axis}: {name!r} is a folder of the suite's own: choose another name")
    expect_distinct_cells(params.grid)
    for name in params.grid.dataset:
        expect_section("datasets", name, params.datasets)
        if name not in params.budgets:
            raise UserError(f"{FILE} has no section budgets.{name}")
    for name in params.grid.method:
        expect_section("methods", name, params.methods)
    expect_method("report.reference", params.report.reference, params.methods)
    for name in params.report.controls:
        expect_method("report.controls", name, params.methods)
    return params


def expect_method(key: str, name: str, methods: Mapping[str, Any]) -> None:
    """Raise UserError, with the nearest names, where what stands under `key` is no section of methods."""
    if name not in methods:
        raise UserError(f"{key}: no method {brief(name)}: {hint(name, methods)}")


def class_of(values: dict[str, Any]) -> type[Params]:
    """The class that a params.yaml is of; UserError where a network would be both trained and imported."""
    base = section_of("base", values.get("base"), Pretrained)
    return class_with(base, section_of("autoencoder", values.get("autoencoder"), PretrainedOnce))


@functools.cache
def class_with(base: type[Section], autoencoder: type[Section]) -> type[Params]:
    """Params with these sections, so that a mistake is told of the one that a person means."""
    return create_model("Params", __base__=Params, base=(base, ...), autoencoder=(autoencoder, ...))


def section_of(name: str, given: Any, trained: type[Section]) -> type[Section]:
    """The section that the keys of a network are of: that of one that is `trained`, or Imported."""
    if not isinstance(given, dict) or "from" not in given:
        return trained
    if others := [key for key in given if key != "from"]:
        raise UserError(f"{FILE}: {name}.from: a model that others trained is not trained here: leave out {others[0]}")
    return Imported


def expect_some_once(path: str, names: list[Any]) -> None:
    """Raise UserError where a list of the grid is empty, or holds something twice or in capital letters again."""
    if not names:
        raise UserError(f"{FILE}: {path} is empty: name at least one")
    for i, name in enumerate(names):
        if name in names[:i]:
            raise UserError(f"{FILE}: {path} names {name!r} twice")
        if twins := [other for other in names[:i] if str(other).lower() == str(name).lower()]:
            raise UserError(f"{FILE}: {path} has {twins[0]!r} and {name!r}, one folder on some disks: rename one")


def expect_distinct_cells(grid: Grid) -> None:
    """Raise UserError where two cells have one name in DVC, which joins data set and method with a dash."""
    seen: dict[str, str] = {}
    for dataset, method in product(grid.dataset, grid.method):
        if (other := seen.setdefault(f"{dataset}-{method}", dataset)) != dataset:
            raise UserError(f"{FILE}: grid.dataset: {dataset!r} and {other!r} both make {dataset}-{method}: rename one")


def expect_section(kind: str, name: str, sections: Mapping[str, AdapterSection]) -> None:
    """Raise UserError, with the nearest name, where the grid names what has no section."""
    if name not in sections:
        raise UserError(f"grid names {name!r}, but {FILE} has no section {kind}.{name}: {hint(name, sections)}")


def value_at(params: Params, key: str) -> Any:
    """The value at a dotted key, as YAML would have it."""

    def below(place: Any, name: str) -> Any:
        return place[name] if isinstance(place, dict) else getattr(place, name)

    return as_yaml(reduce(below, key.split("."), params))


def as_yaml(value: Any) -> Any:
    """Sections as mappings of the keys that are given and tuples as lists, all the way down."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_unset=True, by_alias=True)
    if isinstance(value, dict):
        return {key: as_yaml(item) for key, item in value.items()}
    return list(value) if isinstance(value, tuple) else value


def values_of(params: Params, keys: Iterable[str]) -> dict[str, Any]:
    """{dotted key: its value}."""
    return {key: value_at(params, key) for key in keys}


def params_hash(stage: Stage, place: Place, params: Params) -> str:
    """What the settings hash to that a stage's numbers depend on at a place."""
    return digest(values_of(params, stage.keys(place)))


def digest(*parts: Any) -> str:
    """Twelve hexadecimal digits that stand for these settings, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]
