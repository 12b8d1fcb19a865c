"""Stage references: features of two disjoint sets of real training images, what distances of edits are measured to."""

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.results import written
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.edits.extractors import extractors
from diffrep.pipelines.edits.realism import OTHER, REFERENCE


def references(params: Params, shared: Shared) -> None:
    """Write the features of both sets by every extractor whose weights are here."""
    data, count = Prepared(shared.data), params.evaluate.counterfactual.images
    with written(STAGE, shared, params, data_sha256=data.checksum) as result:
        write_arrays(shared.references, reference_features(data, count, params.evaluate.seed))
        result["n_images"] = count


def reference_features(data: Prepared, count: int, seed: int) -> dict[str, np.ndarray]:
    """Features [count, d] of two disjoint sets of real training images, the reference of all distances and their floor.

    {"<extractor>_reference", "<extractor>_other"} for every extractor.
    """
    rows = np.random.default_rng(seed).permutation(data.splits["train"])
    if len(rows) < 2 * count:
        told = f"evaluate.counterfactual.images = {count} needs {2 * count} training images"
        raise UserError(f"{told}, there are {len(rows)}")
    sets = {REFERENCE: data.images[rows[:count]], OTHER: data.images[rows[count : 2 * count]]}
    return {f"{name}_{side}": features(sets[side]) for name, features in extractors().items() for side in sets}


STAGE = Stage(
    references,
    Shared,
    params=("evaluate.seed", "evaluate.counterfactual.images", "machine.threads"),
    reads=lambda shared: (shared.data,),
    writes=lambda shared: (shared.references,),
    results=lambda shared: (shared.results("references"),),
)
