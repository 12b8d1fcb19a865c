"""An .npz of anyone's codes, read and checked: what cannot be scored is told in one line that names the array."""

import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from diffrep.metrics.catalogue import ATTRIBUTES, FACTORS, TARGETS
from diffrep.pipelines.core.errors import UserError

LEAST_ROWS = {"train": 50, "test": 25, "pool": 75}  # rows: with fewer, every score is mostly chance
WANTED = (
    "codes_train, factors_train, codes_test and factors_test, or codes and factors "
    "(attributes in place of factors for zeros and ones)"
)
ORIGIN = "np.savez(path, codes_train=..., factors_train=..., codes_test=..., factors_test=...)"


class Labelled(NamedTuple):
    """Rows of a code and what is known of them."""

    codes: np.ndarray  # [n, d], or [n, N, d] for N tokens
    targets: np.ndarray  # [n, K] int factors or [n, A] attributes of 0 and 1

    def take(self, rows: np.ndarray) -> "Labelled":
        """Some of the rows."""
        return Labelled(self.codes[rows], self.targets[rows])


class CodeFile(NamedTuple):
    """Either {"train", "test"} or {"pool"}, and which of TARGETS is known."""

    parts: dict[str, Labelled]
    kind: str


def read_code_file(path: Path) -> CodeFile:
    """The codes in `path`; UserError for whatever could not be scored. Arrays of other names are not looked at."""
    if not path.is_file():
        raise UserError(f"{path} is missing: write it with {ORIGIN}")
    if not zipfile.is_zipfile(path):
        raise UserError(f"{path} is no whole .npz: write it with {ORIGIN}")
    with np.load(path, allow_pickle=False) as file:
        kind, parts = _form(path, file.files)
        found = {part: _labelled(path, file, suffix, part, kind) for part, suffix in parts.items()}
    shapes = [(part.codes.shape[1:], part.targets.shape[1:]) for part in found.values()]
    if shapes[0] != shapes[-1]:
        raise UserError(
            f"{path}: a row has codes {shapes[0][0]} and {kind} {shapes[0][1]} in training, {shapes[1][0]} and "
            f"{shapes[1][1]} in test; give both parts of the same data"
        )
    return CodeFile(found, kind)


def _form(path: Path, names: list[str]) -> tuple[str, dict[str, str]]:
    """What is known of the rows, and {part: how its arrays' names end}."""
    for parts in ({"train": "_train", "test": "_test"}, {"pool": ""}):
        ends = parts.values()
        kinds = [kind for kind in TARGETS if {word + end for word in ("codes", kind) for end in ends} <= set(names)]
        if len(kinds) == 2:
            raise UserError(f"{path} holds factors and attributes: leave one of them out and score the other by itself")
        if kinds:
            return kinds[0], parts
    raise UserError(f"{path} holds {', '.join(names) or 'nothing'}; needed are {WANTED}")


def _labelled(path: Path, file: np.lib.npyio.NpzFile, suffix: str, part: str, kind: str) -> Labelled:
    codes, targets = f"codes{suffix}", f"{kind}{suffix}"
    found = Labelled(
        _checked_codes(f"{path}: {codes}", _numbers(path, file, codes)),
        _checked_targets(f"{path}: {targets}", _numbers(path, file, targets), kind),
    )
    if len(found.codes) != len(found.targets):
        raise UserError(
            f"{path}: {codes} has {len(found.codes)} rows, {targets} {len(found.targets)}; give the same rows of both"
        )
    if len(found.codes) < LEAST_ROWS[part]:
        raise UserError(f"{path}: {codes} has {len(found.codes)} rows; give {LEAST_ROWS[part]} or more")
    return found


def _numbers(path: Path, file: np.lib.npyio.NpzFile, name: str) -> np.ndarray:
    """The array `name`, of real numbers or truth values."""
    try:
        array = np.asarray(file[name])
    except ValueError as error:
        raise UserError(f"{path}: {name} holds Python objects, which are never loaded; save plain numbers") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise UserError(f"{path}: {name} is damaged ({error}); write the file again") from error
    if array.dtype.kind not in "biuf":
        raise UserError(f"{path}: {name} is of type {array.dtype}; give real numbers")
    return array


def _checked_codes(name: str, codes: np.ndarray) -> np.ndarray:
    if codes.ndim not in (2, 3) or 0 in codes.shape[1:]:
        raise UserError(f"{name} has shape {codes.shape}; give [n, dimensions], or [n, tokens, dimensions]")
    wrong = np.argwhere(~np.isfinite(codes))
    if len(wrong):
        raise UserError(
            f"{name} holds nan or infinity, first at {wrong[0].tolist()}; encode again or leave that dimension out"
        )
    return codes


def _checked_targets(name: str, targets: np.ndarray, kind: str) -> np.ndarray:
    """Factors or attributes as int64."""
    if targets.ndim != 2 or not targets.shape[1]:
        raise UserError(f"{name} has shape {targets.shape}; give [n, {kind}], a column for each")
    fits = np.isin(targets, (0, 1)) if kind == ATTRIBUTES else np.isfinite(targets) & (np.round(targets) == targets)
    wrong = np.argwhere(~fits)
    if len(wrong):
        row, column = wrong[0]
        needed = {ATTRIBUTES: "0 or 1 (make -1 a 0)", FACTORS: "whole numbers, one for each value (bin what is real)"}
        raise UserError(f"{name} holds {targets[row, column]} at [{row}, {column}]; {kind} are {needed[kind]}")
    return targets.astype(np.int64)
