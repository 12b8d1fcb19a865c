"""A stage on one cell of the grid: what is checked before it starts, and its run."""

import importlib
import os
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint

# the stages that work on machine.device
ON_DEVICE = ("base", "autoencoder", "oracle", "train", "encode", "reconstruct", "counterfactual", "anchors")


def settings() -> dict[str, Any]:
    """The checked params.yaml, with the thread count in force before any numerical library is loaded."""
    from diffrep.pipelines.core.params import load

    params = load()
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = str(params["machine"]["threads"])
    return params


def stage(name: str, **cell: Any) -> None:
    """Run the stage of pipelines/<name>.py on one cell of the grid, given by its dataset, method and seed."""
    params = settings()
    for axis, value in cell.items():
        expect_in_grid(params, axis, value)
    if name in ON_DEVICE:
        expect_device(params["machine"]["device"])
    getattr(importlib.import_module(f"diffrep.pipelines.stages.{name}"), name)(params, **cell)


def expect_in_grid(params: dict[str, Any], axis: str, value: str | int) -> None:
    """Raise UserError, with the nearest name, where grid.<axis> does not have `value`."""
    known = params["grid"][axis]
    if value not in known:
        raise UserError(f"no {axis} '{value}' in grid.{axis} of params.yaml: {hint(str(value), map(str, known))}")


def expect_device(device: str) -> None:
    """Raise UserError where this machine does not have `device`; on a CPU torch is not asked."""
    if device == "cpu":
        return
    import torch

    if not (torch.backends.mps.is_available() if device == "mps" else torch.cuda.is_available()):
        raise UserError(
            f"params.yaml: machine.device is {device!r}, but torch finds no such device here: set it to cpu"
        )
