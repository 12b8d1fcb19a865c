"""Score the codes of a cell by metrics from outside, those that evaluate.metrics names as package.module:function."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import OWN_METRICS, Cell
from diffrep.pipelines.core.stage import Stage


def own_metrics(params: Params, cell: Cell) -> None:
    """Write the numbers of every such metric; none, where there is none."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.own_metrics import described, measured
    from diffrep.pipelines.trained.codes import codes_of_images
    from diffrep.pipelines.trained.own_metrics import own_metrics as found

    metrics, data = found(params.evaluate.metrics), Prepared(cell.shared.data)
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        codes = codes_of_images(cell, data.splits)
        for path, metric in metrics.items():
            result.add(measured(path, metric, codes, data, params.evaluate))
        result.notes = described(metrics)


STAGE = Stage(
    own_metrics,
    Cell,
    params=(
        *("evaluate.preset", "evaluate.seed", "evaluate.metrics"),
        *("evaluate.disentangle.train", "evaluate.disentangle.test", "machine.threads"),
    ),
    reads=lambda cell: (cell.shared.data, cell.codes, OWN_METRICS),
    results=lambda cell: (cell.results("own_metrics"),),
)
