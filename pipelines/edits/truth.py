"""True counterfactuals: the scene drawn anew with one factor changed, where a data set can do that."""

from typing import Protocol

import numpy as np

from diffrep.pipelines.core.params import Params
from diffrep.pipelines.trained.adapters import data_class, data_source

NO_TRUTH = "not applicable: these images cannot be drawn anew with one factor changed"


class Renderer(Protocol):
    """A data set whose images can be drawn anew, as Shapes3DRendered."""

    def redrawn(self, factors: np.ndarray, original: np.ndarray) -> np.ndarray:
        """Images [n, h, w, c] uint8 of factors [n, K], with the nuisance of images of other factors `original`."""
        ...


def renderer(params: Params, dataset: str) -> Renderer | None:
    """The data set's adapter if it can draw its images anew; else None."""
    return data_source(params, dataset) if hasattr(data_class(params, dataset), "redrawn") else None


def true_images(scene: Renderer, source: np.ndarray, donor: np.ndarray, factor: np.ndarray) -> np.ndarray:
    """[n, h, w, c] uint8: the source's scene with the donor's value of one factor, nothing else changed.

    source, donor  [n, K] int factors
    factor         [n] which of the K is the donor's

    The source's own nuisance is kept, so that truth and source are equal to the bit where nothing had to change.
    """
    edited, row = source.copy(), np.arange(len(source))
    edited[row, factor] = donor[row, factor]
    return scene.redrawn(edited, source)
