"""Compute features of two disjoint sets of real training images, to which the distances of edits are measured."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.stage import EVALUATION_MACHINE, Stage


def references(params: Params, shared: Shared) -> None:
    """Write the features of both sets by every extractor whose weights are here."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.pipelines.core.files import write_arrays
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.edits.references import reference_features
    from diffrep.pipelines.trained.cells import torch_device

    data, count = Prepared(shared.data), params.evaluate.counterfactual.images
    with written(STAGE, shared, params, data_sha256=data.checksum) as result:
        features = reference_features(data, count, params.evaluate.seed, torch_device(params))
        result["n_images"] = count
        write_arrays(shared.references, features)


STAGE = Stage(
    references,
    Shared,
    params=("evaluate.seed", "evaluate.counterfactual.images", *EVALUATION_MACHINE),
    reads=lambda shared: (shared.data,),
    writes=lambda shared: (shared.references,),
    results=lambda shared: (shared.results("references"),),
    on_device=True,
)
