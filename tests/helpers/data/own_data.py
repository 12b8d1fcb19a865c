"""A data set of one's own that keeps the contract: 60 small pictures, two attributes, one factor."""

import numpy as np

COUNT, SIDE = 60, 8


class Dots:
    """Grey squares with noise; brighter where the first attribute is there, redder where the second is."""

    image_shape = (3, SIDE, SIDE)
    factor_names = ("level",)
    factor_sizes = (5,)
    attribute_names = ("bright", "red")
    attribute_groups = ("tone", "colour")
    attribute_sources = ("label", "label")
    source = "my pictures"
    licence = "unknown"
    checksum = "none"

    def __init__(self, *, seed):
        drawn = np.random.default_rng(seed)
        self.level = drawn.integers(0, 5, (COUNT, 1))
        self.known = drawn.integers(0, 2, (COUNT, 2)).astype(np.uint8)
        self.pictures = drawn.integers(0, 60, (COUNT, SIDE, SIDE, 3)).astype(np.uint8)
        self.pictures += 90 * self.known[:, :1, None, None]
        self.pictures[..., 0] += 60 * self.known[:, 1, None, None]

    def __len__(self):
        return COUNT

    def splits(self):
        return {"train": np.arange(40), "valid": np.arange(40, 50), "test": np.arange(50, 60)}

    def images(self, rows):
        return self.pictures[rows]

    def factors(self, rows):
        return self.level[rows]

    def attributes(self, rows):
        return self.known[rows]
