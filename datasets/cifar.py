"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009): small photographs of one thing each.

No licence is stated by the authors; MIT, which is often claimed, is not theirs.
"""

import hashlib
import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.kinds import expect_file
from diffrep.datasets.files.plain_pickle import plain
from diffrep.datasets.readers.class_photographs import ClassPhotographs, one_hot
from diffrep.datasets.readers.official_splits import Splits, chosen
from diffrep.datasets.readers.pictures import Resampling, squares

SIDE = 32
CITATION = "Krizhevsky 2009, Learning multiple layers of features from tiny images"
LICENCE = "none stated by its authors"


@dataclass
class Release:
    """A published archive: the folder in it, and the md5 of the archive and of each file, as torchvision lists them."""

    archive: str
    md5: str
    folder: str
    train: dict[str, str]
    test: dict[str, str]
    names: dict[str, str]


TEN = Release(
    "cifar-10-python.tar.gz",
    "c58f30108f718f92721af3b95e74349a",
    "cifar-10-batches-py",
    train={
        "data_batch_1": "c99cafc152244af753f735de768cd75f",
        "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
        "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
        "data_batch_4": "634d18415352ddfa80567beed471001a",
        "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    },
    test={"test_batch": "40351d587109b95175f43aff81a1287e"},
    names={"batches.meta": "5ff9c542aee3614f3951f8cda6e48888"},
)
HUNDRED = Release(
    "cifar-100-python.tar.gz",
    "eb9058c3a382ffc7106e4002c42a8d85",
    "cifar-100-python",
    train={"train": "16019d7e3df5f24257cddd939b257f8d"},
    test={"test": "f0ef6b0ae62326f3e7ffdfab6717acfc"},
    names={"meta": "7973b15100ade9c7d40fb424638fde48"},
)


class _Cifar(ClassPhotographs):
    """What both have alike."""

    licence = LICENCE

    def _read(
        self,
        release: Release,
        title: str,
        folder: str,
        size: int,
        resampling: Resampling,
        splits: Splits,
        counts: Counts,
        seed: int,
        labels: dict[str, tuple[bytes, bytes]],
    ) -> None:
        """labels: {group: (the key of its labels in a batch, that of its names in the file of names)}."""
        files, self.checksum = _files(release, Path(folder).expanduser(), title)
        train, test = ([files[name] for name in part] for part in (release.train, release.test))
        sizes = [sum(len(batch[b"data"]) for batch in part) for part in (train, test)]
        pools = {"train": np.arange(sizes[0]), "test": np.arange(sizes[0], sum(sizes))}
        drawn, rows = chosen(pools, counts, splits, seed, title)
        levels = np.concatenate([batch[b"data"] for batch in train + test])[drawn]
        self._images = np.ascontiguousarray(levels.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))
        self._resampling, self.image_shape = resampling, (3, size, size)
        groups, known = {}, []
        for group, (key, names) in labels.items():
            (told,) = (files[name][names] for name in release.names)
            groups[group] = tuple(name.decode() for name in told)
            known.append(one_hot(np.concatenate([batch[key] for batch in train + test])[drawn], len(told)))
        self._describe(np.concatenate(known, axis=1), groups, rows)
        self.source = f"{title}, {sum(sizes):,} images, {splits} splits"

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8."""
        return squares(self._images[rows], self.image_shape[1], self._resampling)


class CIFAR10(_Cifar):
    """Photographs of 32 x 32 pixels, 50,000 to train and 10,000 to test, of ten classes, which are its attributes.

    folder      has cifar-10-python.tar.gz, or cifar-10-batches-py, unpacked from it; or is either
    size        pixels: 32 is as published, others by `resampling`
    splits      official: so many of its training and test images, 0 for all of them; `valid` are drawn from the
                training images. drawn: train, valid and test are drawn from all 60,000

    The files are pickles: none is loaded unless its md5, or the archive's, is the published one, and then nothing but
    arrays. FileNotFoundError, or ValueError for a file that is another.
    """

    about = About(
        "CIFAR-10",
        CITATION,
        LICENCE,
        "163 MiB, 60,000 images",
        "folder: that of cifar-10-python.tar.gz, from https://www.cs.toronto.edu/~kriz/cifar.html",
    )

    def __init__(
        self,
        *,
        folder: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        labels = {"class": (b"labels", b"label_names")}
        self._read(TEN, "CIFAR-10", folder, size, resampling, splits, Counts(train, valid, test), seed, labels)


class CIFAR100(_Cifar):
    """The same of a hundred classes in twenty superclasses; otherwise as `CIFAR10`.

    folder  has cifar-100-python.tar.gz, or cifar-100-python, unpacked from it; or is either
    size    pixels: 32 is as published, others by `resampling`
    splits  official: so many of its training and test images, 0 for all of them; `valid` are drawn from the training
            images. drawn: train, valid and test are drawn from all 60,000
    labels  fine: attributes are the hundred classes; coarse: the twenty superclasses; both: first those, then these
    """

    about = About(
        "CIFAR-100",
        CITATION,
        LICENCE,
        "161 MiB, 60,000 images",
        "folder: that of cifar-100-python.tar.gz, from https://www.cs.toronto.edu/~kriz/cifar.html",
    )

    def __init__(
        self,
        *,
        folder: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        labels: Literal["fine", "coarse", "both"],
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        keys = {"class": (b"fine_labels", b"fine_label_names"), "superclass": (b"coarse_labels", b"coarse_label_names")}
        groups = {"fine": ["class"], "coarse": ["superclass"], "both": ["class", "superclass"]}[labels]
        asked = {group: keys[group] for group in groups}
        self._read(HUNDRED, "CIFAR-100", folder, size, resampling, splits, Counts(train, valid, test), seed, asked)


def _files(release: Release, folder: Path, title: str) -> tuple[dict[str, Any], str]:
    """What each file of a release holds, and by which sum they were known."""
    sums = release.train | release.test | release.names
    archive = folder if folder.is_file() else folder / release.archive
    unpacked = next(
        (place for place in (folder / release.folder, folder) if (place / next(iter(sums))).is_file()), None
    )
    if archive.is_file():
        content = _verified(archive, release.md5)
        with tarfile.open(fileobj=io.BytesIO(content)) as opened:
            found = {name: _member(opened, f"{release.folder}/{name}") for name in sums}
        told = f"md5 {release.md5}"
    elif unpacked:
        found = {name: _verified(unpacked / name, md5) for name, md5 in sums.items()}
        told = "md5 " + " ".join(sums.values())
    else:
        raise FileNotFoundError(f"no {release.archive} and no {release.folder} in {folder}: put {title} there")
    return {name: plain(content, name) for name, content in found.items()}, told


def _member(opened: tarfile.TarFile, name: str) -> bytes:
    file = opened.extractfile(name)
    if file is None:
        raise ValueError(f"{name} is no file in the archive")
    return file.read()


def _verified(path: Path, md5: str) -> bytes:
    """The bytes of a file that is the published one: only these are unpickled."""
    content = expect_file(path).read_bytes()
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if found != md5:
        raise ValueError(f"{path} is not as published, so nothing is unpickled: md5 {found}, not {md5}; get it again")
    return content
