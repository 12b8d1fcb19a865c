"""What the dry run says of trainings that never ran, for whoever has to ask a cluster for time."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.presets.dry_run import speed_of
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import PresetRow, params_rows


def training_seconds(params: Params, gpu: str, dataset: str) -> dict[str, float]:
    """{row: seconds that its training is estimated to take on this GPU}, of the methods and of what they stand on.

    UserError for an unknown GPU.
    """
    speed = speed_of(gpu, None)

    def seconds(row: PresetRow) -> float:
        step = cost(row.build(), row.image_shape, row.budget["batch_size"])
        return float(row.budget["steps"] * speed.seconds(step, row.budget["precision"]))

    return {row.name: seconds(row) for row in params_rows(params, dataset)}
