"""Render or read a data set: its source becomes arrays that every later stage maps into memory.

Where the images are not rendered, the archive that params.yaml names is read.
"""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.stage import Stage


def prepare(params: Params, shared: Shared) -> None:
    """Write data/<dataset>: images, factors, attributes, splits, card.json."""
    from diffrep.datasets.contract import ContractError, expect_described
    from diffrep.datasets.prepared import write
    from diffrep.pipelines.core.errors import UserError
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.trained.adapters import adapter_path, data_source

    source = data_source(params, shared.dataset)
    try:
        expect_described(source)  # its length is asked for next
        with meter(f"prepare {shared.dataset}", len(source)) as shown:
            write(source, shared.data, progress=lambda done, _: shown.advance(done - shown.done))
    except ContractError as error:
        path = adapter_path(params, "datasets", shared.dataset)
        raise UserError(f"data set {shared.dataset!r} ({path}): {error}") from error


STAGE = Stage(
    prepare,
    Shared,
    params=("datasets.{dataset}",),
    reads=lambda shared: (shared.code,),
    writes=lambda shared: (shared.data,),
)
