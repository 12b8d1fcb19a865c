"""Cars3D (Reed, Zhang, Zhang and Lee 2015, Deep Visual Analogy-Making): 183 cars seen from 24 sides and 4 heights."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.joint import Joint
from diffrep.datasets.files.meshes import SIDE, Archive, Folder, Meshes
from diffrep.datasets.files.unpacked import Unpacked
from diffrep.datasets.readers.grid_images import GridImages
from diffrep.datasets.readers.pictures import square

REPEATED = 10  # times that DisDiff's and EncDiff's loader has each image


class Cars3D(GridImages):
    """Cars drawn without replacement from the 17,568 images; object i is the i-th name of list.txt.

    folder  data/cars of the archive, or a folder that has it, or nips2015-analogy-data.tar.gz itself (whatever its
            name); the first call of `images` unpacks 0.9 GB beside it. The order of a directory is never used.
    size    pixels of the side, up to 128, by Pillow's LANCZOS: at 64 what disentanglement_lib's thumbnail gives
    labels  true: what an image shows. disdiff: the labels that DisDiff's and EncDiff's released code scores with. Their
            loader has each image ten times, their metrics take row p of it, which is image p // 10, for the image with
            the factors of p. Test rows here are such rows p, so their images are of the grid's first 1,757 only, and
            `redrawn` looks images up as they do. Training looked at all images and at no labels: training and
            validation rows are as with true, and an image may be in them and in test rows.

    The azimuth's upper half is one half of a turn. FileNotFoundError without the files; ValueError with all that is
    wrong with them.
    """

    about = About(
        title="Cars3D",
        citation="Reed, Zhang, Zhang and Lee 2015, Deep Visual Analogy-Making, NeurIPS",
        licence="none stated",
        size="nips2015-analogy-data.tar.gz, about 300 MB, md5 4e866a7919c1beedf53964e6f7a23686: 17,568 images",
        place="`folder`: data/cars of the archive or the archive itself; 0.9 GB more are needed beside it",
    )
    factor_names = ("elevation", "azimuth", "object")
    factor_sizes: tuple[int, ...] = (4, 24, 183)
    licence = "none stated: not to be passed on"
    published_md5 = "4e866a7919c1beedf53964e6f7a23686"

    def __init__(
        self,
        *,
        folder: str,
        size: int,
        labels: Literal["true", "disdiff"],
        joint: Joint,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        if not 8 <= size <= SIDE:
            raise ValueError(f"size is from 8 to {SIDE} pixels: got {size}")
        self.image_shape = (3, size, size)
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=("azimuth",))
        self._meshes = self._found(Path(folder))
        shape = (len(self._grid), SIDE, SIDE, 3)
        meshes = self._meshes
        self._unpacked = Unpacked(meshes.beside, meshes.identity, shape, glimpsed=meshes.glimpsed, summed=meshes.summed)
        expect_none(filter(None, [self._unpacked.fault()]))
        self._draw(Counts(train, valid, test), joint, seed)
        self._wrong = labels == "disdiff"
        told = f"labels of test rows as DisDiff scores them: those of row p for image p // {REPEATED}"
        self.source = f"Cars3D, {shape[0]:,} images of 128 x 128{f'; {told}' if self._wrong else ''}"

    def _found(self, folder: Path) -> Meshes:
        elevations, azimuths, objects = self.factor_sizes
        if folder.is_file():
            return Archive(folder, objects, (azimuths, elevations))
        for place in (folder, folder / "cars", folder / "data" / "cars"):
            if (place / "list.txt").is_file():
                return Folder(place, objects, (azimuths, elevations))
        raise FileNotFoundError(
            f"{folder} has no list.txt, nor cars/list.txt: `folder` is data/cars of nips2015-analogy-data.tar.gz, or it"
        )

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8; the first call ever unpacks the archive beside it."""
        wrong = np.isin(rows, self._splits["test"]) & self._wrong
        places = self._drawn[rows]
        return self._resized(np.where(wrong, places // REPEATED, places))

    def _at(self, places: np.ndarray) -> np.ndarray:
        """What edits are compared with: the image that the labels in force give these factors."""
        return self._resized(places // REPEATED if self._wrong else places)

    def _resized(self, places: np.ndarray) -> np.ndarray:
        elevation, azimuth, number = np.unravel_index(places, self.factor_sizes)
        rows = np.ravel_multi_index((number, elevation, azimuth), self._by_object)
        size = self.image_shape[1]
        images = self._unpacked.images(self._blocks)[rows]
        if size == SIDE:
            return images
        return np.stack([square(Image.fromarray(image), size, resampling="lanczos") for image in images])

    @property
    def _by_object(self) -> tuple[int, int, int]:
        elevations, azimuths, objects = self.factor_sizes
        return objects, elevations, azimuths

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """All images of an object at a time, [elevation, azimuth] in C order."""
        _, elevations, azimuths = self._by_object
        for number, mesh in self._meshes.images():
            yield number * elevations * azimuths, mesh.transpose(4, 3, 0, 1, 2).reshape(-1, SIDE, SIDE, 3)
