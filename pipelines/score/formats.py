"""Arrays by name out of a file of anyone's: .npz, .pt and .csv are read, and nothing that is in them is ever run."""

import io
import pickle
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import UNREADABLE

if TYPE_CHECKING:
    import pandas as pd
    from torch import Tensor

ORIGIN = "np.savez(path, codes_train=..., factors_train=..., codes_test=..., factors_test=...)"
COLUMNS = ("codes", "factors", "attributes")  # of a table, before the first dot: codes.0, codes.1, factors.shape
# what readers raise of other bytes than were written, where no checksum tells
DAMAGED = (*UNREADABLE, pickle.UnpicklingError, AttributeError, IndexError, TypeError, OverflowError)

Arrays = Mapping[str, Callable[[], np.ndarray]]  # name -> what reads the array


def arrays_of(path: Path) -> Arrays:
    """The arrays of a file by name, each read when it is asked for; UserError for a file that is not read."""
    readers = {".pt": _of_torch, ".pth": _of_torch, ".csv": _of_table, ".npy": _of_one_array}
    return readers.get(path.suffix.lower(), _of_numpy)(path)


@contextmanager
def _told(line: str) -> Iterator[None]:
    """UserError of this line in place of what damage raises; what the system says of a file stays as it is."""
    try:
        yield
    except DAMAGED as error:
        if isinstance(error, OSError) and error.filename is not None:
            raise
        raise UserError(line) from error


def _of_numpy(path: Path) -> Arrays:
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is no whole .npz: write it with {ORIGIN}")
    with _told(f"{path} is damaged: write it again with {ORIGIN}"), zipfile.ZipFile(path) as archive:
        members = archive.namelist()
    return {member.removesuffix(".npy"): partial(_of_member, path, member) for member in members}


def _of_member(path: Path, member: str) -> np.ndarray:
    """An array of an .npz, once its bytes are held against their checksum."""
    name = member.removesuffix(".npy")
    with _told(f"{path}: {name} is damaged: write the file again"), zipfile.ZipFile(path) as archive:
        content = io.BytesIO(archive.read(member))
    with _told(f"{path}: {name} holds Python objects, which are never loaded, or is no array: save plain numbers"):
        return np.asarray(np.lib.format.read_array(content, allow_pickle=False))


def _of_one_array(path: Path) -> Arrays:
    raise UserError(f"{path} holds one array and codes need their factors beside them: write both with {ORIGIN}")


def _of_torch(path: Path) -> Arrays:
    import torch

    with _told(f"{path} is damaged or holds more than tensors: torch.save a dict of tensors"):
        if zipfile.is_zipfile(path):  # torch looks at no checksum
            with zipfile.ZipFile(path) as archive:
                wrong = archive.testzip()
            if wrong:
                raise UserError(f"{path} is damaged ({wrong} is not as its checksum says): write the file again")
        with warnings.catch_warnings(action="ignore"):  # of pickles of other protocols
            found = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(found, dict) or not all(isinstance(value, torch.Tensor) for value in found.values()):
        raise UserError(f"{path} holds no dict of tensors: torch.save(dict(codes=..., factors=...), path)")
    return {str(name): partial(_of_tensor, f"{path}: {name}", value) for name, value in found.items()}


def _of_tensor(name: str, tensor: "Tensor") -> np.ndarray:
    """A tensor's numbers; those of fewer bits than numpy knows are real numbers of 32."""
    with _told(f"{name} is {tensor.dtype}, {tensor.layout}, of which numpy makes no numbers: save a plain tensor"):
        dense = tensor.detach().to_dense()
        narrow = dense.is_floating_point() and dense.itemsize <= 2
        return np.asarray((dense.float() if narrow else dense).resolve_conj().resolve_neg())


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
    return {group: partial(_of_columns, path, group, table[own]) for group, own in groups.items() if own}


def _of_columns(path: Path, group: str, table: "pd.DataFrame") -> np.ndarray:
    """The columns of a group, labels of several types as objects; UserError for the first cell without a value."""
    for name in table:
        empty = np.flatnonzero(table[name].isna())
        if len(empty):
            raise UserError(
                f"{path}: {name} holds no value (an empty cell, nan or None) in row {empty[0]}, the first being 0; "
                "fill it or leave the row out"
            )
    alike = group == "codes" or table.dtypes.nunique() == 1
    return (table if alike else table.astype(object)).to_numpy()
