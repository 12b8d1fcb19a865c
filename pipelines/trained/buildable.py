"""Every cell of the grid built on the meta device, which has shapes and no numbers, before anything is trained.

What a setting makes impossible is told within seconds: a class that refuses it, a network larger than the memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import psutil
import torch
from torch import nn

from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import is_own
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.sections import Imported
from diffrep.pipelines.core.trainings import expect_precision, training_of
from diffrep.pipelines.trained import imported_autoencoder
from diffrep.pipelines.trained.adapters import method_arguments, method_class
from diffrep.pipelines.trained.imported import network_settings
from diffrep.pipelines.trained.pretrained import NEEDS, class_of
from diffrep.pipelines.trained.submodules import expect_submodules

FLOAT = 4  # bytes of a number
GIB = 2**30
REFUSALS = (ValueError, ArithmeticError, MemoryError, RuntimeError)
META = torch.device("meta")


def built(
    cls: Any,
    image_shape: Sequence[int],
    needed: Sequence[Any],
    given: dict[str, Any],
    device: Any = META,
) -> nn.Module:
    """A fresh network on a device, on others that stand there; `given` are the arguments of its section."""
    with torch.device(device):
        return cls(tuple(image_shape), *needed, **given)


def expect_buildable(params: Params, dataset: str, image_shape: Sequence[int]) -> None:
    """Raise UserError for the first network of a data set that its settings, its training or memory do not allow."""
    for section, network in networks(params, image_shape):
        expect_trainable(section, network, params, dataset)
        expect_in_memory(f"{section} on {dataset}", network, memory(params.machine.device))


def network_of(params: Params, need: str) -> dict[str, Any]:
    """The section `network` of what `need` names: that of params.yaml, or of an imported model as its files have it."""
    section = getattr(params, need)
    if not isinstance(section, Imported):
        return dict(section.network)
    return network_settings(section.source) if need == "base" else imported_autoencoder.network_of(section.source)


def expect_trainable(section: str, network: Any, params: Params, dataset: str) -> None:
    """Raise UserError where what is said of a network's training has nothing there that it could be said of."""
    training = training_of(params, dataset, section.removeprefix("methods.").removesuffix(".network"))
    if hasattr(network, "loss"):
        expect_precision(params.machine, training)
        expect_submodules(network, training)
    elif training.own:
        raise UserError(f"{FILE}: {section}.training: {type(network).__name__} is not trained by steps: leave it out")


def networks(params: Params, image_shape: Sequence[int]) -> Iterator[tuple[str, Any]]:
    """(section of params.yaml, network) of all that is trained; one that the meta device cannot build is left out."""
    shared: dict[str, nn.Module] = {}
    for need in trained_needs(params):
        section = f"{need}.from" if params.imports(need) else f"{need}.network"
        if need == imported_autoencoder.NEED:
            imported_autoencoder.expect_channels(params, image_shape)
        given = arguments(class_of(need), need, {"network": network_of(params, need)})
        found = tried(section, class_of(need), image_shape, [], given)
        if found is not None:
            shared[need] = found
        if found is not None and not params.imports(need):
            yield section, found
    for name in params.grid.method:
        cls = method_class(params, name)
        if set(cls.needs) <= set(shared):
            supplied = [shared[need] for need in cls.needs]
            found = tried(f"methods.{name}", cls, image_shape, supplied, method_arguments(params, name))
            if found is not None:
                yield f"methods.{name}", found


def trained_needs(params: Params) -> list[str]:
    """What is trained for methods to stand on: the base model always, whose numbers are shown, others if asked for."""
    asked = {need for name in params.grid.method for need in method_class(params, name).needs}
    return [need for need in NEEDS if need == "base" or need in asked]


def tried(
    section: str, cls: Any, image_shape: Sequence[int], needed: Sequence[Any], given: dict[str, Any]
) -> nn.Module | None:
    """The network of a section, or None where only one with numbers can tell; UserError where its values are refused.

    What a class from outside raises is told with its file and line when it is built with numbers (contract/first_step).
    """
    try:
        network = built(cls, image_shape, needed, given)
        total(network)  # fails where a class forgets super().__init__
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if is_own(cls.__module__) or not isinstance(error, REFUSALS) or "meta" in str(error).lower():
            return None
        line = next(iter(str(error).splitlines()), type(error).__name__)
        raise UserError(f"{FILE}: {section}: {line}") from error
    return network


def expect_in_memory(title: str, network: nn.Module, there: int) -> None:
    """Raise UserError, with both sizes, where a network in training needs more bytes than `there` are."""
    size = state(network)
    if size > there:
        raise UserError(
            f"{FILE}: {title} has {total(network):,} parameters and needs {size / GIB:,.0f} GiB in training, "
            f"more than the {there / GIB:,.0f} GiB of this machine: make it smaller"
        )


def memory(device: str) -> int:
    """Bytes of memory that trainings on a device have: the GPU's own, or this machine's."""
    if device == "gpu" and torch.cuda.is_available():
        return torch.cuda.get_device_properties(0).total_memory
    return psutil.virtual_memory().total


def state(network: nn.Module) -> int:
    """Bytes that stay from step to step: all numbers; of what is trained gradient, Adam's two moments, average."""
    numbers = sum(tensor.numel() for tensor in (*network.parameters(), *network.buffers()))
    return FLOAT * (numbers + 4 * trained(network))


def total(network: nn.Module) -> int:
    """How many parameters the network has, frozen ones too."""
    return sum(parameter.numel() for parameter in network.parameters())


def trained(network: nn.Module) -> int:
    """How many parameters take a gradient."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
