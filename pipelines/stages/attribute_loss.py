"""Measure when noise takes each factor from a base model's sight, where a data set can draw images anew."""

from typing import Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Repeat
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def attribute_loss(params: Params, repeat: Repeat) -> None:
    """Write the loss of every factor over time; without images drawn anew, why there is none."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import missing
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.attribute_loss import factor_losses
    from diffrep.pipelines.trained import pretrained
    from diffrep.pipelines.trained.cells import torch_device
    from diffrep.pipelines.trained.renderer import NO_TRUTH, renderer

    data, scene = Prepared(repeat.shared.data), renderer(params, repeat.dataset)
    with written(STAGE, repeat, params, method="base", data_sha256=data.checksum) as result:
        if scene is None:
            result.add(missing(["attribute_loss"], NO_TRUTH))
        else:
            device, settings = torch_device(params), params.evaluate
            base: Any = pretrained.load("base", repeat, data.image_shape).to(device)
            result.add(factor_losses(scene, base, data, settings.diagnose, settings.seed, device))


STAGE = Stage(
    attribute_loss,
    Repeat,
    params=(
        *("evaluate.preset", "evaluate.seed", "evaluate.diagnose.pairs", "evaluate.diagnose.times"),
        *("datasets.{dataset}", *EVALUATION_MACHINE),
    ),
    reads=lambda repeat: (repeat.shared.data, repeat.shared.code, repeat.base),
    results=lambda repeat: (repeat.results("attribute_loss"),),
    on_device=True,
)
