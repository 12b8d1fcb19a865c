"""What papers print: numbers with their sources and protocols, as they lie in reports/published, read and checked.

Nothing writes these files but a person; a test holds them against their checksums.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from diffrep.metrics.catalogue import number
from diffrep.reports.reading.printed import (
    Contradiction,
    DataSet,
    Line,
    Method,
    Metric,
    Printed,
    Protocol,
    Published,
    Source,
    chosen_by,
)

PUBLISHED = Path(__file__).parents[1] / "published"
L = TypeVar("L", bound=Line)
C = TypeVar("C", Source, DataSet, Method, Metric, Protocol)


def published(folder: Path = PUBLISHED) -> Published:
    """What the folder holds. ValueError, one line with file, line and column, for what does not fit."""
    found = Published(
        numbers=tuple(_lines(folder / "numbers.csv", Printed)),
        sources=_cards(folder / "sources.csv", Source),
        data_sets=_cards(folder / "data_sets.csv", DataSet),
        methods=_cards(folder / "methods.csv", Method),
        metrics=_cards(folder / "metrics.csv", Metric),
        protocols=_cards(folder / "protocols.csv", Protocol),
        contradictions=_contradictions(folder / "contradictions.yaml"),
    )
    _expect_cards(folder / "numbers.csv", found)
    _expect_each_once(folder / "numbers.csv", found.numbers)
    _expect_numbers(folder / "contradictions.yaml", found)
    return found


def _lines(path: Path, kind: type[L]) -> list[L]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if list(lines.fieldnames or ()) != list(kind.model_fields):
            raise ValueError(f"{path} has the columns {lines.fieldnames}: {list(kind.model_fields)} would do")
        return [_checked(kind, line, f"{path}, line {lines.line_num}") for line in lines]


def _checked(kind: type[L], values: Mapping[Any, Any], where: str) -> L:
    if None in values or None in values.values():
        raise ValueError(f"{where} has more or fewer cells than there are columns")
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{where}: {first['loc'][0]} is {first['input']!r}: {first['msg']}") from None


def _cards(path: Path, kind: type[C]) -> dict[str, C]:
    cards: dict[str, C] = {}
    for card in _lines(path, kind):
        if card.key in cards:
            raise ValueError(f"{path} has {card.key!r} twice")
        cards[card.key] = card
    return cards


def _contradictions(path: Path) -> tuple[Contradiction, ...]:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(_checked(Contradiction, entry, f"{path}, entry {i}") for i, entry in enumerate(entries, 1))


def _expect_cards(path: Path, found: Published) -> None:
    """ValueError for a number of a source, data set, method, protocol or metric that nothing is said of, or twice."""
    columns = ("source", "data_set", "method", "protocol")
    known = dict(zip(columns, (found.sources, found.data_sets, found.methods, found.protocols), strict=True))
    for i, row in enumerate(found.numbers, 2):
        for column, cards in known.items():
            if getattr(row, column) not in cards:
                raise ValueError(f"{path}, line {i}: no card of {column} {getattr(row, column)!r}: write one")
        if (row.metric in found.metrics) == (number(row.metric) is not None):
            raise ValueError(f"{path}, line {i}: metric {row.metric!r} must stand in metrics.csv or the catalogue")


def _expect_each_once(path: Path, numbers: tuple[Printed, ...]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for i, row in enumerate(numbers, 2):
        place = (row.source, row.table, row.data_set, row.method, row.metric, row.protocol)
        if place in seen:
            raise ValueError(f"{path}, lines {seen[place]} and {i} are one number twice: name what tells them apart")
        seen[place] = i


def _expect_numbers(path: Path, found: Published) -> None:
    """ValueError for a contradiction that names a column that is not there, or numbers that nobody prints."""
    for entry in found.contradictions:
        for chosen in entry.numbers:
            if unknown := sorted(chosen.keys() - Printed.model_fields.keys()):
                raise ValueError(f"{path}: {entry.key} asks for the column {unknown[0]!r}, which there is not")
            if not any(chosen_by(row, chosen) for row in found.numbers):
                raise ValueError(f"{path}: {entry.key} is about numbers that nobody prints: {dict(chosen)}")
