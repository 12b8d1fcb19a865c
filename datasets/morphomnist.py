"""Morpho-MNIST (Castro et al. 2018, arXiv:1809.10780): digits whose strokes were measured, thinned, swollen, broken."""

from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.idx import idx_array
from diffrep.datasets.readers.class_photographs import one_hot
from diffrep.datasets.readers.csv_table import read_table
from diffrep.datasets.readers.idx_photographs import IdxPhotographs, idx_files
from diffrep.datasets.readers.official_splits import Splits

MEASURES = ("area", "length", "thickness", "slant", "width", "height")
INDEX = "index"
PERTURBATIONS = ("plain", "thinned", "thickened", "swollen", "fractured")
CITATION = "Castro, Tan, Kainz, Konukoglu and Glocker 2018, arXiv:1809.10780"
LICENCE = "that of MNIST, none stated in the files; the authors' code is MIT"


class MorphoMNIST(IdxPhotographs):
    """Digits with six measured numbers, which are its targets, and how each was perturbed, where that is known.

    folder  of one of its zips (plain, global, local, thin, thic, swel, frac), unpacked: the four files of MNIST,
            train-morpho.csv and t10k-morpho.csv, and in global and local {train,t10k}-pert-idx1-ubyte.gz
    size    28, or an even number of pixels more: padded with background
    splits  official: so many of its training and test images, 0 for all; `valid` are drawn from the training images.
            drawn: train, valid and test are drawn from all images

    Attributes are the ten digits and, with labels of perturbations, those that occur. Rows of a table are matched to
    images by its column index. Targets: area in square pixels, length, thickness, width and height in pixels, slant in
    radians. FileNotFoundError, ValueError or Faults.

    No true images of edited measures are in the files: the authors' package draws them.
    """

    about = About(
        title="Morpho-MNIST",
        citation=CITATION,
        licence=LICENCE,
        size="13 to 17 MB, 70,000 images",
        place="folder: one of its zips, unpacked, from https://github.com/dccastro/Morpho-MNIST",
    )
    licence = LICENCE
    checksum = "none stated"
    target_names = MEASURES

    def __init__(
        self,
        *,
        folder: str,
        size: Annotated[int, Ge(1)],
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        files = idx_files(folder, "Morpho-MNIST")
        place = Path(folder).expanduser()
        starts = [files[f"{part} images"].name.split("-")[0] for part in ("train", "test")]
        counts = [len(idx_array(files[f"{part} labels"])) for part in ("train", "test")]
        measured = [
            _measured(place / f"{start}-morpho.csv", count) for start, count in zip(starts, counts, strict=True)
        ]
        perturbed = _perturbed(place, starts, counts)
        drawn = self._read(files, size, Counts(train, valid, test), splits, seed, "Morpho-MNIST", ())
        self._targets = np.concatenate(measured)[drawn]
        words: tuple[str, ...] = ()
        if perturbed is not None:
            kinds = np.unique(perturbed)
            words = tuple(PERTURBATIONS[kind] for kind in kinds)
            known = one_hot(np.searchsorted(kinds, perturbed[drawn]), len(kinds))
            groups = {"class": self.attribute_names, "perturbation": words}
            self._describe(np.concatenate([self._known, known], axis=1), groups, self._splits)
        told = ", ".join(words) or "of one perturbation or none, which the files do not say"
        self.source = f"Morpho-MNIST, {sum(counts):,} images ({told}), {splits} splits"

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 6] float32, in the order of `target_names`, as measured by the authors."""
        return self._targets[rows]


def _measured(path: Path, count: int) -> np.ndarray:
    """The measures [count, 6] of a table, in the order of its column index."""
    table = read_table(path)
    lacking = [name for name in MEASURES if name not in table.columns]
    expect_none(
        f"{path} has no column {name!r}: its first is {INDEX}, others {', '.join(MEASURES)}" for name in lacking
    )
    if sorted(table.keys) != sorted(map(str, range(count))):
        raise ValueError(f"{path} has {len(table.keys)} rows, whose index is not 0 to {count - 1} for as many images")
    found = np.zeros((count, len(MEASURES)), np.float32)
    try:
        found[[int(key) for key in table.keys]] = np.array([table.columns[name] for name in MEASURES], np.float64).T
    except ValueError as error:
        raise ValueError(f"{path} has measures that are no numbers ({error}): get it again") from error
    odd = np.flatnonzero(~np.isfinite(found).all(1))
    expect_none(f"{path} has no finite measures of image {place}: get the file again" for place in odd)
    return found


def _perturbed(place: Path, starts: list[str], counts: list[int]) -> np.ndarray | None:
    """The perturbation of each training and then each test image; None where there are no such files."""
    names = [next((f for f in place.glob(f"{start}-pert-idx1-ubyte*")), None) for start in starts]
    if names == [None, None]:
        return None
    if None in names:
        (there,) = filter(None, names)
        raise FileNotFoundError(f"{place} has {there.name} alone: perturbations of both parts, or of none, would do")
    found = [idx_array(name) for name in names if name]
    for name, labels, count in zip(names, found, counts, strict=True):
        if labels.shape != (count,) or labels.min() < 0 or labels.max() >= len(PERTURBATIONS):
            raise ValueError(f"{name} has no number from 0 to 4 for each of {count} images: get it again")
    return np.concatenate(found).astype(np.int64)
