"""Stage prepare: a data set's source becomes arrays that every later stage maps into memory."""

from typing import Any

from diffrep.datasets import DATASETS
from diffrep.datasets.prepared import write
from diffrep.pipelines import layout
from diffrep.pipelines.names import lookup
from diffrep.pipelines.params import adapter_of, arguments
from diffrep.pipelines.progress import meter


def prepare(params: dict[str, Any], dataset: str) -> None:
    """Write data/<dataset>: images, factors, attributes, splits, card.json."""
    cls = lookup(DATASETS, adapter_of(params, "datasets", dataset), "data set")
    source = cls(**arguments(cls, f"datasets.{dataset}", params["datasets"][dataset]))
    with meter(f"prepare {dataset}", len(source)) as shown:
        write(source, layout.data(dataset), progress=lambda done, _: shown.advance(done - shown.done))
