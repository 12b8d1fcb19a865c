"""Note the largest code of the grid, which noise anchors take, so that they depend on no more than that of it."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.pipelines.core.stage import Stage


def code_size(params: Params, shared: Shared) -> None:
    """Write the largest size of a default view over the cells of a data set, as their codes are."""
    from diffrep.pipelines.core.cards import write_card
    from diffrep.pipelines.trained.codes import read_layout

    cells = [Cell(shared.dataset, method, seed) for method in params.grid.method for seed in params.grid.seed]
    write_card(shared.code_size, {"code_size": max(read_layout(cell)["code_size"] for cell in cells)})


STAGE = Stage(
    code_size,
    Shared,
    params=("grid.method", "grid.seed"),
    reads=lambda shared: (shared.parts,),
    writes=lambda shared: (shared.code_size,),
)
