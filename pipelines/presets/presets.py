"""The rows of presets, and of whatever else has rows, as networks that can be built."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import nn

from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.trainings import training_of
from diffrep.pipelines.presets.published import preset, training_words
from diffrep.pipelines.trained.adapters import adapter_class, data_source, method_class
from diffrep.pipelines.trained.buildable import built, network_of
from diffrep.pipelines.trained.pretrained import NEEDS, class_of


@dataclass(frozen=True)
class PresetRow:
    """One network of a preset and how it is trained.

    cls, given     its class and the arguments of its section
    supplied       {need: arguments} of the networks that it stands on
    budget         how it is trained, in the words of a row's `training`; of it steps (None where it is not published),
                   batch_size and precision are read here
    stated         its entry of `parameters`: {"total", "trained" or a submodule's path: number}
    """

    name: str
    image_shape: tuple[int, int, int]
    cls: Any
    given: dict[str, Any]
    supplied: dict[str, dict[str, Any]]
    budget: dict[str, Any]
    stated: dict[str, int]

    def build(self, device: str = "meta") -> nn.Module:
        """The network, fresh; on the meta device it has shapes but no numbers in it, and takes no memory."""
        needed = [built(class_of(need), self.image_shape, [], given, device) for need, given in self.supplied.items()]
        return built(self.cls, self.image_shape, needed, self.given, device)


def preset_rows(name: str) -> list[PresetRow]:
    """The rows of a preset: what is supplied to methods first, then the methods."""
    values = preset(name)
    sections = {need: values[need] for need in NEEDS if need in values}
    budgets = {row: training_words(values, row) for row in values["budgets"]}
    return list(_rows(name, values | {"budgets": budgets}, sections))


def params_rows(params: Params, dataset: str) -> list[PresetRow]:
    """The rows that the grid of params.yaml trains on one data set, in the same order; nothing is stated of them.

    What is imported is not among them.
    """
    shape = data_source(params, dataset).image_shape
    needed = {need for row in params.grid.method for need in method_class(params, row).needs}
    stood_on = [need for need in NEEDS if need in needed]
    sections = {need: {"network": network_of(params, need)} for need in stood_on}
    own = [need for need in stood_on if not params.imports(need)]
    trainings = {row: training_of(params, dataset, row) for row in (*own, *params.grid.method)}
    budgets = {
        row: {
            **each.settings.model_dump(),
            "steps": each.steps,
            "precision": each.settings.precision_on(params.machine),
        }
        for row, each in trainings.items()
    }
    methods = {
        row: {"adapter": params.adapter("methods", row), **params.methods[row].settings} for row in params.grid.method
    }
    values = {"image_shape": shape, "methods": methods, "budgets": budgets, "parameters": {row: {} for row in budgets}}
    return list(_rows("params.yaml", values, sections))


def _rows(title: str, values: dict[str, Any], sections: dict[str, dict[str, Any]]) -> Iterator[PresetRow]:
    shape = tuple(values["image_shape"])
    networks = {need: arguments(class_of(need), f"{title}: {need}", given) for need, given in sections.items()}
    for need in (need for need in networks if need in values["budgets"]):
        budget, stated = values["budgets"][need], values["parameters"][need]
        yield PresetRow(need, shape, class_of(need), networks[need], {}, budget, stated)
    for row, section in values["methods"].items():
        cls = adapter_class(section.get("adapter", row))
        settings = {key: value for key, value in section.items() if key != "adapter"}
        given = arguments(cls, f"{title}: methods.{row}", settings)
        supplied = {need: networks[need] for need in cls.needs}
        yield PresetRow(row, shape, cls, given, supplied, values["budgets"][row], values["parameters"][row])
