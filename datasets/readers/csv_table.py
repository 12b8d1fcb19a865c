"""A person's table of pictures: which column is what is told by what stands in it."""

import csv
import io
import unicodedata
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np

from diffrep.datasets.files.faults import Faults, expect_none
from diffrep.datasets.files.kinds import expect_file
from diffrep.datasets.readers.columns import Known, factor, split

TRUTHS: list[dict[str, int]] = [{"0": 0, "1": 1}, {"-1": 0, "1": 1}, {"0.0": 0, "1.0": 1}, {"-1.0": 0, "1.0": 1}]
TRUTHS += [{"no": 0, "yes": 1}, {"false": 0, "true": 1}]
SEPARATORS = (",", ";", "\t")
SPLIT = "split"  # the name of the column that says which split a picture is in


@dataclass
class Table:
    """Rows of a CSV: the entry of the first column of each, and the other columns [n] as words, by their names."""

    path: Path
    keys: list[str]
    columns: dict[str, list[str]]


def read_table(path: Path) -> Table:
    """A CSV with a header, separated by commas, semicolons or tabs, in UTF-8; the first column names the pictures.

    FileNotFoundError, ValueError or Faults: rows that are too long or too short, empty entries, names twice.
    """
    try:
        text = expect_file(path).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is no text in UTF-8: save the table as CSV, UTF-8") from error
    separator = max(SEPARATORS, key=text.lstrip().partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    cells = [[cell.strip() for cell in row] for row in reader]
    header, *rows = [row for row in cells if any(row)] or [[]]
    faults = [f"{path} has the column {name!r} twice" for name in sorted({n for n in header if header.count(n) > 1})]
    faults += [f"{path}: column {place + 1} has no name" for place, name in enumerate(header) if not name]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            faults.append(f"{path}, row {number}: {len(row)} entries, the header has {len(header)}")
        else:
            faults += [
                f"{path}, row {number}: {name!r} is empty" for name, cell in zip(header, row, strict=True) if not cell
            ]
    expect_none(faults)
    if not rows:
        raise ValueError(f"{path} has no rows below its header")
    first, *others = zip(*rows, strict=True)
    return Table(path, list(first), dict(zip(header[1:], map(list, others), strict=True)))


def known_of(table: Table, factors: tuple[str, ...], ignore: tuple[str, ...], order: np.ndarray) -> Known:
    """What the columns say of pictures.

    factors  columns of few values, whole numbers or words; ignore: columns that are not looked at
    order    the row of each picture

    Of the others, 0 and 1, -1 and 1, yes and no, true and false are attributes; `split` is the split; other numbers are
    targets. Faults for words in any other column.
    """
    known, faults = Known(), []
    named = [*factors, *ignore]
    faults += [
        f"{table.path} has no column {name!r}: {', '.join(table.columns)}"
        for name in named
        if name not in table.columns
    ]
    for name, cells in table.columns.items():
        if name in ignore:
            continue
        try:
            _take(known, name, np.array(cells)[order], name in factors)
        except ValueError as error:
            faults.append(f"{table.path}: {error}")
    expect_none(faults)
    return known


def _take(known: Known, name: str, cells: np.ndarray, is_factor: bool) -> None:
    """Put a column to its kind; ValueError for one of words that is no factor."""
    words = np.char.lower(cells)
    truths = next((truth for truth in TRUTHS if set(words.tolist()) <= set(truth)), None)
    if is_factor:
        numbers = _numbers(cells)
        known.factors[name], known.sizes[name] = factor(cells if numbers is None else numbers, name)
    elif name.lower() == SPLIT:
        known.split = split(cells)
    elif truths:
        known.attributes[name] = np.array([truths[word] for word in words.tolist()], np.uint8)
    else:
        numbers = _numbers(cells)
        if numbers is None:
            odd = next(cell for cell in cells.tolist() if _numbers([cell]) is None)
            raise ValueError(f"column {name!r} has {odd!r}, which is no number: name it in `factors` or in `ignore`")
        known.targets[name] = numbers.astype(np.float32)


def _numbers(cells: np.ndarray | list[str]) -> np.ndarray | None:
    """The numbers that words are; None where one is none, or not finite."""
    try:
        numbers = np.array([float(cell) for cell in cells])
    except ValueError:
        return None
    return numbers if all(map(isfinite, numbers)) else None


def rows_of(table: Table, pictures: list[str], folder: Path) -> np.ndarray:
    """The row [n] of each picture, which a table calls by its path below `folder`, or by its name alone.

    Faults: pictures without row, rows without picture, pictures with two rows, names of several pictures.
    """
    paths = {_same(picture): place for place, picture in enumerate(pictures)}
    names: dict[str, list[int]] = {}
    for place, picture in enumerate(pictures):
        names.setdefault(_same(picture.rpartition("/")[2]), []).append(place)
    rows, faults = np.full(len(pictures), -1), []
    for row, key in enumerate(table.keys):
        path = _same(key.replace("\\", "/").removeprefix("./"))
        found = [paths[path]] if path in paths else names.get(path, [])
        if not found:
            faults.append(f"{table.path}, row {row + 2}: there is no picture {key} in {folder}")
        elif len(found) > 1:
            faults.append(
                f"{table.path}, row {row + 2}: {key} might be {' or '.join(pictures[place] for place in found)}"
            )
        elif rows[found[0]] >= 0:
            faults.append(f"{table.path}, row {row + 2}: {key} stands in row {rows[found[0]] + 2} already")
        else:
            rows[found[0]] = row
    faults += [f"{folder / pictures[place]} has no row in {table.path}" for place in np.flatnonzero(rows < 0)]
    if faults:
        raise Faults(faults)
    return rows


def _same(name: str) -> str:
    """A name whose accents are written in one way: file systems and tables have them in two."""
    return unicodedata.normalize("NFC", name)
