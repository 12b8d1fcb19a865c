"""Which data sets can draw their images anew."""

import numpy as np

from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.trained.renderer import renderer


def test_rooms_can_be_drawn_anew_and_photographs_cannot(small_values):
    small_values["datasets"]["fashion_mnist"] = {
        **{"size": 32, "archive": "shipped", "train": 60, "valid": 20, "test": 20, "seed": 0}
    }
    params = parsed(small_values)
    assert renderer(params, "fashion_mnist") is None
    factors = np.zeros((2, 6), int)
    assert renderer(params, "shapes3d_rendered").redrawn(factors, factors).shape == (2, 16, 16, 3)
