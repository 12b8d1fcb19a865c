"""What a card can do: its makers' peaks where they are known, and what one of its matrix products reaches."""

import time
from typing import Any

import torch

from diffrep.pipelines.command import set_tf32
from diffrep.pipelines.core.params import load
from diffrep.pipelines.presets.dry_run import PEAKS

KNOWN = ("a100", "h100", "h200")  # of PEAKS, from their data sheets, as SXM modules:
SLOWER = ("pcie", "nvl")  # these forms have lower peaks of their own, which are not there
SIDE = {True: 256, False: 8192}  # of the matrices, by whether it must be quick
PRODUCTS = 20


def card(device: str, quick: bool) -> dict[str, Any]:
    """A device's name and TFLOP/s in TF32 and in bfloat16: what it reaches, and the peak that shares are of.

    Of a card that is not known the peak is what it reaches. No card: {}.
    """
    if device == "gpu" and not torch.cuda.is_available():
        return {}
    name = torch.cuda.get_device_name() if device == "gpu" else "the CPU"
    reached = {"tf32": rate(device, torch.float32, SIDE[quick]), "bf16": rate(device, torch.bfloat16, SIDE[quick])}
    return {"name": name, "torch": torch.__version__, "reached": reached, "peak": peaks(name) or reached}


def peaks(name: str) -> dict[str, float]:
    """TFLOP/s of a card of this name by its data sheet; {} where none is known."""
    lower = name.lower()
    model = next((model for model in KNOWN if model in lower and not any(form in lower for form in SLOWER)), None)
    return dict(zip(("tf32", "bf16"), PEAKS[model], strict=True)) if model else {}


def rate(device: str, kind: torch.dtype, side: int) -> float:
    """TFLOP/s of products of square matrices, TF32 allowed."""
    set_tf32(load().machine.model_copy(update={"device": device, "tf32": True}))
    where = "cuda" if device == "gpu" else device
    wait = torch.get_device_module(where).synchronize
    matrix = torch.randn(side, side, device=where).to(kind)
    for number in range(2 * PRODUCTS):  # the first half warms up
        if number == PRODUCTS:
            wait()
            begin = time.perf_counter()
        matrix @ matrix
    wait()
    return PRODUCTS * 2 * side**3 / (time.perf_counter() - begin) / 1e12
