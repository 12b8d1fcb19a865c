"""Score what is known beforehand and no seed has a part in: true factors, PCA of pixels, mean, real, null images."""

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.stage import Stage


def anchors(params: Params, shared: Shared) -> None:
    """Write the results of every such anchor that the data set has."""
    from diffrep.datasets.prepared import Prepared
    from diffrep.metrics.measured import Measured, joined
    from diffrep.pipelines.core.progress import meter
    from diffrep.pipelines.core.results import written
    from diffrep.pipelines.edits.realism import floor_of_distances
    from diffrep.pipelines.edits.references import OTHER_SET, REFERENCE_SET, read_references
    from diffrep.pipelines.edits.unedited import unedited_errors
    from diffrep.pipelines.evaluation.anchors import fixed_codes, mean_image, remove_others, write_scores
    from diffrep.pipelines.trained.renderer import renderer

    data, settings, seed = Prepared(shared.data), params.evaluate, params.evaluate.seed
    known = dict(fixed_codes(data))
    with meter(f"anchors {shared.dataset}", len(known)) as shown:
        for name, codes in known.items():
            write_scores(STAGE, shared, params, data, name, codes)
            shown.advance()
    images = {("mean_image", "reconstruct"): mean_image(data, settings.reconstruct.images)}
    other, reference = (read_references(shared.references, side) for side in (OTHER_SET, REFERENCE_SET))
    floor = floor_of_distances(other, reference, seed=seed)
    images["real", "counterfactual"] = joined(floor, Measured({"n_images": settings.counterfactual.images}))
    scene = renderer(params, shared.dataset)
    if scene is not None:
        images["unedited", "counterfactual"] = unedited_errors(data, scene, settings.counterfactual, seed)
    for (name, kind), measured in images.items():
        identity = {"method": name, "stage": kind, "data_sha256": data.checksum}
        with written(STAGE, shared, params, folder=shared.anchor(name, kind), **identity) as result:
            result.add(measured)
    remove_others(shared.results("anchors"), [*known, *(name for name, _ in images)])


STAGE = Stage(
    anchors,
    Shared,
    params=(
        *("evaluate.preset", "evaluate.seed", "evaluate.probe", "evaluate.disentangle", "evaluate.reconstruct.images"),
        *("evaluate.counterfactual.pairs", "evaluate.counterfactual.images", "datasets.{dataset}", "machine.threads"),
    ),
    reads=lambda shared: (shared.data, shared.code, shared.references),
    results=lambda shared: (shared.results("anchors"),),
)
