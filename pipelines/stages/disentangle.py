"""FactorVAE, MIG, DCI and InfoMEC of codes of test images whose factors are known, and of their views and parts."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell, part_map
from diffrep.pipelines.core.stage import Stage

WHOLE_CODES = ("tokens_pca",)  # views that are a code of their own: on others DCI is not worth ten seconds


def disentangle(params: Params, cell: Cell) -> None:
    """Score the codes of a cell on the pool of test images."""
    import numpy as np

    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.disentanglement.parts import part_information
    from diffrep.pipelines.core.files import write_arrays
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.disentanglement import disentanglement
    from diffrep.pipelines.evaluation.part_maps import write_part_map
    from diffrep.pipelines.trained.codes import codes_of_images, read_parts, read_views

    data, settings, seed = Prepared(cell.shared.data), params.evaluate.disentangle, params.evaluate.seed
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        codes = codes_of_images(cell, data.splits)["test"]
        measured = disentanglement(codes, data, settings, seed)
        result.add(measured)
        for view in read_views(cell):
            read = codes_of_images(cell, data.splits, view)["test"]
            result.view(view).add(disentanglement(read, data, settings, seed, with_dci=view in WHOLE_CODES))
        parts = read_parts(cell)
        if len(parts) > 1 and data.factors is not None:
            known = np.asarray(data.factors[data.splits["test"]])
            shares = part_information(codes, known, [part.dims for part in parts])
            write_part_map(part_map(result.folder), parts, data.card["factor_names"], shares)
        write_arrays(cell.arrays("disentangle"), measured.arrays)


STAGE = Stage(
    disentangle,
    Cell,
    params=("evaluate.preset", "evaluate.seed", "evaluate.disentangle", "machine.threads"),
    reads=lambda cell: (cell.shared.data, cell.codes, cell.parts),
    writes=lambda cell: (cell.arrays("disentangle"),),
    results=lambda cell: (cell.results("disentangle"),),
)
