"""Arrays by name out of a file of anyone's: .npz, .pt and .csv are read, and nothing that is in them is ever run."""

import pickle
import warnings
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from diffrep.pipelines.core.errors import UserError

ORIGIN = "np.savez(path, codes_train=..., factors_train=..., codes_test=..., factors_test=...)"
COLUMNS = ("codes", "factors", "attributes")  # of a table, before the first dot: codes.0, codes.1, factors.shape

Arrays = Mapping[str, Callable[[], np.ndarray]]  # name -> what reads the array


def arrays_of(path: Path) -> Arrays:
    """The arrays of a file by name, each read when it is asked for; UserError for a file that is not read."""
    if not path.is_file():
        raise UserError(f"{path} is missing: write it with {ORIGIN}")
    readers = {".pt": _of_torch, ".pth": _of_torch, ".csv": _of_table, ".npy": _of_one_array}
    return readers.get(path.suffix.lower(), _of_numpy)(path)


def _of_numpy(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is no whole .npz: write it with {ORIGIN}")
    with zipfile.ZipFile(path) as archive:
        names = [name.removesuffix(".npy") for name in archive.namelist()]

    def reader(name: str) -> Callable[[], np.ndarray]:
        def read() -> np.ndarray:
            try:
                with np.load(path, allow_pickle=False) as file:
                    return np.asarray(file[name])
            except ValueError as error:
                raise UserError(
                    f"{path}: {name} holds Python objects, which are never loaded; save plain numbers"
                ) from error
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
                raise UserError(f"{path}: {name} is damaged ({error}); write the file again") from error

        return read

    return {name: reader(name) for name in names}


def _of_one_array(path: Path) -> Arrays:
    raise UserError(f"{path} holds one array and codes need their factors beside them: write both with {ORIGIN}")


def _of_torch(path: Path) -> Arrays:
    import torch

    try:
        with warnings.catch_warnings(action="ignore"):  # of pickles of other protocols
            found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is damaged or holds more than tensors: torch.save a dict of tensors") from error
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise UserError(f"{path} holds no dict of tensors: torch.save(dict(codes=..., factors=...), path)")
    dense = {str(name): value.detach().to_dense() for name, value in found.items()}
    return {name: _known((v.float() if v.dtype == torch.bfloat16 else v).numpy()) for name, v in dense.items()}


def _of_table(path: Path) -> Arrays:
    """Columns codes.<...>, and factors.<...> or attributes.<...>, one row an image."""
    import pandas as pd

    try:
        table = pd.read_csv(path, low_memory=False)
    except ValueError as error:  # pandas' own errors are of this kind
        raise UserError(f"{path} is no table of commas: {error}") from error
    columns = [str(name) for name in table.columns]
    groups = {group: [name for name in columns if name.partition(".")[0] == group] for group in COLUMNS}
    if not groups["codes"]:
        raise UserError(
            f"{path} has columns {', '.join(columns[:6])}: name them codes.0, codes.1, ... and factors.NAME"
        )
    return {group: _known(table[own].to_numpy()) for group, own in groups.items() if own}


def _known(array: np.ndarray) -> Callable[[], np.ndarray]:
    return lambda: array
