"""Promises of every method's contract: how it is built, what it says of itself, and what its codes and images are."""

from typing import Any

import torch
from torch import Tensor

from diffrep.methods.shared.part import Part
from diffrep.pipelines.contract.promises import NotApplicableError, expect
from diffrep.pipelines.contract.subject import Subject, default, drawn, encode
from diffrep.pipelines.core.names import A_PART, is_part
from diffrep.pipelines.trained.given import fault_of_views, kind, savable, widths

ABILITIES = {"decode": ("decode",), "invert": ("invert",), "denoise": ("noised", "denoise")}  # with their methods


def is_built_from_its_section(subject: Subject) -> None:
    """The same seed builds the same weights."""
    network = subject.build()[0]
    expect("_parameters" in vars(network), "__init__ forgets super().__init__()")
    expect(isinstance(getattr(network, "parts", None), (list, tuple)), "there are no parts: an empty list would do")
    first, second = savable(network.state_dict()), subject.build()[0].state_dict()
    different = [name for name in first if not torch.equal(first[name], second[name])]
    expect(not different, f"two builds after torch.manual_seed(0) differ in {', '.join(different[:3])}")


def cannot_is_true(subject: Subject) -> None:
    """It does exactly what `cannot` gives no reason against."""
    unknown = set(subject.cls.cannot) - set(ABILITIES)
    expect(not unknown, f"cannot names {sorted(unknown)}: there are {', '.join(ABILITIES)}")
    for ability, methods in ABILITIES.items():
        reason = subject.cls.cannot.get(ability)
        for method in methods:
            there = callable(getattr(subject.cls, method, None))
            expect(there or reason, f"there is no {method}, and cannot gives no reason for it")
            expect(not (there and reason is not None), f"{method} is there, but cannot says: {reason}")


def shapes_of_codes(subject: Subject) -> str:
    """The first view is flat, every view has a row per image; all numbers are finite, after training too."""
    images = subject.images()
    views = encode(subject.build()[0].eval(), images)
    expect_views(views, len(images), views)
    trained, fewer = encode(subject.trained, images), encode(subject.trained, images[:3])
    expect_views(trained, len(images), views)
    expect_views(fewer, 3, views)
    return ", ".join(f"{view} {list(codes.shape[1:])}" for view, codes in views.items())


def expect_views(found: dict[str, Tensor], count: int, known: dict[str, Tensor]) -> None:
    """Raise BrokenError unless `found` are finite codes of `count` images, as wide as the `known` ones."""
    fault = fault_of_views(found, count)
    expect(fault is None, fault or "")
    expect(widths(found) == widths(known), f"encode gives codes of {widths(found)}, before it gave {widths(known)}")
    for view, codes in found.items():
        expect(codes.isfinite().all(), f"view {view!r} holds NaN or infinities")


def shapes_of_images(subject: Subject) -> str:
    """decode, invert and denoise give what they should, finite."""
    network, images = subject.trained, subject.images()
    results = drawn(network, images, default(network, images))
    if not results:
        raise NotApplicableError(next(iter(network.cannot.values())))
    for name, result in results.items():
        expect(isinstance(result, Tensor), f"{name} returns {kind(result)}, not a tensor")
        expect(result.shape == images.shape, f"{name} gives {list(result.shape)} for {list(images.shape)}")
        expect(result.isfinite().all(), f"{name} gives NaN or infinities")
    return ", ".join(results)


def parts_lie_within_the_code(subject: Subject) -> str:
    """Parts have names of their own, and dims of the code, none twice."""
    network = subject.trained
    if not network.parts:
        raise NotApplicableError("the code has no parts")
    size = default(network, subject.images()).shape[1]
    for part in network.parts:
        expect(isinstance(part, Part), f"parts holds {part!r}, not a Part of methods/shared/part.py")
        named = isinstance(part.name, str) and is_part(part.name)
        expect(named, f"parts names a part {part.name!r}: a part's name is {A_PART}")
        within = all(0 <= dim < size for dim in part.dims)
        expect(part.dims and within, f"part {part.name!r} has dims {list(part.dims)} of a code of {size}")
        expect(len(set(part.dims)) == len(part.dims), f"part {part.name!r} has a dim twice: {list(part.dims)}")
    names = [part.name for part in network.parts]
    expect(len(set(names)) == len(names), f"two parts have the same name: {names}")
    return f"{len(names)} parts"


def choices_come_with_their_codes(subject: Subject) -> str:
    """What leaves a choice open does not decode; it has a code for each, and `encode` gives that of the chosen one."""
    network, images = subject.copy(), subject.images()
    if not hasattr(network, "choices"):
        raise NotApplicableError("nothing of the code is left open")
    names = network.choices
    words = isinstance(names, (list, tuple)) and names and all(isinstance(name, str) for name in names)
    expect(words, f"choices is {names!r}: a list of names would do")
    expect(len(set(names)) == len(names), f"two choices have the same name: {list(names)}")
    expect("decode" in network.cannot, "there are choices and decode: the stages that decode know of no choice")
    expect(callable(getattr(network, "candidates", None)), "there are choices, but no candidates")
    with torch.no_grad():
        found = network.candidates(images)
    expect(isinstance(found, (list, tuple)), f"candidates returns {kind(found)}, not a list of codes")
    expect(len(found) == len(names), f"candidates gives {len(found)} codes for {len(names)} choices")
    for i, (name, codes) in enumerate(zip(names, found, strict=True)):
        expect_candidate(name, codes, len(images))
        network.chosen = i
        own = default(network, images)
        same = own.shape == codes.shape and close_to(own, codes)
        expect(same, f"encode gives another code than candidates, where chosen is {i}, {name!r}")
    return f"{len(names)} choices"


def expect_candidate(name: str, codes: Any, count: int) -> None:
    """Raise BrokenError unless the codes of a choice are finite numbers [count, d]."""
    flat = isinstance(codes, Tensor) and codes.ndim == 2 and len(codes) == count and codes.shape[1] > 0
    shown = list(codes.shape) if isinstance(codes, Tensor) else kind(codes)
    expect(flat, f"candidates gives {shown} for choice {name!r} of {count} images: a tensor [n, d] would do")
    expect(codes.isfinite().all(), f"candidates gives NaN or infinities for choice {name!r}")


def nothing_is_left_to_chance(subject: Subject) -> None:
    """In eval mode the same arguments give the same codes and images, bit for bit."""
    network, images = subject.trained, subject.images()

    def run(seed: int) -> dict[str, Tensor]:
        torch.manual_seed(seed)
        found = {f"encode, view {view!r}": codes for view, codes in encode(network, images).items()}
        return found | drawn(network, images, next(iter(found.values())))

    first, second = run(0), run(1)
    for name in first:
        expect(torch.equal(first[name], second[name]), f"{name}: two calls in eval mode differ")


def a_code_is_its_images_own(subject: Subject) -> None:
    """The code of an image does not depend on the images beside it."""
    images = subject.images()
    together, alone = encode(subject.trained, images), encode(subject.trained, images[3:4])
    for view, codes in together.items():
        close = close_to(codes[3:4], alone[view])
        expect(close, f"view {view!r} of an image alone is another than among 8")


def close_to(found: Tensor, expected: Tensor) -> bool:
    """Whether both are the same sums, perhaps taken in another order."""
    return torch.allclose(found, expected, rtol=1e-3, atol=1e-4)
