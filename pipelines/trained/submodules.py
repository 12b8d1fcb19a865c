"""Submodules that settings of a training name by their paths: what is trained of them, and that they are there."""

from collections.abc import Iterable

from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.params import FILE
from diffrep.pipelines.core.sections import Optimiser
from diffrep.pipelines.core.trainings import Training


def expect_submodules(network: nn.Module, training: Training) -> None:
    """Raise UserError, with its key, for the first submodule that a training names and `network` does not have."""
    with_own_optimiser(network, training.settings, training.key("parts"))
    of_paths(network, training.settings.unaveraged, training.key("unaveraged"))


def with_own_optimiser(network: nn.Module, settings: Optimiser, key: str = "parts") -> dict[str, list[nn.Parameter]]:
    """{path: what is trained of it} of the parts with optimisers of their own, which leave something to the other."""
    parts = of_paths(network, settings.parts, key)
    owned = [id(parameter) for parameters in parts.values() for parameter in parameters]
    if len(owned) != len(set(owned)):
        raise UserError(f"{FILE}: {key}: {', '.join(parts)} share weights: a weight has one optimiser")
    if owned and len(owned) == len(trained_of(network)):
        raise UserError(f"{FILE}: {key}: {', '.join(parts)} are all that is trained: name fewer")
    return parts


def of_paths(network: nn.Module, paths: Iterable[str], key: str) -> dict[str, list[nn.Parameter]]:
    """{path: what is trained of that submodule}; UserError, with the nearest path, where there is none such.

    key  of params.yaml, at which the paths stand
    """
    known = {path: trained for path, module in network.named_modules() if path and (trained := trained_of(module))}
    for path in paths:
        if path not in known:
            name = type(network).__name__
            raise UserError(f"{FILE}: {key}: {name} trains no submodule {brief(path)}: {hint(path, known)}")
    return {path: known[path] for path in paths}


def trained_of(module: nn.Module) -> list[nn.Parameter]:
    """The parameters that take a gradient, in their order."""
    return [parameter for parameter in module.parameters() if parameter.requires_grad]
