"""Average precision, F1 and AUROC of linear attribute probes on the codes, on their views and on their parts."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell, part_map
from diffrep.pipelines.core.stage import Stage


def probe(params: Params, cell: Cell) -> None:
    """Probe the codes of a cell, every further view, and where a code has parts each of them alone."""
    import numpy as np

    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import joined
    from diffrep.pipelines.core.files import write_arrays
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.evaluation.carry_over import carry_over
    from diffrep.pipelines.evaluation.part_maps import write_part_map
    from diffrep.pipelines.evaluation.probing import lifts_of_parts, probe_codes
    from diffrep.pipelines.trained.codes import codes_of_images, read_parts, read_views

    data, settings, seed = Prepared(cell.shared.data), params.evaluate.probe, params.evaluate.seed
    with written(STAGE, cell, params, data_sha256=data.checksum) as result:
        codes = codes_of_images(cell, data.splits)
        measured = probe_codes(codes, data, settings, seed)
        result.add(joined(measured, carry_over(codes, data, settings, seed)))
        if untaught := data.alike("train"):
            result.notes["untaught"] = untaught  # no probe can learn them, and their precision on test images is chance
        for view in read_views(cell):
            read = codes_of_images(cell, data.splits, view)
            result.view(view)["code_dim"] = int(np.prod(read["test"].shape[1:]))
            result.view(view).add(probe_codes(read, data, settings, seed))
        parts = read_parts(cell)
        if len(parts) > 1 and data.attributes.shape[1]:
            lifts = lifts_of_parts(codes, [part.dims for part in parts], data)
            write_part_map(part_map(result.folder), parts, data.card["attribute_names"], lifts)
        write_arrays(cell.arrays("probe"), measured.arrays)


STAGE = Stage(
    probe,
    Cell,
    params=("evaluate.preset", "evaluate.seed", "evaluate.probe", "machine.threads"),
    reads=lambda cell: (cell.shared.data, cell.codes, cell.parts),
    writes=lambda cell: (cell.arrays("probe"),),
    results=lambda cell: (cell.results("probe"),),
)
