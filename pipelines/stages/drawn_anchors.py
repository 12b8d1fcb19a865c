"""Score what is known beforehand but drawn by lot, for one seed: a rotation of the true factors, and noise."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Repeat
from diffrep.pipelines.core.stage import Stage


def drawn_anchors(params: Params, repeat: Repeat) -> None:
    """Write the results of every such anchor that the data set has; noise is of the size of the grid's codes."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.cards import read_card
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.evaluation.anchors import drawn_codes, remove_others, write_scores

    data, again = Prepared(repeat.shared.data), f"run diffrep code_size --dataset {repeat.dataset}"
    size = read_card(repeat.shared.code_size, again)["code_size"]
    drawn = dict(drawn_codes(data, size, params.evaluate.seed, int(repeat.seed)))
    with meter(f"anchors {repeat.dataset} {repeat.seed}", len(drawn)) as shown:
        for name, codes in drawn.items():
            write_scores(STAGE, repeat, params, data, name, codes)
            shown.advance()
    remove_others(repeat.anchors, drawn)


STAGE = Stage(
    drawn_anchors,
    Repeat,
    params=("evaluate.preset", "evaluate.seed", "evaluate.probe", "evaluate.disentangle", "machine.threads"),
    reads=lambda repeat: (repeat.shared.data, repeat.shared.code_size),
    results=lambda repeat: (repeat.anchors,),
)
