"""dSprites (Matthey, Higgins, Hassabis and Lerchner 2017): white shapes on black, 737,280 combinations of factors."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.joint import Joint
from diffrep.datasets.files.npz import members
from diffrep.datasets.files.unpacked import Unpacked
from diffrep.datasets.readers.grid_images import GridImages

SIDE = 64
BLOCK = 8192  # images read at a time
WORDS: dict[str, tuple[str, ...]] = {"shape": ("square", "ellipse", "heart")}


class DSprites(GridImages):
    """Sprites drawn without replacement from the file's 737,280; 0 and 1 of the file are 0 and 255 here.

    file  dsprites_ndarray_co1sh3sc6or40x32y32_64x64.npz; the first call of `images` unpacks it beside itself, 3 GB.
          Its `metadata` is a pickle and is never read: `latents_classes` tell the order.

    The colour is white only and is no factor here. Orientations are 40 steps from 0 to 360 degrees inclusive (assumed
    from common descriptions of the file), so the first and the last look alike; squares repeat every 90 degrees,
    ellipses every 180: the number of the orientation cannot be told from the image, and no attribute is made of it.
    FileNotFoundError without the file, ValueError for another one.
    """

    about = About(
        title="dSprites",
        citation="Matthey, Higgins, Hassabis and Lerchner 2017, github.com/deepmind/dsprites-dataset",
        licence="Apache-2.0",
        size="the .npz, some ten MB: 737,280 images of 64 x 64, black and white",
        place="`file`: the path of the .npz; its folder needs 3 GB more for the unpacked images",
        may_be_shown=True,
    )
    factor_names = ("shape", "scale", "orientation", "x", "y")
    factor_sizes: tuple[int, ...] = (3, 6, 40, 32, 32)
    factor_words = WORDS
    image_shape = (1, SIDE, SIDE)
    licence = "Apache-2.0"

    def __init__(self, *, file: str, joint: Joint, train: int, valid: int, test: int, seed: Seed) -> None:
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=("x", "y"), words=WORDS)
        images, self._classes = members(Path(file), "imgs", "latents_classes")
        count = len(self._grid)
        for member, shape in ((images, (count, SIDE, SIDE)), (self._classes, (count, 1 + len(self.factor_sizes)))):
            if member.shape != shape:
                raise ValueError(f"{file} has {member.key} {list(member.shape)}, dSprites {list(shape)}: another file")
        if images.dtype != np.uint8:
            raise ValueError(f"{file} has imgs of {images.dtype}, dSprites uint8: it is another file")
        self._images = images
        self._unpacked = Unpacked(images.path, f"crc32-{images.crc32}", images.shape, summed=images.path)
        expect_none(filter(None, [self._unpacked.fault()]))
        self._draw(Counts(train, valid, test), joint, seed)
        self.source = f"dSprites, {count:,} images of {SIDE} x {SIDE}, of 0 and 1, in the order of the grid"

    def _at(self, places: np.ndarray) -> np.ndarray:
        return self._unpacked.images(self._blocks)[places][..., None] * np.uint8(255)

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """All images in order, once their classes are found to be the grid and they to be of 0 and 1."""
        told = self._classes.whole()[:, 1:]  # the first is the colour
        if not np.array_equal(told, self._grid.factors(np.arange(len(told)))):
            raise ValueError(f"{self._classes.path} has latents_classes in another order than dSprites': another file")
        for start, images in self._images.blocks(BLOCK):
            if images.max() > 1:
                raise ValueError(f"{self._images.path} has pixels up to {images.max()}, dSprites 0 and 1: another file")
            yield start, images
