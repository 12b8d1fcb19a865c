"""Write the codes of all splits, computed once for every metric, and whether the method looks at them in denoising."""

from typing import Any

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def encode(params: Params, cell: Cell) -> None:
    """Write arrays "<view>_<split>" of every view and reading, the layout of the code, and the use of the code."""
    import numpy as np

    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.core.files import write_arrays
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.code_use import code_use_scores
    from diffrep.pipelines.evaluation.readings import readings, view_names
    from diffrep.pipelines.trained.cells import load
    from diffrep.pipelines.trained.codes import layout_of
    from diffrep.pipelines.trained.encoding import all_codes, default_codes

    data = Prepared(cell.shared.data)
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        network: Any = load(params, cell, data.image_shape)
        arrays = all_codes(network, data, params.evaluate.batch_size, f"encode {cell.name}")
        read, about = readings(arrays, data)
        arrays |= read
        result.add(about)
        view, *others = view_names(arrays)
        codes = default_codes(arrays)
        result["code_dim"] = int(np.prod(codes["test"].shape[1:]))
        result.notes["views"] = others
        used = code_use_scores(network, data, codes, params.evaluate)
        result.add(used)
        write_arrays(cell.codes, arrays)
        write_card(cell.parts, layout_of(network.parts, view, others, result["code_dim"]))
        write_arrays(cell.arrays("encode"), used.arrays)


STAGE = Stage(
    encode,
    Cell,
    params=(
        *("evaluate.preset", "evaluate.seed", "evaluate.batch_size"),
        *("evaluate.diagnose.images", "evaluate.diagnose.times"),
        *EVALUATION_MACHINE,
    ),
    reads=lambda cell: (cell.shared.data, cell.repeat.base, cell.weights, cell.code),
    writes=lambda cell: (cell.codes, cell.parts, cell.arrays("encode")),
    results=lambda cell: (cell.results("encode"),),
    on_device=True,
)
