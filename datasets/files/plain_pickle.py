"""Pickles that hold nothing but numbers, strings, lists, dicts and numpy's arrays; what else they name is refused."""

import io
import pickle
from typing import Any

import numpy as np

RECONSTRUCT = np.empty(0).__reduce__()[0]  # what builds an array, under the module it has now and those it had
ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy._core.multiarray", "_reconstruct"): RECONSTRUCT,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which is no array")
        return ALLOWED[module, name]


def plain(content: bytes, name: str) -> Any:
    """What a pickle holds, strings of Python 2 as bytes; ValueError, with `name`, for anything else."""
    try:
        return _Plain(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a damaged pickle raises whatever its next byte means
        raise ValueError(f"{name} is no pickle of arrays ({error}): get it again") from error
