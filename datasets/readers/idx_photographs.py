"""Folders in the layout of MNIST: images and labels of training and test, an IDX file each."""

from pathlib import Path

import numpy as np

from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.idx import idx_array
from diffrep.datasets.readers.class_photographs import ClassPhotographs, one_hot
from diffrep.datasets.readers.official_splits import Splits, chosen

PARTS = {"train": ("train",), "test": ("t10k", "test")}  # what their files' names say


class IdxPhotographs(ClassPhotographs):
    """Grey images of one class each, padded with background to `size`."""

    image_shape: tuple[int, int, int]

    def _read(
        self,
        files: dict[str, Path],
        size: int,
        counts: Counts,
        splits: Splits,
        seed: int,
        title: str,
        names: tuple[str, ...],
    ) -> np.ndarray:
        """Draw images; which they are, [n], of the training and then the test images.

        files  as `idx_files` finds them; names: of classes, () for their numbers
        """
        found = {name: idx_array(path) for name, path in files.items()}
        expect_none(_faults(found, files))
        labels = np.concatenate([found[f"{part} labels"] for part in PARTS])
        split, side, _ = found["train images"].shape
        if size < side or (size - side) % 2:
            raise ValueError(f"size is {side}, or an even number of pixels more: got {size}")
        pools = {"train": np.arange(split), "test": np.arange(split, len(labels))}
        drawn, rows = chosen(pools, counts, splits, seed, title)
        classes = np.unique(labels)
        if names and len(names) != len(classes):
            raise ValueError(f"class_names has {len(names)} words for the {len(classes)} classes of {title}: one each")
        self.image_shape = (1, size, size)
        self._images = np.empty((len(drawn), side, side), np.uint8)
        self._images[drawn < split] = found["train images"][drawn[drawn < split]]
        self._images[drawn >= split] = found["test images"][drawn[drawn >= split] - split]
        known = one_hot(np.searchsorted(classes, labels[drawn]), len(classes))
        self._describe(known, {"class": names or tuple(map(str, classes))}, rows)
        return drawn

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 1] uint8, the thing light on black."""
        edge = (self.image_shape[1] - self._images.shape[1]) // 2
        return np.pad(self._images[rows], ((0, 0), (edge, edge), (edge, edge)))[..., None]


def idx_files(folder: str, title: str) -> dict[str, Path]:
    """The four files of a folder: "train images", "train labels", "test images", "test labels".

    Names hold train, t10k or test, and images-idx3 or labels-idx1; gzipped or not, the first where there are both.
    FileNotFoundError or ValueError, where one is missing or might be several.
    """
    place = Path(folder).expanduser()
    if not place.is_dir():
        raise FileNotFoundError(f"no folder {folder!r}: folder is where the four files of {title} lie")
    names = sorted(path.name for path in place.iterdir())
    files, several, missing = {}, [], []
    for part, words in PARTS.items():
        for what in ("images-idx3-ubyte", "labels-idx1-ubyte"):
            ends = tuple(f"{word}-{what}{end}" for word in words for end in (".gz", ""))
            found = [name for name in names if name.replace(".idx", "-idx").endswith(ends)]
            found = [name for name in found if f"{name}.gz" not in found]
            if len(found) == 1:
                files[f"{part} {what[:6]}"] = place / found[0]
            elif found:
                several.append(f"{place} has {' and '.join(found)}: a folder of its own for each data set would do")
            else:
                missing.append(f"{place} has no {ends[0]}")
    if missing:
        raise FileNotFoundError(f"{'; '.join(missing)}: put the four files of {title} there")
    expect_none(several)
    return files


def _faults(found: dict[str, np.ndarray], files: dict[str, Path]) -> list[str]:
    """What keeps the arrays from being images with a label each."""
    faults = []
    for part in PARTS:
        images, labels = found[f"{part} images"], found[f"{part} labels"]
        if images.ndim != 3 or images.dtype != np.uint8 or images.shape[1] != images.shape[2]:
            told = " x ".join(map(str, images.shape))
            faults.append(f"{files[f'{part} images']} has {images.dtype} {told}: squares of bytes would do")
        if labels.ndim != 1 or labels.dtype.kind not in "iu" or len(labels) != len(images):
            told = " x ".join(map(str, labels.shape))
            faults.append(f"{files[f'{part} labels']} has {told} labels for {len(images)} images: one each would do")
    if not faults and found["train images"].shape[1:] != found["test images"].shape[1:]:
        faults.append(f"{files['train images']} and {files['test images']} have images of different sizes")
    return faults
