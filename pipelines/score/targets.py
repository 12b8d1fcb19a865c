"""Factors and attributes as people's files hold them, as whole numbers; what was made of them is said."""

import numpy as np

from diffrep.metrics.catalogue import ATTRIBUTES
from diffrep.pipelines.core.errors import UserError

MOST_VALUES = 256  # of a factor of real numbers or words, for them to be names of its values
LEAST_ROWS_EACH = 3  # rows with each of them, on average
SAME = 1e-6  # of a column's largest value: numbers as far apart are one class, as 0.1 of two precisions is
NO_LABELS = ("", "nan", "None", "<NA>", "NaT")  # what libraries make words of where a label is missing


def whole_numbers(arrays: dict[str, np.ndarray], kind: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """{name: int64 [n, K]} of what a file holds of one data set, and what was done to it, in words.

    arrays  name -> [n, K] or [n] of the parts: numbers, truth values or words, or objects of which each column holds
            one of them
    kind    "factors": words, numbers that are not whole and those that int64 does not hold become the rank of their
            value over all parts
            "attributes": 0 and 1 as they are, -1 and 1 as 0 and 1

    UserError that names array and value, where that is no class.
    """
    columns = {name: array[:, None] if array.ndim == 1 else array for name, array in arrays.items()}
    for name, array in columns.items():
        if array.ndim != 2 or not array.shape[1]:
            raise UserError(f"{name} has shape {array.shape}; give [n, {kind}], a column for each")
    notes = [f"{kind} is one vector: a column" for array in arrays.values() if array.ndim == 1][:1]
    made, said = (_attributes if kind == ATTRIBUTES else _factors)(columns)
    return made, notes + said


def _attributes(columns: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Zeros and ones, of zeros and ones or of minus ones and ones."""
    columns = {name: _numbers(name, array) for name, array in columns.items()}
    values = np.unique(np.concatenate([array.ravel() for array in columns.values()]))
    signed = values.tolist() == [-1, 1] or values.tolist() == [-1]
    for name, array in columns.items():
        wrong = np.argwhere(~np.isin(array.astype(float), (-1, 1) if signed else (0, 1)))
        if len(wrong):
            row, column = wrong[0]
            held = f"{name} holds {array[row, column]} at [{row}, {column}]"
            raise UserError(f"{held}; attributes are 0 and 1, or -1 and 1 throughout")
    notes = ["attributes of -1 and 1: -1 taken for 0"] if signed else []
    return {name: (array > 0).astype(np.int64) for name, array in columns.items()}, notes


def _factors(columns: dict[str, np.ndarray]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Whole numbers as they are, column by column; other values by their rank over all parts."""
    made = {name: np.zeros(array.shape, np.int64) for name, array in columns.items()}
    widths = {array.shape[1] for array in columns.values()}
    if len(widths) > 1:
        return made, []  # refused later, for its shape
    read, ranked = [], []
    for k in range(widths.pop()):
        given = {name: _class_names(name, array[:, k], k) for name, array in columns.items()}
        column = _in_numbers(given, k)
        if any(column[name].dtype.kind != own.dtype.kind for name, own in given.items()):
            read.append(str(k))
        whole, values = _classes(column, k)
        for name, own in whole.items():
            made[name][:, k] = own
        if values:
            ranked.append(f"{k} ({values})")
    said = {
        "factors in words that are numbers, taken for numbers": read,
        "factors taken by the rank of their values, not being whole numbers of 64 bits": ranked,
    }
    return made, [f"{words}: columns {', '.join(those)}" for words, those in said.items() if those]


def _in_numbers(column: dict[str, np.ndarray], k: int) -> dict[str, np.ndarray]:
    """The parts of column `k` as numbers where all that words say is numbers; UserError for words in one part alone."""
    words = [name for name, own in column.items() if own.dtype.kind == "U"]
    for kind in (np.int64, np.uint64, np.float64) if words else ():
        try:
            return column | {name: _finite(name, column[name].astype(kind), k) for name in words}
        except (ValueError, OverflowError):
            continue
    for name in column:
        if words and name not in words:
            raise UserError(f"{words[0]} holds words in column {k} and {name} numbers; give both parts alike")
    return column


def _classes(column: dict[str, np.ndarray], k: int) -> tuple[dict[str, np.ndarray], int]:
    """The parts of column `k` as int64 [n], and of how many values they are the ranks: 0 for the numbers themselves."""
    held = np.concatenate(list(column.values()))
    values = given = np.unique(held)
    whole = values.dtype.kind in "biu" or (values.dtype.kind == "f" and bool((values == np.rint(values)).all()))
    if values.dtype.kind == "f" and not whole:
        largest = np.abs(values).max()
        values = _apart(values, SAME * largest)
        if (np.abs(values - np.rint(values)) <= SAME * min(1.0, largest)).all():
            return _classes({name: np.rint(own) for name, own in column.items()}, k)
    if whole and int(values[0]) >= -(2**63) and int(values[-1]) < 2**63:
        return {name: own.astype(np.int64) for name, own in column.items()}, 0
    if not whole and len(values) > min(MOST_VALUES, len(held) // LEAST_ROWS_EACH):
        raise UserError(
            f"{next(iter(column))} holds {values[0]} in column {k}, one of {len(given)} values in {len(held)} rows; "
            "factors are classes: whole numbers or names (bin what is real)"
        )
    return {name: np.searchsorted(values, own, side="right") - 1 for name, own in column.items()}, len(values)


def _apart(values: np.ndarray, same: float) -> np.ndarray:
    """Of sorted numbers the first of each run that lies within `same` of it."""
    found, start = [], 0
    while start < len(values):
        found.append(values[start])
        start = int(np.searchsorted(values, values[start] + same, side="right"))
    return np.array(found)


def _class_names(name: str, column: np.ndarray, k: int) -> np.ndarray:
    """A column as numbers where it is of numbers, else as words; UserError where a row has no label."""
    if column.dtype.kind == "O":
        if not all(value is None or isinstance(value, (str, bytes, int, float, np.number)) for value in column):
            raise UserError(f"{name} holds objects in column {k}; give numbers or words")
        _expect_labels(name, column, k, [value is None or value != value for value in column])
        column = _own_type(column)
    if column.dtype.kind in "OUS":
        words = column.astype(str)
        _expect_labels(name, words, k, [word.strip() in NO_LABELS for word in words.tolist()])
        return words
    return _finite(name, _numbers(name, column), k)


def _expect_labels(name: str, column: np.ndarray, k: int, missing: list[bool]) -> None:
    """UserError for the first row whose label is missing."""
    if any(missing):
        row = missing.index(True)
        raise UserError(f"{name} holds {column.tolist()[row]!r} at [{row}, {k}]; give every row a label")


def _finite(name: str, column: np.ndarray, k: int) -> np.ndarray:
    wrong = np.flatnonzero(~np.isfinite(column))
    if len(wrong):
        raise UserError(f"{name} holds {column[wrong[0]]} at [{wrong[0]}, {k}]; factors are classes")
    return column


def _numbers(name: str, array: np.ndarray) -> np.ndarray:
    array = _own_type(array)
    if array.dtype.kind not in "biuf":
        raise UserError(f"{name} is of type {array.dtype}; give real numbers")
    return array


def _own_type(array: np.ndarray) -> np.ndarray:
    """Objects that are all numbers as an array of numbers, anything else as it is."""
    values = array.ravel().tolist() if array.dtype.kind == "O" else [""]
    if not all(isinstance(value, (int, float, np.number)) for value in values):
        return array
    unsigned = all(isinstance(value, int) and 0 <= value < 2**64 for value in values)  # numpy would make them real
    numbers = array.astype(np.uint64) if unsigned else np.array(array.tolist())
    return numbers.astype(np.float64) if numbers.dtype.kind == "O" else numbers
