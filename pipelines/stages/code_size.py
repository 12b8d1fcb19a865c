"""Note the largest code of the grid, which noise anchors take, so that they depend on no more than that of it."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.pipelines.core.stage import Stage


def code_size(params: Params, shared: Shared) -> None:
    """Write the largest size of a default view over the cells of a data set, as their codes are; UserError for none.

    A seed of which no method has codes yet is left out.
    """
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.trained.codes import read_layout

    seeds = [[Cell(shared.dataset, method, seed) for method in params.grid.method] for seed in params.grid.seed]
    begun = [cells for cells in seeds if any(cell.parts.exists() for cell in cells)]
    sizes = [read_layout(cell)["code_size"] for cells in begun or seeds for cell in cells]
    write_card(shared.code_size, {"code_size": max(sizes)})


STAGE = Stage(
    code_size,
    Shared,
    params=("grid.method", "grid.seed"),
    reads=lambda shared: (shared.parts,),
    writes=lambda shared: (shared.code_size,),
)
