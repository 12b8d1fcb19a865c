"""small NORB (LeCun, Huang and Bottou 2004): grey photographs of 50 toys, lit and turned in steps."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed, consecutive
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.kinds import fault_of_file
from diffrep.datasets.files.norb import expect_matrix, matrix, matrix_blocks
from diffrep.datasets.files.unpacked import Unpacked
from diffrep.datasets.readers.grid_images import GridImages
from diffrep.datasets.readers.pictures import Resampling, square

SIDE, EYES, BLOCK = 96, 2, 500
WORDS: dict[str, tuple[str, ...]] = {"category": ("animal", "human", "airplane", "truck", "car")}
INSTANCES = {"training": (4, 6, 7, 8, 9), "testing": (0, 1, 2, 3, 5)}
FILES = {  # and their md5
    "smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat.gz": "66054832f9accfe74a0f4c36a75bc0a2",
    "smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat.gz": "23c8b86101fbf0904a000b43d3ed2fd9",
    "smallnorb-5x46789x9x18x6x2x96x96-training-info.mat.gz": "51dee1210a742582ff607dfd94e332e3",
    "smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat.gz": "e4ad715691ed5a3a5f138751a4ceb071",
    "smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat.gz": "5aa791cd7e6016cf957ce9bdb93b8603",
    "smallnorb-5x01235x9x18x6x2x96x96-testing-info.mat.gz": "a9454f3864d7fd4bb3ea7fc3eb84924e",
}


class SmallNORB(GridImages):
    """The left images of the 48,600 pairs, all combinations of category, toy, elevation, azimuth and lighting.

    folder      has the six .mat.gz files; the first call of `images` unpacks 0.4 GB there
    size        pixels of the side, up to 96, by Pillow's `resampling`
    splits      official: test rows are of the published test part, training and validation rows are drawn from the
                training part; train and test count how many are used, 0 for all that are left. Each part has five toys
                of every category (instances 4, 6, 7, 8, 9 and 0, 1, 2, 3, 5), so what is learned of `instance` in one
                says nothing in the other. drawn: all rows are drawn from both parts, mixed.

    No attribute is made of `instance`: toy 3 of two categories has nothing in common. The azimuth's upper half is one
    half of a turn. The words for the categories are those of common descriptions (assumed, as is the licence).
    FileNotFoundError or ValueError for missing, damaged or other files, all at once.
    """

    about = About(
        title="small NORB",
        citation="LeCun, Huang and Bottou 2004, CVPR",
        licence="research only (assumed from common descriptions: not checked)",
        size="six .mat.gz files, smallnorb-5x46789x9x18x6x2x96x96-training-* and smallnorb-5x01235x...-testing-*",
        place="`folder`: where the six files are; 0.4 GB more are needed there",
    )
    factor_names = ("category", "instance", "elevation", "azimuth", "lighting")
    factor_sizes: tuple[int, ...] = (5, 10, 9, 18, 6)
    factor_words = WORDS
    licence = "for research only"

    def __init__(
        self,
        *,
        folder: str,
        size: int,
        resampling: Resampling,
        splits: Literal["official", "drawn"],
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        if not 8 <= size <= SIDE:
            raise ValueError(f"size is from 8 to {SIDE} pixels: got {size}")
        self.image_shape, self._resampling = (1, size, size), resampling
        self._paths = [Path(folder) / name for name in FILES]
        expect_none(filter(None, (fault_of_file(path, "gzip") for path in self._paths)))
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=("azimuth",), words=WORDS)
        for attribute in [name for name, (factor, _, _) in self._grid.rules.items() if factor == "instance"]:
            del self._grid.rules[attribute]
        self._row = self._rows_of_places()
        self._sums = [_md5(path) for path in self._paths]
        identity = f"sums-{hashlib.sha256(' '.join(self._sums).encode()).hexdigest()[:12]}"
        self._unpacked = Unpacked(Path(folder) / "smallnorb", identity, (len(self._grid), SIDE, SIDE))
        expect_none(filter(None, [self._unpacked.fault()]))
        counts = Counts(train, valid, test)
        draw = _official if splits == "official" else _mixed
        self._drawn, self._splits = draw(np.argsort(self._row), counts, seed)
        self.source = f"small NORB, left images of {len(self._grid):,} pairs, {splits} splits"

    @property
    def checksum(self) -> str:
        """The md5 of each of the six files, and whether they are the published ones."""
        same = "as published" if self._sums == list(FILES.values()) else "not all of them as published"
        return f"md5 of the six files, {same}: {' '.join(self._sums)}"

    def _rows_of_places(self) -> np.ndarray:
        """The row in both parts, training first, that has the image of each place of the grid."""
        half = len(self._grid) // 2
        factors = []
        for part, (images, categories, info) in zip(INSTANCES, (self._paths[:3], self._paths[3:]), strict=True):
            expect_matrix(images, (half, EYES, SIDE, SIDE), "|u1")
            category, known = matrix(categories, (half,), "<i4"), matrix(info, (half, 4), "<i4")
            if set(known[:, 0].tolist()) != set(INSTANCES[part]):
                raise ValueError(
                    f"{info} has toys {np.unique(known[:, 0])}, {part} has {INSTANCES[part]}: another file"
                )
            if (known[:, 2] % 2).any():
                raise ValueError(f"{info} has odd azimuths, small NORB's are 0, 2 ... 34: it is another file")
            factors.append(np.column_stack([category, known[:, :2], known[:, 2] // 2, known[:, 3]]))
        try:
            places = self._grid.index(np.concatenate(factors))
        except ValueError:
            raise ValueError(f"{self._paths[2].parent} has factors out of their range in cat or info") from None
        if not np.array_equal(np.sort(places), np.arange(len(self._grid))):
            raise ValueError(f"{self._paths[2].parent} has cat and info that are not every combination once")
        return np.argsort(places)

    def _at(self, places: np.ndarray) -> np.ndarray:
        images, size = self._unpacked.images(self._blocks)[self._row[places]], self.image_shape[1]
        if size == SIDE:
            return images[..., None]
        return np.stack([square(Image.fromarray(image), size, resampling=self._resampling) for image in images])

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """The left image of every pair, in the order of the files, training first."""
        for first, path in ((0, self._paths[0]), (len(self._grid) // 2, self._paths[3])):
            for start, pairs in matrix_blocks(path, BLOCK):
                yield first + start, pairs[:, 0]


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()


def _mixed(places: np.ndarray, counts: Counts, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Rows drawn from both parts."""
    return counts.drawn_from(places, seed, "small NORB")


def _official(places: np.ndarray, counts: Counts, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Training and validation rows of the first half of `places`, test rows of the second."""
    learned, tested = (np.random.default_rng(seed).permutation(part) for part in np.split(places, 2))
    train, test = counts.train or len(learned) - counts.valid, counts.test or len(tested)
    if min(train, counts.valid, test) < 1 or train + counts.valid > len(learned) or test > len(tested):
        raise ValueError(
            f"official splits have {len(learned):,} images to train and validate with and {len(tested):,} to test: got "
            f"{counts.train:,} + {counts.valid:,} and {counts.test:,}; valid is 1 or more, train or test 0 for the rest"
        )
    drawn = np.concatenate([learned[counts.valid : counts.valid + train], learned[: counts.valid], tested[:test]])
    return drawn, consecutive([train, counts.valid, test])
