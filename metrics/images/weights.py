"""Files of weights that the suite cannot ship: told where they lie, checked, never downloaded."""

import hashlib
import os
from pathlib import Path


def named_file(path: Path | str | None, variable: str) -> Path | None:
    """Where weights lie: `path`, or what the variable of the environment says, or None where neither says anything.

    FileNotFoundError where that is no file.

    >>> named_file("no.pth", "MY_WEIGHTS")
    Traceback (most recent call last):
    FileNotFoundError: no file no.pth: give the weights' own path, or none and leave MY_WEIGHTS unset
    """
    named = path or os.environ.get(variable)
    if not named:
        return None
    if not Path(named).is_file():
        raise FileNotFoundError(f"no file {named}: give the weights' own path, or none and leave {variable} unset")
    return Path(named)


def checked_file(path: Path, *, sha256: str, least_bytes: int) -> Path:
    """`path`, once it is found to hold the weights; ValueError for a web page, a part of the file or another one.

    sha256       how the checksum of the right file begins
    least_bytes  of a whole file, a little below its size

    >>> checked_file(Path(__file__), sha256="6726825d", least_bytes=95_000_000)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ValueError: ...weights.py has ... bytes and the weights 95,000,000 or more: the copy was cut off, copy it again
    """
    content = path.read_bytes()
    if content[:64].lstrip()[:1] == b"<":
        raise ValueError(f"{path} is a web page that was saved in place of the weights: fetch the file itself")
    if len(content) < least_bytes:
        raise ValueError(
            f"{path} has {len(content):,} bytes and the weights {least_bytes:,} or more: "
            "the copy was cut off, copy it again"
        )
    digest = hashlib.sha256(content).hexdigest()
    if not digest.startswith(sha256):
        raise ValueError(f"{path} has the SHA-256 {digest[:8]}… and not {sha256}…: other weights, or a damaged copy")
    return path
