"""The real source handed back instead of an edit: all that had to change is wrong, nothing else is."""

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.measured import Measured, joined
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits.scenes import Scenes, true_images
from diffrep.pipelines.edits.session import draw_pairs
from diffrep.pipelines.edits.targets import differing
from diffrep.pipelines.edits.truth_scores import edit_errors
from diffrep.pipelines.trained.renderer import Renderer


def unedited_errors(data: Prepared, scene: Renderer, settings: Counterfactual, seed: int) -> Measured:
    """The errors of the sources of the pairs that every method's numbers are of: `EDIT_ERRORS`, and how many pairs."""
    pairs = draw_pairs(data.splits["test"], max(settings.pairs, settings.images), seed)
    a, b = (data.splits["test"][side[settings.pairs // 2 : settings.pairs]] for side in pairs)
    factors = np.asarray(data.factors)
    cases, factor = differing(factors[a], factors[b])
    source, truth = data.images[a[cases]], true_images(scene, factors[a[cases]], factors[b[cases]], factor)
    errors = edit_errors(Scenes(cases, factor, truth, source, source), source, seed=seed)
    return joined(errors, Measured({"n_pairs": settings.pairs}))
