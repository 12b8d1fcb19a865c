"""Reading the IDX files, gzipped or not, that MNIST and its descendants come in."""

import gzip
import hashlib
import math
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np

from diffrep.datasets.files.kinds import expect_file

MAGIC, SIZE = 4, 4  # bytes: two zeros, the type, how many dimensions there are; and one dimension each
MOST_BYTES = 1 << 28  # of an array: MNIST and its descendants have 47 million pixels
MOST_OF_ANY = 1 << 30  # and of one whose content nothing is known of: EMNIST's largest have 547 million
KINDS = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}  # numpy's word for each type of the header


def read_idx(path: Path, sha256: str) -> np.ndarray:
    """The array of bytes in a .gz file of IDX format, once its content is known to be the right one.

    sha256   of the content after unpacking: the same data packed twice differs in its .gz file only
    returns  uint8, of the shape that the file's header tells, read-only

    A missing file is a FileNotFoundError; a web page, a cut-off, damaged or different file is a ValueError.
    """
    if not path.is_file():
        raise FileNotFoundError(f"no file {path}: put Fashion-MNIST's {path.name} there")
    content = _unpacked(path)
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"{path} holds other data than {path.name} should: sha256 {found}, not {sha256}; get it again")
    shape = np.frombuffer(content, ">u4", content[3], offset=MAGIC)
    return np.frombuffer(content, np.uint8, offset=MAGIC + content[3] * SIZE).reshape(shape)


def idx_array(path: Path) -> np.ndarray:
    """The array in a file of IDX format, gzipped or not, whatever its type: what no sum is known of.

    A missing file is a FileNotFoundError; a web page, half a file, more or less than its header says a ValueError.
    """
    with expect_file(path).open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        content = _unpacked(path, MOST_OF_ANY) if packed else _promised(file, path, MOST_OF_ANY)
    sound = len(content) > MAGIC and content[:2] == b"\0\0" and content[2] in KINDS
    if not sound or not 0 < content[3] * SIZE <= len(content) - MAGIC:
        raise ValueError(f"{path} is no IDX file: it begins with {content[:MAGIC]!r}; get it again")
    shape = np.frombuffer(content, ">u4", content[3], offset=MAGIC)
    found = np.frombuffer(content, KINDS[content[2]], offset=MAGIC + content[3] * SIZE).reshape(shape)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _unpacked(path: Path, most: int = MOST_BYTES) -> bytes:
    """The content, of no more bytes than its own header promises: a small file can be packed of endless zeros."""
    with path.open("rb") as packed:
        if packed.read(64).lstrip()[:1] == b"<":
            raise ValueError(f"{path} is a web page saved under the name of a gzip file; get the file itself")
    try:
        with gzip.open(path) as file:
            return _promised(file, path, most)
    except EOFError:
        raise ValueError(f"{path} is truncated: it ends after {path.stat().st_size} bytes; get it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is no sound gzip file ({error}); get it again") from None


def _promised(file: BinaryIO | gzip.GzipFile, path: Path, most: int) -> bytes:
    """All of a file of IDX format, once its length is found to be what its header says."""
    magic = file.read(MAGIC)
    header = file.read(SIZE * magic[3]) if len(magic) == MAGIC else b""
    shape = [int.from_bytes(header[i : i + SIZE]) for i in range(0, len(header), SIZE)]
    width = int(KINDS[magic[2]][-1]) if shape and magic[2] in KINDS else 1
    promised = math.prod(shape) * width if shape else 0
    if promised > most:
        raise ValueError(f"{path} promises {promised:,} bytes, more than any such file has; get it again")
    content = file.read(promised + 1)  # one more shows whether there is more; the sum at the end is checked then
    if len(content) != promised:
        raise ValueError(f"{path} does not hold the {promised:,} bytes that its header promises; get it again")
    return magic + header + content
