"""Small files in the formats that data sets are published in, for presets at their smallest; nothing is downloaded.

A reader that insists on the whole of a published data set is not used: what it would read lies in arrays, for the
reader `arrays`. That is CIFAR, whose files are pickles that are known by their md5, and the grids (3D Shapes, Cars3D,
MPI3D), whose files hold every combination of their factors.
"""

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.cars3d import Cars3D
from diffrep.datasets.celeba import ALIGNED
from diffrep.datasets.celeba_attributes import NAMES
from diffrep.datasets.mini_imagenet import EACH, LEARNT, TABLES
from diffrep.datasets.mpi3d import MPI3D
from diffrep.datasets.shapes3d import Shapes3D
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.presets.painted import Painted, encoded, painted

MADE = Path("data", "made")  # below the workspace; nothing of a person's lies there
COUNTS = {"train": 192, "valid": 48, "test": 96}
COUNT = sum(COUNTS.values())
SIDE = 64  # of pictures that have no size of their own
CLASSES = 10
ALL_CLASSES = sum(TABLES.values())
Section = dict[str, Any]


def make(section: Section, folder: Path) -> None:
    """Write the files that a data set's section of `made_section` names, below `folder`; UserError without lmdb."""
    shutil.rmtree(folder / MADE, ignore_errors=True)
    (folder / MADE).mkdir(parents=True)
    MAKERS[section["adapter"]]({key: folder / value for key, value in section.items() if is_path(value)}, section)


def made_section(section: Section, size: int) -> tuple[Section, str]:
    """The section that reads made files in place of a preset's, and in words what is otherwise in it."""
    adapter, drawn = section["adapter"], {**COUNTS, "splits": "drawn"}
    own = {key: str(MADE / Path(value).name) for key, value in section.items() if is_path(value)}
    sized = {**section, **own, "size": size}
    if adapter in ("celeba", "celebahq"):
        return sized, "made files"
    if adapter == "ffhq":
        return sized | drawn, "made files, splits drawn of fewer than all 70,000"
    if adapter == "lsun":
        return sized | COUNTS | {"category": "other"}, "made files, of a category that has any number of pictures"
    if adapter == "mini_imagenet":
        return sized | COUNTS, "made files: all 60,000 names, but few pictures behind them"
    arrays = {"adapter": "arrays", "file": str(MADE / f"{adapter}.npz"), "levels": "bytes", "size": size}
    told = f"made arrays: the reader {adapter} takes nothing but the whole published files"
    return {**arrays, "resampling": "box", **drawn, "seed": 0}, told


def is_path(value: Any) -> bool:
    """Whether the value of a section is the place of a file or folder."""
    return isinstance(value, str) and value.startswith("data/")


def celeba(paths: dict[str, Path], section: Section) -> None:
    """JPEGs of 178 x 218 with their two tables."""
    pictures, names = painted(COUNT, ALIGNED[1], ALIGNED[0]), [f"{n + 1:06}.jpg" for n in range(COUNT)]
    write_pictures(paths["pictures"], names, pictures.images, "JPEG")
    paths["attributes"].write_text(attribute_table(names, pictures))
    paths["partition"].write_text(partition(names))


def celebahq(paths: dict[str, Path], section: Section) -> None:
    """Diff-AE's LMDB with the three tables; a picture's original has another number."""
    pictures = painted(COUNT, SIDE, SIDE)
    write_lmdb(paths["pictures"], numbered("256", 5, pictures.images))
    paths["attributes"].write_text(attribute_table([f"{n}.jpg" for n in range(COUNT)], pictures))
    originals = [f"{COUNT - n:06}.jpg" for n in range(COUNT)]
    rows = (f"{n} {n} {name}" for n, name in enumerate(originals))
    paths["mapping"].write_text("\n".join(["idx orig_idx orig_file", *rows, ""]))
    paths["partition"].write_text(partition(originals))


def ffhq(paths: dict[str, Path], section: Section) -> None:
    """Diff-AE's LMDB."""
    write_lmdb(paths["pictures"], numbered("256", 5, painted(COUNT, SIDE, SIDE).images))


def lsun(paths: dict[str, Path], section: Section) -> None:
    """Diff-AE's LMDB, with its longer numbers."""
    write_lmdb(paths["pictures"], numbered("256", 7, painted(COUNT, SIDE, SIDE).images))


def mini_imagenet(paths: dict[str, Path], section: Section) -> None:
    """Folders train and test with 500 and 100 names in each of 100 classes; those of a class are two files."""
    images = painted(2 * ALL_CLASSES, 84, 84).images
    for number in range(ALL_CLASSES):
        name = f"n{number:08}"
        for part, first, last in (("train", 0, LEARNT), ("test", LEARNT, EACH)):
            place = paths["folder"] / part / name
            names = [f"{name}_{n}.JPEG" for n in range(first, last)]
            write_pictures(place, names[:1], images[[2 * number + (part == "test")]], "JPEG")
            for other in names[1:]:
                os.link(place / names[0], place / other)


def grid_of(names: tuple[str, ...]) -> Callable[[dict[str, Path], Section], None]:
    """What makes arrays with these factors, each of a few values, which are attributes too."""

    def grid(paths: dict[str, Path], section: Section) -> None:
        pictures = painted(COUNT, SIDE, SIDE)
        factors = pictures.hidden[:, : len(names)]
        values = range(factors.max() + 1)
        np.savez(
            paths["file"],
            images=pictures.images,
            factors=factors,
            factor_names=np.array(names),
            attributes=np.concatenate([factors == value for value in values], axis=1).astype(np.uint8),
            attribute_names=np.array([f"{name}_{value}" for value in values for name in names]),
            attribute_groups=np.array([name for _ in values for name in names]),
        )

    return grid


def cifar(paths: dict[str, Path], section: Section) -> None:
    """Arrays of ten classes."""
    pictures = painted(COUNT, 32, 32)
    classes = np.arange(COUNT) % CLASSES
    attributes = (classes[:, None] == np.arange(CLASSES)).astype(np.uint8)
    names = np.array([f"class_{n}" for n in range(CLASSES)])
    groups = np.array(["class"] * CLASSES)
    np.savez(
        paths["file"], images=pictures.images, attributes=attributes, attribute_names=names, attribute_groups=groups
    )


def arrays(paths: dict[str, Path], section: Section) -> None:
    """What another reader would have read, by the name of the file."""
    ARRAYS[Path(section["file"]).stem](paths, section)


def write_pictures(folder: Path, names: Iterable[str], images: np.ndarray, form: str) -> None:
    """A folder of pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in zip(names, images, strict=True):
        (folder / name).write_bytes(encoded(image, form))


def numbered(head: str, digits: int, images: np.ndarray) -> dict[bytes, bytes]:
    """What Diff-AE's scripts put into an LMDB: the side and a number for a key, and how many there are."""
    pictures = {f"{head}-{n:0{digits}}".encode(): encoded(image, "JPEG") for n, image in enumerate(images)}
    return pictures | {b"length": str(len(images)).encode()}


def write_lmdb(folder: Path, entries: dict[bytes, bytes]) -> None:
    """An LMDB of these; UserError where lmdb is not installed."""
    try:
        import lmdb
    except ImportError:
        raise UserError(
            f"{folder.name} is an LMDB, which the package lmdb writes: pip install 'diffrep[data]'"
        ) from None
    with lmdb.open(str(folder), map_size=1 << 26) as environment, environment.begin(write=True) as transaction:
        for key, value in entries.items():
            transaction.put(key, value)


def attribute_table(names: list[str], pictures: Painted) -> str:
    """CelebA's text form: how many, the names of the attributes, and a row of -1 and 1 for each picture."""
    signs = 2 * pictures.flags(len(NAMES)).astype(int) - 1
    rows = (f"{name} {' '.join(map(str, row))}" for name, row in zip(names, signs, strict=True))
    return "\n".join([str(len(names)), " ".join(NAMES), *rows, ""])


def partition(names: list[str]) -> str:
    """CelebA's splits: of the names in their order as many as COUNTS says."""
    parts = [code for code, count in enumerate(COUNTS.values()) for _ in range(count)]
    return "".join(f"{name} {part}\n" for name, part in zip(sorted(names), parts, strict=True))


ARRAYS = {
    "cifar10": cifar,
    "cifar100": cifar,
    "shapes3d": grid_of(Shapes3D.factor_names),
    "cars3d": grid_of(Cars3D.factor_names),
    "mpi3d": grid_of(MPI3D.factor_names),
}
MAKERS = {
    "celeba": celeba,
    "celebahq": celebahq,
    "ffhq": ffhq,
    "lsun": lsun,
    "mini_imagenet": mini_imagenet,
    "arrays": arrays,
}
