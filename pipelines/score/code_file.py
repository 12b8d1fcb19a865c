"""A file of anyone's codes, read and checked: what cannot be scored is told in one line that names the array."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from diffrep.datasets.files.sums import sha256_of
from diffrep.metrics.catalogue import TARGETS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.score.formats import ORIGIN, arrays_of
from diffrep.pipelines.score.targets import whole_numbers

LEAST_ROWS = {"train": 50, "test": 25, "pool": 75}  # rows: with fewer, every score is mostly chance
LARGEST = 1e15  # beyond it squares are no longer numbers in single precision
WANTED = (
    "codes_train, factors_train, codes_test and factors_test, or codes and factors "
    "(attributes in place of factors for zeros and ones)"
)


class Labelled(NamedTuple):
    """Rows of a code and what is known of them."""

    codes: np.ndarray  # [n, d], or [n, N, d] for N tokens
    targets: np.ndarray  # [n, K] int factors or [n, A] attributes of 0 and 1

    def take(self, rows: np.ndarray) -> "Labelled":
        """Some of the rows."""
        return Labelled(self.codes[rows], self.targets[rows])


class CodeFile(NamedTuple):
    """Either {"train", "test"} or {"pool"}, which of TARGETS is known, and what was made of it, in words."""

    parts: dict[str, Labelled]
    kind: str
    notes: list[str]
    sha256: str  # of the bytes that were read


def read_code_file(path: Path) -> CodeFile:
    """The codes in `path`; UserError for whatever could not be scored. Arrays of other names are not looked at."""
    if not path.is_file():
        raise UserError(f"{path} is missing: write it with {ORIGIN}")
    sha256 = sha256_of(path)
    found = _read(path, sha256)
    if sha256_of(path) != sha256:
        raise UserError(f"{path} changed while it was read: run the command again")
    return found


def _read(path: Path, sha256: str) -> CodeFile:
    arrays = arrays_of(path)
    kind, ends = _form(path, list(arrays))
    codes = {part: _codes(f"{path}: codes{end}", arrays[f"codes{end}"]()) for part, end in ends.items()}
    known = {f"{path}: {kind}{end}": arrays[f"{kind}{end}"]() for end in ends.values()}
    targets, notes = whole_numbers(known, kind)
    found = {part: Labelled(codes[part], own) for part, own in zip(ends, targets.values(), strict=True)}
    for part, end in ends.items():
        _expect_rows(path, found[part], part, f"codes{end}", f"{kind}{end}")
    shapes = [(part.codes.shape[1:], part.targets.shape[1:]) for part in found.values()]
    if shapes[0] != shapes[-1]:
        raise UserError(
            f"{path}: a row has codes {shapes[0][0]} and {kind} {shapes[0][1]} in training, {shapes[1][0]} and "
            f"{shapes[1][1]} in test; give both parts of the same data"
        )
    return CodeFile(found, kind, notes, sha256)


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


def _expect_rows(path: Path, rows: Labelled, part: str, codes: str, targets: str) -> None:
    """UserError where codes and targets are not of the same rows, or of too few."""
    if len(rows.codes) != len(rows.targets):
        raise UserError(
            f"{path}: {codes} has {len(rows.codes)} rows, {targets} {len(rows.targets)}; give the same rows of both"
        )
    if len(rows.codes) < LEAST_ROWS[part]:
        raise UserError(f"{path}: {codes} has {len(rows.codes)} rows; give {LEAST_ROWS[part]} or more")


def _codes(name: str, codes: np.ndarray) -> np.ndarray:
    """Codes that can be scored."""
    if codes.dtype.kind not in "biuf":
        raise UserError(f"{name} is of type {codes.dtype}; give real numbers")
    if codes.ndim not in (2, 3) or 0 in codes.shape[1:]:
        raise UserError(f"{name} has shape {codes.shape}; give [n, dimensions], or [n, tokens, dimensions]")
    wrong = np.argwhere(~np.isfinite(codes))
    if len(wrong):
        raise UserError(
            f"{name} holds nan or infinity, first at {wrong[0].tolist()}; encode again or leave that dimension out"
        )
    far = np.argwhere(np.abs(codes.astype(np.float64)) > LARGEST)
    if len(far):
        value = codes[tuple(far[0])]
        raise UserError(f"{name} holds {value:.3g} at {far[0].tolist()}, more than {LARGEST:.0e}: scale the codes down")
    return codes
