"""Reading the gzipped IDX files that MNIST and its descendants come in."""

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np


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
    dimensions = content[3]
    shape = np.frombuffer(content, ">u4", dimensions, offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _unpacked(path: Path) -> bytes:
    packed = path.read_bytes()
    if packed.lstrip()[:1] == b"<":
        raise ValueError(f"{path} is a web page saved under the name of a gzip file; get the file itself")
    try:
        return gzip.decompress(packed)
    except EOFError:
        raise ValueError(f"{path} is truncated: it ends after {len(packed)} bytes; get it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise ValueError(f"{path} is no sound gzip file ({error}); get it again") from None
