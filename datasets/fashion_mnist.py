"""Photographs of clothes: Fashion-MNIST (Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747), MIT licence."""

from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.fashion_attributes import GROUPS, NAMES, SOURCES, attributes_of
from diffrep.datasets.files.about import About
from diffrep.datasets.files.idx import read_idx

SHIPPED = Path(__file__).parent / "fashion_mnist_archive"  # the 10,000 test images
CHECKSUMS = {  # sha256 of each file unpacked
    "t10k-images-idx3-ubyte.gz": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte.gz": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    "train-images-idx3-ubyte.gz": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte.gz": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
}
SIDE = 28
Seed = Annotated[int, Ge(0)]


class FashionMNIST:
    """Grey images of one garment each, padded with background to `size`; ten classes, no ground-truth factors.

    archive  shipped: all rows are drawn from the 10,000 images that come with the suite. Any other value is a folder
             with the four original files (Debian's package dataset-fashion-mnist has them in
             /usr/share/datasets/fashion-mnist): training and validation rows are then drawn from the 60,000 training
             images and test rows from the 10,000 test images
    size     28, or an even number of pixels more: padded with background
    seed     decides which images are drawn

    Rows are training, validation and test images in this order. A missing folder or file is a FileNotFoundError; a
    wrong file, or more images asked than there are, a ValueError.
    """

    about = About(
        title="Fashion-MNIST",
        citation="Xiao, Rasul and Vollgraf 2017, arXiv:1708.07747",
        licence="MIT, copyright 2017 Zalando SE",
        size="10,000 images come with the suite; 31 MB for all 70,000",
        place="`archive`: shipped, or a folder with the four .gz files of github.com/zalandoresearch/fashion-mnist",
        may_be_shown=True,
    )
    factor_names: tuple[str, ...] = ()
    factor_sizes: tuple[int, ...] = ()
    attribute_names = NAMES
    attribute_groups = GROUPS
    attribute_sources = SOURCES
    licence = about.licence

    def __init__(self, *, size: int, archive: str, train: int, valid: int, test: int, seed: Seed) -> None:
        if size < SIDE or size % 2:
            raise ValueError(f"size is an even number from {SIDE} on: got {size}")
        if min(train, valid, test) < 0 or train + valid + test == 0:
            raise ValueError(f"train, valid and test are 0 or more, not all 0: got {train}, {valid}, {test}")
        self.image_shape = (1, size, size)
        self._counts = {"train": train, "valid": valid, "test": test}
        if archive == "shipped":
            drawn = [_draw(SHIPPED, "t10k", train + valid + test, "train + valid + test", seed)]
        else:
            folder = _folder(archive)
            drawn = [
                _draw(folder, "train", train + valid, "train + valid", seed),
                _draw(folder, "t10k", test, "test", seed),
            ]
        self._images, self._labels = (np.concatenate(arrays) for arrays in zip(*drawn, strict=True))
        names = ["t10k"] if archive == "shipped" else ["train", "t10k"]
        self.source = f"Fashion-MNIST, {' and '.join(names)} images"
        self.checksum = " ".join(CHECKSUMS[f"{name}-images-idx3-ubyte.gz"] for name in names)

    def __len__(self) -> int:
        return len(self._images)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        ends = np.cumsum(list(self._counts.values()))
        return {name: np.arange(end - self._counts[name], end) for name, end in zip(self._counts, ends, strict=True)}

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 1] uint8, the thing light on black."""
        edge = (self.image_shape[1] - SIDE) // 2
        return np.pad(self._images[rows], ((0, 0), (edge, edge), (edge, edge)))[..., None]

    def factors(self, rows: np.ndarray) -> None:
        """Photographs have no ground-truth factors."""
        return None

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 32] uint8, 0 or 1; `attribute_sources` says what each was taken from."""
        return attributes_of(self._images[rows], self._labels[rows])


def _folder(archive: str) -> Path:
    folder = Path(archive)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"no folder {archive!r}: archive is `shipped`, or a folder with Fashion-MNIST's four .gz files"
        )
    missing = [name for name in CHECKSUMS if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} lacks {', '.join(missing)}: an archive is `shipped`, or all four .gz files")
    return folder


def _draw(folder: Path, part: str, count: int, asked: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` images [n, 28, 28] and labels [n] of one part of the archive, without replacement."""
    names = f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"
    images, labels = (read_idx(folder / name, CHECKSUMS[name]) for name in names)
    if count > len(images):
        raise ValueError(f"{asked} asks for {count} images, and {folder} has {len(images)} to draw them from")
    rows = np.random.default_rng(seed).choice(len(images), count, replace=False)
    return images[rows], labels[rows]
