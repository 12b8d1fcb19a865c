"""Pictures of one's own in a folder, with a table of what is known of them, or in a folder for each class."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.kinds import fault_of_file
from diffrep.datasets.readers.class_photographs import one_hot
from diffrep.datasets.readers.columns import NAMED, Known
from diffrep.datasets.readers.csv_table import known_of, read_table, rows_of
from diffrep.datasets.readers.official_splits import Splits
from diffrep.datasets.readers.own_images import OwnImages
from diffrep.datasets.readers.picture_files import read_pictures
from diffrep.datasets.readers.pictures import SUFFIXES, Resampling
from diffrep.datasets.readers.stores import pictures_below


class ImageFolder(OwnImages):
    """Pictures of any kind and size, in their paths' order, cut to the largest square in the middle.

    folder    where they lie, in folders within it too and in those that links lead to; other files and hidden ones
              are passed over
    table     a CSV, its path or its name in `folder`, with a line of names, say `file,smiling,pose,age,split`, and one
              for each picture, say `a/1.png,yes,left,31.5,train`. Its first column names the picture, by its path
              below `folder` or its name: columns of 0/1, -1/1, yes/no or true/false are attributes, those named in
              `factors` factors, one called split says train, valid or test, other numbers are targets. "" for none:
              folders in `folder` are classes, an attribute each, unless they are called train, valid and test: then
              those within them are
    channels  3, or 1 for greyscale; turned as their EXIF says, what is transparent on white, the first of an animation
    factors   columns of few whole numbers or words, by name: [pose]
    ignore    columns of the table that are not looked at, by name: [note]
    splits    official: as the table's column split or the folders say, 0 for all of a split; where there is no valid,
              `valid` are drawn from train. drawn: train, valid and test are drawn from all pictures

    FileNotFoundError, ValueError or Faults: pictures without row, rows without picture, what is no picture. A picture
    is decoded when it is asked for: `images` tells all that it cannot decode at once.
    """

    about = About(
        title="Your own pictures",
        citation="who made the pictures, which you know",
        licence="that of the pictures, which you know: results and tables have none of them",
        size="as many pictures as you have, of any size and kind; 1,000 are few",
        place="folder: your pictures; table: a CSV of what is known of them, or a folder for each class",
    )
    to_begin_with = OwnImages.to_begin_with | {"table": "", "channels": 3}
    licence = "that of the person who put the pictures there"
    checksum = "none stated: pictures of one's own"

    def __init__(
        self,
        *,
        folder: str,
        table: str,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        channels: Literal[1, 3],
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
        factors: tuple[str, ...] = (),
        ignore: tuple[str, ...] = (),
    ) -> None:
        self._folder, self._resampling = Path(folder).expanduser(), resampling
        if not self._folder.is_dir():
            raise FileNotFoundError(f"no folder {folder!r}: folder is where your pictures lie")
        self._pictures = pictures_below(self._folder)
        if not self._pictures:
            raise ValueError(f"there are no pictures in {folder}: {', '.join(SUFFIXES)} are read")
        self.image_shape = (channels, size, size)
        if table:
            path = self._folder / Path(table).expanduser()
            known = self._of_table(path if path.exists() else Path(table).expanduser(), factors, ignore)
        else:
            known = _of_folders(self._pictures, self._folder)
        expect_none(filter(None, (fault_of_file(self._folder / name) for name in self._pictures)))
        source = "given table" if table else "class folder"
        self._describe(known, len(self._pictures), Counts(train, valid, test), splits, seed, folder, source)
        told = f"the table {Path(table).name}" if table else "its folders"
        self.source = f"{len(self._pictures):,} pictures of the folder {self._folder.name}, with {told}"

    def _of_table(self, path: Path, factors: tuple[str, ...], ignore: tuple[str, ...]) -> Known:
        table = read_table(path)
        return known_of(table, factors, ignore, rows_of(table, self._pictures, self._folder))

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, channels] uint8; Faults for all of them that cannot be decoded."""
        channels, size, _ = self.image_shape
        paths = (self._folder / self._pictures[drawn] for drawn in self._drawn[rows])
        return read_pictures(paths, len(rows), size, channels, self._resampling)


def _of_folders(pictures: list[str], folder: Path) -> Known:
    """Classes, and splits where the uppermost folders are called so, that paths say; Faults for what stands aside."""
    known = Known()
    parts = [name.split("/")[:-1] for name in pictures]
    tops = {part[0] if part else "" for part in parts}
    if len(tops) > 1 and all(top.lower() in NAMED and not top.isdigit() for top in tops):
        known.split = np.array([NAMED[part[0].lower()] for part in parts])
        parts = [part[1:] for part in parts]
    classes = sorted({part[0] for part in parts if part})
    if len(classes) < 2:
        return known  # one folder is no class
    aside = [name for name, part in zip(pictures, parts, strict=True) if not part]
    expect_none(f"{folder / name} lies beside the folders of classes: put it into one of them" for name in aside)
    labels = np.searchsorted(classes, [part[0] for part in parts])
    known.attributes = dict(zip(classes, one_hot(labels, len(classes)).T, strict=True))
    return known
