"""Promises of every method's contract: other images, other numbers, other devices, compiled."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from diffrep.pipelines.contract.interface import close_to
from diffrep.pipelines.contract.promises import NotApplicableError, expect
from diffrep.pipelines.contract.subject import Subject, can, default, drawn, loss, normal
from diffrep.pipelines.trained.given import chance

DRAWS = (torch.rand, torch.randn, torch.randint, torch.randperm)


def grey_images_too(subject: Subject) -> None:
    """Images of one channel are encoded and learned from like those of three."""
    if subject.of_one_depth:
        raise NotApplicableError("the model that it stands on was trained by others, on images of one depth")
    network, images = subject.build(depth=1)[0], subject.images(32, depth=1)
    if hasattr(network, "loss"):
        loss(network.train(), images, 0).backward()
    elif hasattr(network, "fit"):
        network.fit([subject.images(subject.known, depth=1)])
    codes = default(network.eval(), images)
    expect(codes.isfinite().all(), "codes of grey images hold NaN or infinities")
    if can(network, "decode"):
        decoded = network.decode(codes, normal(images), steps=1)
        expect(decoded.shape == images.shape, f"decode gives {list(decoded.shape)} for {list(images.shape)}")


def other_precisions(subject: Subject) -> str:
    """bfloat16 autocast gives about the codes of float32, float64 the same; both give a finite loss."""
    network, images = subject.copy(), subject.images()
    single = default(network, images)
    with torch.autocast("cpu", torch.bfloat16):
        half = default(network, images).float()
        finite = not hasattr(network, "loss") or loss(network, images, 0).isfinite()
    off = float((half - single).norm() / single.norm().clamp(min=1e-12))
    expect(finite, "the loss under bfloat16 autocast is not finite")
    expect(off < 0.1, f"codes under bfloat16 autocast are off by {off:.1%}")
    network, images = network.double(), images.double()
    double = default(network, images)
    expect(double.dtype == torch.float64, f"codes of a float64 network are {double.dtype}")
    expect(close_to(double.float(), single), "codes in float64 are others than in float32")
    if hasattr(network, "loss"):
        expect(loss(network, images, 0).isfinite(), "the loss in float64 is not finite")
    return f"bfloat16 off by {off:.1%}"


def other_devices(subject: Subject) -> str:
    """On the device `meta` shapes come out without memory; on an accelerator the codes of the CPU, and a loss."""
    with torch.device("meta"):
        network = subject.build()[0].eval()
    images = subject.images()
    codes = default(network, images.to("meta"))
    expected = default(subject.trained, images)
    expect(codes.is_meta, f"codes of images on meta are on {codes.device}: something was made on a device of its own")
    expect(codes.shape == expected.shape, f"on meta the codes have the shape {list(codes.shape)}")
    if hasattr(subject.cls, "loss"):
        learning = subject.copy().train()
        with Factories():
            loss(learning, images, 0)
    for device in accelerators():
        network = subject.copy().to(device)
        codes = default(network, images.to(device))
        close = torch.allclose(codes.cpu(), expected, rtol=1e-2, atol=1e-2)
        expect(close, f"codes on {device} are others than on the CPU")
        for name, result in drawn(network, images.to(device), codes).items():
            expect(result.device == codes.device, f"{name} on {device} gives images on {result.device}")
        if hasattr(network, "loss"):
            loss(network.train(), images.to(device), 0).backward()
    return ", ".join(["meta", *accelerators()])


def it_compiles(subject: Subject) -> str:
    """torch.compile gives the same codes and the same loss."""
    network, images = subject.copy(), subject.images()
    torch.compiler.reset()
    graphs: dict[str, int] = {}
    with torch.no_grad(), silent("torch._dynamo"):
        expected = default(network, images)
        codes = next(iter(torch.compile(network.encode, backend=counting(graphs, "encode"))(images).values()))
        expect(close_to(codes, expected), "compiled, encode gives other codes")
        if hasattr(network, "loss"):
            expected = loss(network, images, 0)
            given = chance(network, images.shape, torch.Generator().manual_seed(0))
            compiled = torch.compile(network.loss, backend=counting(graphs, "the loss"))(images, **given)
            compiled = compiled["loss"] if isinstance(compiled, dict) else compiled
            expect(close_to(compiled, expected), "compiled, the loss is another")
    broken = [f"{name} in {count} graphs" for name, count in graphs.items() if count > 1]
    return ", ".join(broken) or "no graph breaks"


def counting(graphs: dict[str, int], name: str) -> Callable[..., Any]:
    """A backend that compiles nothing, but counts under `name` the graphs into which a function falls."""

    def backend(graph: Any, inputs: Any) -> Any:
        graphs[name] = graphs.get(name, 0) + 1
        return graph.forward

    return backend


@contextmanager
def silent(name: str) -> Iterator[None]:
    """Keep the warnings of a library's log to itself."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


class Factories(TorchFunctionMode):
    """Raises BrokenError where chance is drawn from a generator without `device=`: on a GPU torch refuses the two."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call `func`, unless it is such a draw."""
        given = kwargs or {}
        homeless = func in DRAWS and given.get("generator") is not None and given.get("device") is None
        expect(not homeless, f"torch.{getattr(func, '__name__', func)} with a generator, but without its device=")
        return func(*args, **given)


def accelerators() -> list[str]:
    """The devices of this machine beside its CPU."""
    return ["cuda"] if torch.cuda.is_available() else []
