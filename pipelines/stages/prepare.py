"""Render or read a data set: its source becomes arrays that every later stage maps into memory.

Where the images are not rendered, the archive that params.yaml names is read.
"""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.stage import Stage


def prepare(params: Params, shared: Shared) -> None:
    """Write data/<dataset>: images, factors, attributes, splits, card.json."""
    from diffrep.datasets.prepared import write
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.trained.adapters import adapter_path, data_set_named, data_source

    name = shared.dataset
    source = data_source(params, name)
    with (
        data_set_named(name, adapter_path(params, "datasets", name)),
        meter(f"prepare {name}", len(source)) as shown,
    ):
        write(source, shared.data, progress=lambda done, _: shown.advance(done - shown.done))


STAGE = Stage(
    prepare,
    Shared,
    params=("datasets.{dataset}",),
    reads=lambda shared: (shared.code,),
    writes=lambda shared: (shared.data,),
)
