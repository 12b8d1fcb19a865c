"""Sums by which a file is known again, and the wait until it is on the disk."""

import errno
import hashlib
import json
import os
from pathlib import Path
from typing import Any


def sha256_of(path: Path) -> str:
    """The sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def seal(card: dict[str, Any]) -> str:
    """The sha256 of what a card says, whatever the order and layout of its file.

    >>> seal({"a": 1, "b": 2}) == seal({"b": 2, "a": 1}) != seal({"a": 1, "b": 3})
    True
    """
    return hashlib.sha256(json.dumps(card, sort_keys=True).encode()).hexdigest()


def to_disk(path: Path) -> None:
    """Wait until a file's content, or a folder's list of names where the disk takes such a wish, is on the disk."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if not (path.is_dir() and error.errno in (errno.EINVAL, errno.ENOTSUP)):
            raise
    finally:
        os.close(opened)
