"""Whether a file is the one that a data set's authors have published."""

import hashlib
from collections.abc import Mapping
from pathlib import Path


def told_md5(path: Path, published: Mapping[str, str]) -> str:
    """The md5 of a file, and which of the published ones {md5: its name} it is."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "md5").hexdigest()
    which = f"{published[found]} as published" if found in published else f"{path.name}, unlike any published"
    return f"md5 {found}, {which}"
