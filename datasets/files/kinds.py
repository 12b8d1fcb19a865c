"""What a file is by its first bytes: a web page saved under an archive's name is told before anything is read of it."""

from pathlib import Path

KINDS = {  # the first bytes of each
    "zip": (b"PK\x03\x04",),
    "npz": (b"PK\x03\x04",),
    "hdf5": (b"\x89HDF\r\n\x1a\n",),
    "gzip": (b"\x1f\x8b",),
    "npy": (b"\x93NUMPY",),
    "Matlab 5": (b"MATLAB 5.0 MAT-file",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "JPEG": (b"\xff\xd8\xff",),
}
PAGES = (b"<!doctype", b"<html", b"<?xml")
ENOUGH = 64  # bytes, in which a page shows itself


def fault_of_file(path: Path, kind: str = "") -> str | None:
    """What keeps `path` from being a file of that kind of `KINDS`, in a sentence; None where it looks like one.

    kind  none of them: anything but an empty file or a web page will do
    """
    if not path.exists():
        return f"{path} is missing"
    if not path.is_file():
        return f"{path} is a folder, not a file"
    with path.open("rb") as file:
        first = file.read(ENOUGH)
    if fault := fault_of_content(first, str(path)):
        return fault
    if kind and not first.startswith(KINDS[kind]):
        return f"{path} is no {kind} file: it begins with {first[:8]!r}"
    return None


def fault_of_content(first: bytes, name: str) -> str | None:
    """What a file that begins so is in place of data, in a sentence: nothing, or a web page; else None."""
    if not first:
        return f"{name} is empty: its download has ended before it began"
    if first[:ENOUGH].lstrip().lower().startswith(PAGES):
        return f"{name} is a web page saved under that name: get the file itself"
    return None


def expect_file(path: Path, kind: str = "") -> Path:
    """The path; FileNotFoundError where nothing is there, ValueError where it is not what it should be."""
    fault = fault_of_file(path, kind)
    if fault:
        raise (ValueError if path.exists() else FileNotFoundError)(fault)
    return path
