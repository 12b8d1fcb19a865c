"""3D Shapes (Burgess and Kim 2018): rooms of six factors, all 480,000 combinations, from the published 3dshapes.h5."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.joint import Joint
from diffrep.datasets.files.kinds import expect_file
from diffrep.datasets.files.unpacked import Unpacked
from diffrep.datasets.readers.grid_images import GridImages
from diffrep.datasets.rendered.room import FACTOR_NAMES, FACTOR_SIZES
from diffrep.datasets.shapes3d_rendered import RULES, attributes_of

SIDE = 64
AT_ONCE = 1 << 29  # bytes of images in memory while unpacking
DECIMALS = 4  # of labels, whose steps are hundredths or more
END = 1 << 20  # bytes at either end by which a file is known


class Shapes3D(GridImages):
    """Rooms drawn without replacement from the file's 480,000; the attributes are those of `Shapes3DRendered`.

    file  3dshapes.h5 in any chunking. It is compressed in chunks of many images, of which a row at random would open
          thousands: the first call of `images` unpacks it beside itself, 5.9 GB.

    There is no official split: published models are mostly trained and scored on all 480,000 images. Factors are
    numbers of values, in the file's order; its `labels` must be that grid, whatever the values they are written in.
    FileNotFoundError without the file, ValueError for another one and where h5py is not installed.
    """

    about = About(
        title="3D Shapes",
        citation="Burgess and Kim 2018, github.com/deepmind/3d-shapes",
        licence="Apache-2.0",
        size="3dshapes.h5, about 255 MB, md5 099a2078d58cec4daad0702c55d06868: 480,000 images of 64 x 64",
        place="`file`: the path of 3dshapes.h5; its folder needs 5.9 GB more for the unpacked images",
        extra="data",
        may_be_shown=True,
    )
    factor_names = FACTOR_NAMES
    factor_sizes = FACTOR_SIZES
    attribute_names = tuple(RULES)
    attribute_groups = tuple(group for group, _ in RULES.values())
    attribute_sources = ("factor rule",) * len(RULES)
    image_shape = (3, SIDE, SIDE)
    licence = "Apache-2.0"
    published_md5 = "099a2078d58cec4daad0702c55d06868"

    def __init__(self, *, file: str, joint: Joint, train: int, valid: int, test: int, seed: Seed) -> None:
        self._file = expect_file(Path(file), "hdf5")
        self._grid = Grid(self.factor_names, self.factor_sizes)
        shape = (len(self._grid), SIDE, SIDE, 3)
        with _opened(self._file) as content:
            self._expect_grid(content, shape)
        identity = _ends(self._file)
        self._unpacked = Unpacked(self._file, identity, shape, glimpsed=[self._file], summed=self._file)
        expect_none(filter(None, [self._unpacked.fault()]))
        self._draw(Counts(train, valid, test), joint, seed)
        self.source = f"3D Shapes, {len(self._grid):,} images of {SIDE} x {SIDE} with labels in the order of the grid"

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 36] uint8, 0 or 1."""
        return attributes_of(self.factors(rows))

    def _at(self, places: np.ndarray) -> np.ndarray:
        return self._unpacked.images(self._blocks)[places]

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """All images in order, as many chunks of the file at a time as memory allows: each is decompressed once."""
        with _opened(self._file) as content:
            images = content["images"]
            most = AT_ONCE // (SIDE * SIDE * 3)
            chunk = min(images.chunks[0] if images.chunks else most, most)
            rows = most // chunk * chunk
            for start in range(0, len(images), rows):
                try:
                    yield start, images[start : start + rows]
                except OSError as error:
                    raise ValueError(f"{self._file} is damaged ({error}): get it again") from None

    def _labels(self, content: Any) -> np.ndarray:
        try:
            return content["labels"][:]
        except OSError as error:
            raise ValueError(f"{self._file} is damaged ({error}): get it again") from None

    def _expect_grid(self, content: Any, shape: tuple[int, ...]) -> None:
        """Whether the file holds this data set: its arrays, their sizes, and labels that turn as a grid does."""
        for name, wanted in {"images": shape, "labels": (shape[0], len(self.factor_sizes))}.items():
            found = getattr(content.get(name), "shape", None)
            if found != wanted:
                is_there = f"{name} {list(found)}" if found else f"no {name}"
                raise ValueError(
                    f"{self._file} has {is_there}, 3D Shapes has {name} {list(wanted)}: it is another file"
                )
        if content["images"].dtype != np.uint8:
            raise ValueError(f"{self._file} has images of {content['images'].dtype}, 3D Shapes has uint8: another file")
        told = self._labels(content).round(DECIMALS)
        for column, name in enumerate(self.factor_names):
            numbers = np.unique(told[:, column], return_inverse=True)[1]
            if not np.array_equal(numbers, self._grid.factors(np.arange(len(told)))[:, column]):
                raise ValueError(f"{self._file} has labels of {name} in another order than 3D Shapes': another file")


def _opened(path: Path) -> Any:
    """The h5 file, for one process and for as long as it is read."""
    if find_spec("h5py") is None:
        raise ValueError(f"{path} is read by h5py, which is not installed: pip install 'diffrep[data]'")
    import h5py  # of the extra `data`

    try:
        return h5py.File(path, "r")
    except OSError as error:
        raise ValueError(f"{path} is cut off or damaged ({' '.join(str(error).split())}): get it again") from None


def _ends(path: Path) -> str:
    """A name of the content of a large file: a sum over its length and the bytes at either end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        first = file.read(END)
        file.seek(max(0, size - END))
        return "ends-" + sha256(b"%d" % size + first + file.read(END)).hexdigest()[:12]
