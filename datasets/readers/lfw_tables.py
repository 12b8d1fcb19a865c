"""LFW's tables: people with their numbers of pictures, and the scores of attributes by person and number."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from diffrep.datasets.readers.flag_table import expect_few, read_lines

Key = tuple[str, int]  # a person, with underscores, and which of their pictures
BEFORE = 3  # columns of the line of names before the first attribute: a mark of a comment, person, imagenum


class Scores(NamedTuple):
    """Scores of some pictures: the row of each in `values` [n, a] float32, whose columns are `names`."""

    path: Path
    names: tuple[str, ...]
    rows: dict[Key, int]
    values: np.ndarray


def read_scores(path: Path) -> Scores:
    """lfw_attributes.txt: a comment, the names of the columns, and rows of a person, a number and scores, by tabs.

    Faults for rows with too few or too many scores, scores that are no finite numbers, and pictures with two rows.
    """
    lines = read_lines(path)
    columns = lines[1].rstrip("\r").split("\t") if len(lines) > 1 else []
    if [column.strip().lower() for column in columns[:BEFORE]] != ["#", "person", "imagenum"] or len(columns) <= BEFORE:
        raise ValueError(
            f"{path} has no second line of '#', person, imagenum and names of attributes, with tabs between"
        )
    names = tuple(column.strip() for column in columns[BEFORE:] if column.strip())
    rows: dict[Key, int] = {}
    values: list[list[float]] = []
    faults = []
    for number, line in enumerate(lines[2:], 3):
        person, *words = line.split("\t")
        found = _numbers(words)
        if len(words) != 1 + len(names):
            faults.append(f"{path} line {number} has {len(words) - 1} scores, not {len(names)}")
        elif found is None:
            faults.append(f"{path} line {number} has values that are no finite numbers")
        elif (key := (underscored(person), int(found[0]))) in rows:
            faults.append(f"{path} line {number} is a second row of {shown(key)}")
        else:
            rows[key] = len(values)
            values.append(found[1:])
    expect_few(faults)
    if not values:
        raise ValueError(f"{path} has no rows of scores")
    return Scores(path, names, rows, np.array(values, dtype=np.float32))


def read_people(path: Path) -> dict[str, int]:
    """A list of people: how many there are, then a name and a number of pictures in each line, by a tab."""
    first, *lines = read_lines(path)
    people: dict[str, int] = {}
    faults = []
    for number, line in enumerate(lines, 2):
        person, _, count = line.strip().partition("\t")
        if not count.strip().isdecimal():
            faults.append(f"{path} line {number} is {line[:60]!r}, not a name, a tab and a number of pictures")
        elif person in people:
            faults.append(f"{path} line {number} has {person} a second time")
        else:
            people[person] = int(count)
    expect_few(faults)
    if first.strip() != str(len(people)):
        raise ValueError(
            f"{path} states {first.strip()[:40]!r} people and has {len(people):,}: it is cut off, or no list of View 1 "
            "(peopleDevTrain.txt, peopleDevTest.txt)"
        )
    return people


def underscored(person: str) -> str:
    """A person's name as their pictures' has it."""
    return "_".join(person.split())


def shown(key: Key) -> str:
    """A picture's name without its ending."""
    return f"{key[0]}_{key[1]:04d}"


def _numbers(words: list[str]) -> list[float] | None:
    try:
        found = [float(word) for word in words]
    except ValueError:
        return None
    return found if np.isfinite(found).all() else None
