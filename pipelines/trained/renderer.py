"""Data sets whose images can be drawn anew with one factor changed, so that the truth of an edit is known."""

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
