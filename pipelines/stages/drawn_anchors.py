"""Score what is known beforehand but drawn by lot, for one seed: a rotation of the true factors, and noise."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Repeat
from diffrep.pipelines.core.stage import Stage


def drawn_anchors(params: Params, repeat: Repeat) -> None:
    """Write the results of every such anchor that the data set has; noise is of the size of the grid's codes."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.files import read_json
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.evaluation.anchors import drawn_codes, write_scores

    data, size = Prepared(repeat.shared.data), read_json(repeat.shared.code_size)["code_size"]
    with meter(f"anchors {repeat.dataset} {repeat.seed}", 2 if data.factors is not None else 1) as shown:
        for name, codes in drawn_codes(data, size, params.evaluate.seed, int(repeat.seed)):
            write_scores(STAGE, repeat, params, data, name, codes)
            shown.advance()


STAGE = Stage(
    drawn_anchors,
    Repeat,
    params=("evaluate.preset", "evaluate.seed", "evaluate.probe", "evaluate.disentangle", "machine.threads"),
    reads=lambda repeat: (repeat.shared.data, repeat.shared.code_size),
    results=lambda repeat: (repeat.anchors,),
)
