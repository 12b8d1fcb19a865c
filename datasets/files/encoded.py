"""Images that are kept as PNG, one behind the other, because as an array they would fill the disk."""

import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image


def png(image: np.ndarray) -> bytes:
    """An image [h, w, c] uint8 as a PNG, from which it comes back to the last bit."""
    file = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image).save(file, "PNG")
    return file.getvalue()


class Encoded:
    """What an array of images [n, h, w, c] uint8 is asked for, from a file of PNGs and the ends [n] of each in it.

    Rows are decoded as they are asked for; `nbytes` is what they would take as an array.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, path: Path, ends: np.ndarray, shape: tuple[int, int, int]) -> None:
        self.path, self.ends, self.shape = path, ends, (len(ends), *shape)
        self.content = np.memmap(path, np.uint8, mode="r")

    def __len__(self) -> int:
        return len(self.ends)

    @property
    def nbytes(self) -> int:
        """Bytes of the array that these images are."""
        return int(np.prod(self.shape))

    def __getitem__(self, rows: Any) -> np.ndarray:
        """The images of a row number, a slice, or row numbers [m]."""
        wanted = np.arange(len(self))[rows]
        if wanted.ndim == 0:
            return self._image(int(wanted))
        return (
            np.stack([self._image(row) for row in wanted]) if len(wanted) else np.empty((0, *self.shape[1:]), np.uint8)
        )

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All of them."""
        return self[:] if dtype is None else self[:].astype(dtype)

    def _image(self, row: int) -> np.ndarray:
        start = self.ends[row - 1] if row else 0
        with Image.open(io.BytesIO(self.content[start : self.ends[row]].tobytes()), formats=("PNG",)) as image:
            return np.asarray(image).reshape(self.shape[1:])

    def __getstate__(self) -> dict[str, Any]:
        """What another process is sent: the file's name, for it to open."""
        return {"path": self.path, "ends": self.ends, "shape": self.shape[1:]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]
