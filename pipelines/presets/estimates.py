"""What the dry run says of trainings that never ran, for whoever has to ask a cluster for time."""

from typing import Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.presets.dry_run import Speed, speed_of
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import PresetRow, params_rows


def training_seconds(params: Params, gpu: str, dataset: str) -> dict[str, float]:
    """{row: seconds that its training is estimated to take on this GPU}, of the methods and of what they stand on.

    A row that no steps train, as one that is fitted in closed form or imported, is not among them. UserError for an
    unknown GPU.
    """
    speed = speed_of(gpu, None)
    networks = [(row, row.build()) for row in params_rows(params, dataset)]
    return {row.name: seconds(row, network, speed) for row, network in networks if hasattr(network, "loss")}


def seconds(row: PresetRow, network: Any, speed: Speed) -> float:
    """All steps of a row, at the speed of a GPU."""
    step = cost(network, row.image_shape, row.budget["batch_size"])
    return float(row.budget["steps"] * speed.seconds(step, row.budget["precision"]))
