"""The scores of a method after the shares of its training that evaluate.partway names: budget against quality."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def partway(params: Params, cell: Cell) -> None:
    """Encode, probe and decode with the weights of every share; what the whole training gives, other stages score."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.core.trainings import steps_after, training_of
    from diffrep.pipelines.evaluation.partway import nothing_partway, scores_partway
    from diffrep.pipelines.trained.adapters import method_class
    from diffrep.pipelines.trained.cells import load

    data, training = Prepared(cell.shared.data), training_of(params, cell.dataset, cell.method)
    by_steps = hasattr(method_class(params, cell.method), "loss")
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        result.notes["shares"] = params.evaluate.partway
        for share in params.evaluate.partway:
            at = result.view(str(share))
            if not by_steps:
                at.add(nothing_partway())
                continue
            at["steps"] = steps_after(share, training.steps)
            at["images_seen"] = at["steps"] * training.settings.batch_size
            network = load(params, cell, data.image_shape, share)
            at.add(scores_partway(network, data, params.evaluate, f"partway {cell.name} at {share}"))


STAGE = Stage(
    partway,
    Cell,
    params=(
        *("train", "methods.{method}", "budgets.{dataset}.method", "evaluate.partway"),
        *("evaluate.preset", "evaluate.seed", "evaluate.batch_size"),
        *("evaluate.probe", "evaluate.disentangle", "evaluate.reconstruct"),
        *EVALUATION_MACHINE,
    ),
    reads=lambda cell: (cell.shared.data, cell.repeat.base, cell.weights, cell.code),
    results=lambda cell: (cell.results("partway"),),
    on_device=True,
)
