"""Rows through a network in pieces: on a CPU of the size that is set, on a GPU of the largest that fits, found once."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import torch

from diffrep.pipelines.core.errors import UserError

T = TypeVar("T")
PIXELS = 2**22  # of the first piece: a GPU gains nothing by more, and some kernels count a layer's numbers in 31 bits

fitting: dict[str, int] = {}  # rows of a piece on a GPU, by what is done to them, as far as this process has found out


def in_pieces(
    run: Callable[[slice], T], count: int, *, what: str, pixels: int, size: int, device: torch.device
) -> Iterator[T]:
    """What `run` gives for one piece of `count` rows after the other, in their order.

    run     does its work on `device` and leaves none of it there
    what    is done, in a word or two that also say to whom: what is alike in this needs the same memory
    pixels  of a row's image, height times width
    size    rows of a piece on a CPU

    On a GPU the first piece has `PIXELS`. One that does not fit is halved, and what has fitted is remembered for the
    rest of the process; UserError where a single row does not fit. Tried on no GPU yet: tests have the memory run out.
    """
    if not has_own_memory(device):
        yield from (run(slice(start, min(start + size, count))) for start in range(0, count, size))
        return
    start = 0
    while start < count:
        stop = min(start + fitting.setdefault(what, max(1, PIXELS // pixels)), count)
        try:
            done = run(slice(start, stop))
        except RuntimeError as error:
            if not has_run_out(error):
                raise
            if stop - start == 1:
                line = "the memory of the GPU does not hold it for a single image: take a larger GPU, or machine.device"
                raise UserError(f"{what}: {line} cpu") from error
            fitting[what] = (stop - start) // 2
        else:
            yield done
            start = stop
            continue
        torch.cuda.empty_cache()  # only here, where the error no longer holds what it was raised among


def has_run_out(error: RuntimeError) -> bool:
    """Whether a device's memory did not suffice, in the words of torch, of cuDNN or of cuBLAS."""
    from lightning.pytorch.utilities.memory import is_oom_error

    short = isinstance(error, torch.OutOfMemoryError) or "ALLOC_FAILED" in str(error)  # both have a status of this name
    return short or is_oom_error(error)


def has_own_memory(device: torch.device) -> bool:
    """Whether a device has memory of its own, and says when that has run out."""
    return device.type == "cuda"
