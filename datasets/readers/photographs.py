"""What data sets of photographs share: rows of a store of pictures, decoded when they are asked for."""

import numpy as np
from PIL import Image

from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.readers.pictures import Resampling, picture, square
from diffrep.datasets.readers.stores import Store

SMALLEST = 8  # pixels of a side


class Photographs:
    """Pictures of a store, square and of one size; no factors, and no attributes unless a data set gives some.

    size        pixels of the side
    resampling  how pictures come to it
    """

    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()
    attribute_names: tuple[str, ...] = ()
    attribute_groups: tuple[str, ...] = ()
    attribute_sources: tuple[str, ...] = ()
    image_shape: tuple[int, int, int]
    _resampling: Resampling
    _store: Store
    _names: np.ndarray  # [n] bytes: what the store calls the picture of each row
    _splits: dict[str, np.ndarray]

    def __init__(self, store: Store, size: int, resampling: Resampling) -> None:
        if size < SMALLEST:
            raise ValueError(f"size is {SMALLEST} pixels or more: got {size}")
        self.image_shape = (3, size, size)
        self._store, self._resampling = store, resampling

    def __len__(self) -> int:
        return len(self._names)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return self._splits

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8; Faults for all among them that cannot be decoded."""
        names = self._names[rows]
        found = np.zeros((len(names), *self.image_shape[1:], 3), np.uint8)
        faults = []
        for place, (name, data) in enumerate(zip(names, self._store.encoded(names), strict=True)):
            try:
                found[place] = self._cut(picture(data, self._told(name)), self._told(name))
            except ValueError as error:
                faults.append(str(error))
        expect_none(faults)
        return found

    def factors(self, rows: np.ndarray) -> None:
        """Photographs have no ground-truth factors."""
        return None

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 0] uint8: none are known."""
        return np.zeros((len(rows), 0), np.uint8)

    def _cut(self, image: Image.Image, name: str) -> np.ndarray:
        """[size, size, 3] uint8: what is shown of a picture."""
        return square(image, self.image_shape[1], resampling=self._resampling)

    def _told(self, name: bytes) -> str:
        """A picture's name in a sentence."""
        return f"{self._store.path}/{name.decode(errors='replace')}"

    def _sides(self) -> tuple[int, int]:
        """(width, height) of the first picture of the rows, as it is stored."""
        (data,) = self._store.encoded(self._names[:1])
        return picture(data, self._told(self._names[0])).size
