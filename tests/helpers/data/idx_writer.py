"""IDX files as MNIST's are: four bytes, sizes from the left, numbers from the left."""

import gzip

import numpy as np

TYPES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def idx_bytes(array: np.ndarray) -> bytes:
    head = bytes([0, 0, TYPES[str(array.dtype)], array.ndim])
    return head + np.array(array.shape, ">u4").tobytes() + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write_idx(path, array: np.ndarray) -> None:
    """Gzipped where the name says so."""
    content = idx_bytes(array)
    path.write_bytes(gzip.compress(content, mtime=0) if path.name.endswith(".gz") else content)
