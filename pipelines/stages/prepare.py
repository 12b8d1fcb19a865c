"""Stage prepare: a data set's source becomes arrays that every later stage maps into memory."""

from typing import Any

from diffrep.datasets import DATASETS
from diffrep.datasets.prepared import write
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.params import adapter_of, arguments
from diffrep.pipelines.core.progress import meter


def prepare(params: dict[str, Any], dataset: str) -> None:
    """Write data/<dataset>: images, factors, attributes, splits, card.json."""
    cls = lookup(DATASETS, adapter_of(params, "datasets", dataset), "data set")
    source = cls(**arguments(cls, f"datasets.{dataset}", params["datasets"][dataset]))
    with meter(f"prepare {dataset}", len(source)) as shown:
        write(source, paths.data(dataset), progress=lambda done, _: shown.advance(done - shown.done))
