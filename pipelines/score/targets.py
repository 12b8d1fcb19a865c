"""Factors and attributes as people's files hold them, as whole numbers; what was made of them is said."""

import numpy as np

from diffrep.metrics.catalogue import ATTRIBUTES
from diffrep.pipelines.core.errors import UserError

MOST_VALUES = 256  # of a factor of real numbers or words, for them to be names of its values
LEAST_ROWS_EACH = 3  # rows with each of them, on average


def whole_numbers(arrays: dict[str, np.ndarray], kind: str) -> tuple[dict[str, np.ndarray], list[str]]:
    """{name: int64 [n, K]} of what a file holds of one data set, and what was done to it, in words.

    arrays  name -> [n, K] or [n] of the parts: numbers, truth values or words
    kind    "factors": words and numbers that are not whole become the rank of their value over all parts
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
    values = np.unique(np.concatenate([_numbers(name, array).ravel() for name, array in columns.items()]))
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
    widths = {array.shape[1] for array in columns.values()}
    if len(widths) > 1:
        return {name: _numbers(name, array).astype(np.int64) for name, array in columns.items()}, []  # refused later
    made = {name: np.empty(array.shape, np.int64) for name, array in columns.items()}
    named = []
    for k in range(widths.pop()):
        column = {name: _class_names(name, array[:, k], k) for name, array in columns.items()}
        values = np.unique(np.concatenate(list(column.values())))
        if values.dtype.kind in "biu" or (values.dtype.kind == "f" and (values == np.round(values)).all()):
            made = {name: _filled(made[name], k, own.astype(np.int64)) for name, own in column.items()}
            continue
        rows = sum(map(len, column.values()))
        if len(values) > min(MOST_VALUES, rows // LEAST_ROWS_EACH):
            name = next(iter(columns))
            raise UserError(
                f"{name} holds {values[0]} in column {k}, one of {len(values)} values in {rows} rows; "
                "factors are classes: whole numbers or names (bin what is real)"
            )
        made = {name: _filled(made[name], k, np.searchsorted(values, own)) for name, own in column.items()}
        named.append(f"{k} ({len(values)})")
    said = f"factors taken by the rank of their values, not being whole numbers: columns {', '.join(named)}"
    return made, [said] if named else []


def _filled(array: np.ndarray, column: int, values: np.ndarray) -> np.ndarray:
    array[:, column] = values
    return array


def _class_names(name: str, column: np.ndarray, k: int) -> np.ndarray:
    """A column as numbers where it is of numbers, else as words; UserError for nan and infinity."""
    if column.dtype.kind in "OUS":
        if not all(isinstance(value, (str, bytes, int, float, np.number)) for value in column.tolist()):
            raise UserError(f"{name} holds objects in column {k}; give numbers or words")
        return column.astype(str)
    column = _numbers(name, column)
    wrong = np.flatnonzero(~np.isfinite(column))
    if len(wrong):
        raise UserError(f"{name} holds {column[wrong[0]]} at [{wrong[0]}, {k}]; factors are classes")
    return (
        column.astype(np.float64).round(6) if column.dtype.kind == "f" else column
    )  # 0.1 of two precisions is one value


def _numbers(name: str, array: np.ndarray) -> np.ndarray:
    if array.dtype.kind not in "biuf":
        raise UserError(f"{name} is of type {array.dtype}; give real numbers")
    return array
