"""Tables of faces: attributes and splits by the number in a picture's name, in CelebA's text form or as a CSV."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diffrep.datasets.files.faults import Faults, expect_none
from diffrep.datasets.files.kinds import expect_file

NAME = re.compile(r"(\d+)\.(?:jpg|jpeg|png|webp)", re.IGNORECASE)
SOME = 3  # faults of a kind that are told one by one


@dataclass(frozen=True)
class Table:
    """Rows of whole numbers, by the number in the name that each begins with.

    columns  names, () where the file has none
    numbers  [n] int64, each once
    values   [n, c] of whole numbers
    """

    path: Path
    columns: tuple[str, ...]
    numbers: np.ndarray
    values: np.ndarray

    def at(self, numbers: np.ndarray) -> np.ndarray:
        """The rows [m, c] of some pictures, each of which the table has."""
        order = np.argsort(self.numbers)
        return self.values[order[np.searchsorted(self.numbers[order], numbers)]]


def read_attributes(path: Path, names: tuple[str, ...]) -> Table:
    """The attributes of pictures, 0 or 1, under `names` and in their order, whatever the file's.

    Text: how many rows, the names of the attributes, and rows of a picture's name with a -1 or 1 for each. Or a CSV
    that begins with the names of its columns. Faults for a row cut off or another number of rows than stated, for other
    values and other names.
    """
    lines = read_lines(path)
    csv = "," in lines[0]
    columns = lines[0].split(",")[1:] if csv else (lines[1].split() if len(lines) > 1 else [])
    columns = [column.strip() for column in columns]
    faults = [f"{path} has no column {name}" for name in names if name not in columns]
    faults += [
        f"{path} has a column {column}, which is no attribute of it" for column in columns if column not in names
    ]
    expect_none(faults)
    table = read_rows(path, lines[1:] if csv else lines[2:], tuple(columns), 2 if csv else 3, csv=csv)
    if not csv:
        expect_stated(path, lines[0], len(table.numbers))
    unlike = set(np.unique(table.values).tolist())
    if not (unlike <= {-1, 1} or unlike <= {0, 1}):
        raise ValueError(
            f"{path} has the values {', '.join(map(str, sorted(unlike)[:5]))}: -1 and 1, or 0 and 1, would do"
        )
    flags = (table.values[:, [columns.index(name) for name in names]] == 1).astype(np.uint8)
    return Table(path, names, table.numbers, flags)


def read_partition(path: Path) -> Table:
    """The split of pictures: 0 training, 1 validation, 2 test; rows of a name and that, or a CSV with a first line."""
    lines = read_lines(path)
    csv = "," in lines[0]
    table = read_rows(path, lines[1:] if csv else lines, ("partition",), 2 if csv else 1, csv=csv)
    unlike = set(np.unique(table.values).tolist())
    if not unlike <= {0, 1, 2}:
        raise ValueError(f"{path} has splits {sorted(unlike)[:5]}: 0, 1 and 2 would do")
    return table


def read_mapping(path: Path) -> Table:
    """Of what picture of CelebA each of CelebA-HQ was made: a file with the columns idx and orig_file."""
    lines = read_lines(path)
    columns = lines[0].replace(",", " ").split()
    absent = [name for name in ("idx", "orig_file") if name not in columns]
    if absent:
        raise ValueError(f"{path} has no column {' nor '.join(absent)}: its first line is {lines[0][:60]!r}")
    idx, file = columns.index("idx"), columns.index("orig_file")
    rows, faults = {}, []
    for line_number, line in enumerate(lines[1:], 2):
        words = line.replace(",", " ").split()
        match = NAME.fullmatch(words[file]) if len(words) == len(columns) else None
        if match is None or not words[idx].isdecimal():
            faults.append(
                f"{path} line {line_number} is {line.strip()[:60]!r}, not a number and a name like 000001.jpg"
            )
        elif int(words[idx]) in rows:
            faults.append(f"{path} line {line_number} is a second row of picture {int(words[idx])}")
        else:
            rows[int(words[idx])] = int(match[1])
    expect_few(faults)
    values = np.array(list(rows.values()), dtype=np.int64)[:, None]
    return Table(path, ("original",), np.array(list(rows), dtype=np.int64), values)


def read_lines(path: Path) -> list[str]:
    """The lines of a text file, without empty ones; FileNotFoundError or ValueError for what is none."""
    try:
        lines = [line for line in expect_file(path).read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text: get the file itself, not an archive of it") from None
    if not lines:
        raise ValueError(f"{path} is empty")
    return lines


def read_rows(path: Path, lines: list[str], columns: tuple[str, ...], first: int, *, csv: bool) -> Table:
    """Rows of a picture's name and a whole number for each column; `first` is the line of the first of them."""
    numbers, values, faults = [], [], []
    for line_number, line in enumerate(lines, first):
        name, *words = line.split(",") if csv else line.split()
        match = NAME.fullmatch(name.strip().strip('"'))
        row = whole_numbers(words)
        if match is None:
            faults.append(
                f"{path} line {line_number} begins with {name.strip()[:40]!r}, not with a name like 000001.jpg"
            )
        elif len(words) != len(columns):
            faults.append(f"{path} line {line_number} has {len(words)} values, not {len(columns)}")
        elif row is None:
            faults.append(f"{path} line {line_number} has values that are no whole numbers")
        else:
            numbers.append(int(match[1]))
            values.append(row)
    expect_few(faults)
    found = np.array(numbers, dtype=np.int64)
    unlike, times = np.unique(found, return_counts=True)
    if not len(found):
        raise ValueError(f"{path} has no rows")
    if times.max() > 1:
        raise ValueError(f"{path} has {times.max()} rows of picture {unlike[times.argmax()]}: one would do")
    return Table(path, columns, found, np.array(values, dtype=np.int64).reshape(len(found), len(columns)))


def whole_numbers(words: list[str]) -> list[int] | None:
    """Some words as numbers; None where one is none."""
    try:
        return [int(word) for word in words]
    except ValueError:
        return None


def expect_stated(path: Path, first: str, rows: int) -> None:
    """Whether a file has as many rows as its first line says."""
    if first.strip() != str(rows):
        raise ValueError(
            f"{path} states {first.strip()[:40]!r} rows and has {rows:,}: it is cut off or altered, get it again"
        )


def expect_few(faults: list[str]) -> None:
    """Raise Faults if there are any, of which the first stand for the rest."""
    if faults:
        more = len(faults) - SOME
        raise Faults(faults[:SOME] + ([f"and so have {more:,} more lines"] if more > 0 else []))


def unmatched(pictures: np.ndarray, store: Path, table: Table) -> list[str]:
    """What pictures [n], by number, and a table do not have of each other, in words."""
    return [
        *lacking(np.setdiff1d(table.numbers, pictures), f"{store} lacks pictures of which {table.path} has rows"),
        *lacking(np.setdiff1d(pictures, table.numbers), f"{store} has pictures of which {table.path} has no rows"),
    ]


def lacking(numbers: np.ndarray, what: str) -> Iterable[str]:
    """`what` of some pictures, with how many they are and the first of their numbers; nothing where there are none."""
    if len(numbers):
        shown = ", ".join(map(str, numbers[:SOME].tolist()))
        yield f"{what}: {len(numbers):,} of them, number {shown}{' ...' if len(numbers) > SOME else ''}"
