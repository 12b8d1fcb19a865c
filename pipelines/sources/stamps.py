"""What the files of a data set are by name, size and time: whether what was begun from them can be gone on with."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from diffrep.datasets.files.walk import files_below


def files_stamp(settings: dict[str, Any]) -> str:
    """A sum over all files at the paths that a section names; those that a reader lays open beside them left out."""
    digest = hashlib.sha256()
    for path in sorted(files(settings)):
        state = path.stat()
        digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode(errors="surrogateescape"))
    return digest.hexdigest()


def files(settings: dict[str, Any]) -> Iterator[Path]:
    """Every file that a section's words lead to."""
    for word in settings.values():
        yield from files_at(word)


def files_at(word: Any) -> Iterator[Path]:
    """Every file that a value of a section leads to: none where it is no word, or no path."""
    if not isinstance(word, str) or not word or "\0" in word:
        return
    place = Path(word).expanduser()
    found = [place] if place.is_file() else [place / name for name in files_below(place)] if place.is_dir() else []
    yield from (path for path in found if path.is_file() and ".unpacked" not in path.name)
