"""The files that a person keeps in a folder: one order on every machine, whatever links lead to."""

import os
from collections.abc import Iterator
from pathlib import Path

HIDDEN = (".", "__MACOSX")  # what names begin with that a system has put there, not a person


def files_below(folder: Path) -> list[str]:
    """Paths below `folder`, with /, of all files in it and in its folders, in the order of their names.

    Hidden files and folders are left out; links to folders are followed. ValueError for one that leads back.
    """
    return sorted(_walked(folder))


def _walked(folder: Path) -> Iterator[str]:
    for place, inner, names in os.walk(folder, followlinks=True):
        here = Path(place)
        inner[:] = [name for name in inner if not name.startswith(HIDDEN)]
        for name in inner:
            _expect_no_way_back(here / name, folder)
        yield from ((here / name).relative_to(folder).as_posix() for name in names if not name.startswith(HIDDEN))


def _expect_no_way_back(path: Path, folder: Path) -> None:
    """Raise ValueError for a link to a folder through which one comes to the link."""
    if path.is_symlink():
        target = path.resolve()
        way = [path.parent, *(above for above in path.parent.parents if above.is_relative_to(folder))]
        if any(above.resolve().is_relative_to(target) for above in way):
            raise ValueError(f"{path} is a link back to {target}, in which it lies: remove it")
