"""Every cell of the grid built on the meta device, which has shapes and no numbers, before anything is trained.

What a setting makes impossible is told within seconds: a class that refuses it, a network larger than the memory, a
sampler that does not take the number of steps.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import psutil
import torch
from torch import nn

from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.trained.adapters import method_arguments, method_class
from diffrep.pipelines.trained.pretrained import NEEDS, class_of

FLOAT = 4  # bytes of a number
GIB = 2**30
META = torch.device("meta")
IMAGES = 2  # that are encoded and decoded, without numbers


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
    """Raise UserError for the first network of a data set that its settings, or the memory, do not allow."""
    steps, dims = sampler_steps(params), edited_dims(params)
    for section, network in networks(params, image_shape):
        expect_in_memory(f"{section} on {dataset}", network, memory(params.machine.device))
        if section.startswith("methods."):
            expect_steps(section, network, image_shape, steps)
            expect_dims(section, network, image_shape, dims)


def networks(params: Params, image_shape: Sequence[int]) -> Iterator[tuple[str, nn.Module]]:
    """(section of params.yaml, network) of all that is trained; one that the meta device cannot build is left out.

    What is no matter of settings, an adapter's own mistake or a class that must look at numbers, is not told here.
    """
    needed = {need for name in params.grid.method for need in method_class(params, name).needs}
    shared: dict[str, nn.Module] = {}
    for need in [need for need in NEEDS if need == "base" or need in needed]:
        given = arguments(class_of(need), need, {"network": getattr(params, need).network})
        found = tried(f"{need}.network", class_of(need), image_shape, [], given)
        if found is not None:
            shared[need] = found
            yield f"{need}.network", found
    for name in params.grid.method:
        cls = method_class(params, name)
        if set(cls.needs) <= set(shared):
            supplied = [shared[need] for need in cls.needs]
            found = tried(f"methods.{name}", cls, image_shape, supplied, method_arguments(params, name))
            if found is not None:
                yield f"methods.{name}", found


def tried(
    section: str, cls: Any, image_shape: Sequence[int], needed: Sequence[Any], given: dict[str, Any]
) -> nn.Module | None:
    """The network of a section, or None where only a real one can tell; UserError where its values are refused."""
    try:
        return built(cls, image_shape, needed, given)
    except (ValueError, ArithmeticError, MemoryError) as error:
        raise UserError(f"{FILE}: {section}: {error}") from error
    except RuntimeError as error:
        if "meta" in str(error).lower():
            return None
        line, *_ = str(error).splitlines()
        raise UserError(f"{FILE}: {section}: {line}") from error
    except Exception:  # an adapter's own mistake, which a construction with numbers tells
        return None


def expect_in_memory(title: str, network: nn.Module, there: int) -> None:
    """Raise UserError, with both sizes, where a network in training needs more bytes than `there` are."""
    size = state(network)
    if size > there:
        raise UserError(
            f"{FILE}: {title} has {total(network):,} parameters and needs {size / GIB:,.0f} GiB in training, "
            f"more than the {there / GIB:,.0f} GiB of this machine: make it smaller"
        )


def expect_steps(section: str, network: Any, image_shape: Sequence[int], steps: dict[str, tuple[str, int]]) -> None:
    """Raise UserError where the sampler of a method does not take the steps that an evaluation asks of it.

    steps  {key of params.yaml: ("decode" or "invert", number of steps)}
    """
    with META, torch.no_grad():
        images = torch.empty(IMAGES, *image_shape)
        for key, (what, count) in steps.items():
            if what not in network.cannot and "decode" not in network.cannot:
                refusal = refused(network, what, images, count)
                if refusal:
                    raise UserError(f"{FILE}: {key} is {count}, which {section} does not take: {refusal}")


def expect_dims(section: str, network: Any, image_shape: Sequence[int], dims: dict[str, int]) -> None:
    """Raise UserError where edits are to change more dimensions than the codes of a method that decodes have.

    dims  {key of params.yaml: number of dimensions}
    """
    if "decode" in network.cannot:
        return
    try:
        with META, torch.no_grad():
            size = next(iter(network.encode(torch.empty(IMAGES, *image_shape)).values())).flatten(1).shape[1]
    except Exception:  # an adapter's own mistake, or one that looks at numbers
        return
    for key, count in dims.items():
        if count > size:
            raise UserError(f"{FILE}: {key} is {count}, but the codes of {section} have {size} dimensions")


def edited_dims(params: Params) -> dict[str, int]:
    """The numbers of dimensions that restricted edits change, by their keys."""
    section = params.evaluate.counterfactual
    return {f"evaluate.counterfactual.{key}": getattr(section, key) for key in ("probe_dims", "mask_dims")}


def refused(network: Any, what: str, images: torch.Tensor, steps: int) -> str:
    """Why a method refuses this number of steps; nothing where it takes it, or only numbers can tell."""
    try:
        codes = next(iter(network.encode(images).values()))
        first, second = (codes, images) if what == "decode" else (images, codes)
        getattr(network, what)(first, second, steps=steps)
    except ValueError as error:
        return str(error)
    except Exception:  # an adapter's own mistake, or one that looks at numbers
        return ""
    return ""


def sampler_steps(params: Params) -> dict[str, tuple[str, int]]:
    """Every number of steps that evaluations ask of a sampler, by its key."""
    found: dict[str, tuple[str, int]] = {}
    for stage in ("reconstruct", "counterfactual"):
        for what in ("decode", "invert"):
            count = getattr(getattr(params.evaluate, stage), f"{what}_steps")
            if (what, count) not in found.values():
                found[f"evaluate.{stage}.{what}_steps"] = (what, count)
    return found


def memory(device: str) -> int:
    """Bytes of memory that trainings on a device have: the GPU's own, or this machine's."""
    if device in ("gpu", "cuda") and torch.cuda.is_available():
        return torch.cuda.get_device_properties(0).total_memory
    return psutil.virtual_memory().total


def state(network: nn.Module) -> int:
    """Bytes that stay from step to step: weights and their average, gradients and Adam's two moments."""
    numbers = sum(tensor.numel() for tensor in (*network.parameters(), *network.buffers()))
    return FLOAT * (2 * numbers + 3 * trained(network))


def total(network: nn.Module) -> int:
    """How many parameters the network has, frozen ones too."""
    return sum(parameter.numel() for parameter in network.parameters())


def trained(network: nn.Module) -> int:
    """How many parameters take a gradient."""
    return sum(parameter.numel() for parameter in network.parameters() if parameter.requires_grad)
