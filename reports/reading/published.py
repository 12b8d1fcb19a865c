"""What papers print: numbers with their sources and protocols, as they lie in reports/published, read and checked.

Nothing writes these files but a person; a test holds them against their checksums.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from diffrep.metrics.catalogue import number

PUBLISHED = Path(__file__).parents[1] / "published"
Word = Annotated[str, Field(min_length=1)]
Blank = BeforeValidator(lambda text: None if text == "" else text)  # what a source does not state


class Line(BaseModel):
    """A line of one of the files: its columns are the fields, no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Line):
    """A paper or repository.

    read_in   what was looked at
    evidence  how near to the paper that is
    """

    key: Word
    title: Word
    identifier: Word
    read_in: Word
    evidence: Literal["full text", "table", "official file", "notes", "third party file", "second hand"]


class DataSet(Line):
    """A data set as papers name it; `data` is ours, its variant behind it, and empty where none of ours is it."""

    key: Word
    title: Word
    data: str


class Method(Line):
    """A row as papers name it; `adapter` is the one of ours that builds it, and empty where none does."""

    key: Word
    title: Word
    adapter: str


class Metric(Line):
    """A number that the suite's catalogue does not have."""

    key: Word
    title: Word
    better: Literal["up", "down", ""]


class Protocol(Line):
    """How a number came about, as far as it is stated; what is not is empty.

    size          pixels
    crop          as the data set's setting names it; default: it has none to choose
    learned_from  what the representation was trained on, as `DataSet.data`; same: on the data set itself
    reduction     which numbers of the code are judged
    """

    key: Word
    size: str = ""
    crop: str = ""
    learned_from: str = ""
    reduction: str = ""
    judged_on: str = ""
    note: str = ""


class Printed(Line):
    """One number as it is printed.

    value     the text of the source; two numbers with - between them are a range
    spread    what stands behind ±, if anything
    seeds     how many trainings it is the mean of, where that is stated
    measured  by whom: own, the authors of the source; quoted, taken over by them from elsewhere
    variant   of the metric, in words that `reports.rows.variants` has for our own numbers; empty where not stated
    """

    source: Word
    table: Word
    data_set: Word
    method: Word
    metric: Word
    value: Annotated[str, Field(pattern=r"^\d+(\.\d+)?(e-?\d+)?(-\d+(\.\d+)?)?$")]
    spread: Annotated[float | None, Field(ge=0), Blank]
    seeds: Annotated[int | None, Field(ge=1), Blank]
    measured: Literal["own", "quoted", "third party", "second hand"]
    protocol: Word
    variant: str
    remark: str

    @property
    def number(self) -> float | None:
        """The value; None for a range."""
        try:
            return float(self.value)
        except ValueError:
            return None

    @property
    def decimals(self) -> int:
        """How many digits behind the point the value is printed to, 3.84e-5 as 0.0000384."""
        digits, _, exponent = self.value.partition("e")
        return max(0, len(digits.partition(".")[2]) - int(exponent or 0))


class Contradiction(Line):
    """Printed numbers that cannot be laid side by side as they stand; the head of its file says what each field is."""

    key: Word
    title: Word
    numbers: tuple[Mapping[str, str], ...]
    shown: Word
    open: Word
    here: Word
    sources: Word


class Published(BaseModel):
    """All of it, each card under its key."""

    model_config = ConfigDict(frozen=True)

    numbers: tuple[Printed, ...]
    sources: Mapping[str, Source]
    data_sets: Mapping[str, DataSet]
    methods: Mapping[str, Method]
    metrics: Mapping[str, Metric]
    protocols: Mapping[str, Protocol]
    contradictions: tuple[Contradiction, ...]

    def about(self, contradiction: Contradiction) -> list[Printed]:
        """The printed numbers that a contradiction is about, in the order in which it names them."""
        return [row for chosen in contradiction.numbers for row in self.numbers if _has(row, chosen)]


def _has(row: Printed, chosen: Mapping[str, str]) -> bool:
    return all(getattr(row, column) == value for column, value in chosen.items())


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


def _lines[L: Line](path: Path, kind: type[L]) -> list[L]:
    with path.open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if list(lines.fieldnames or ()) != list(kind.model_fields):
            raise ValueError(f"{path} has the columns {lines.fieldnames}: {list(kind.model_fields)} would do")
        return [_checked(kind, line, f"{path}, line {lines.line_num}") for line in lines]


def _checked[L: Line](kind: type[L], values: Mapping[Any, Any], where: str) -> L:
    if None in values or None in values.values():
        raise ValueError(f"{where} has more or fewer cells than there are columns")
    try:
        return kind(**values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{where}: {first['loc'][0]} is {first['input']!r}: {first['msg']}") from None


def _cards[L: (Source, DataSet, Method, Metric, Protocol)](path: Path, kind: type[L]) -> dict[str, L]:
    cards: dict[str, L] = {}
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
            if not any(_has(row, chosen) for row in found.numbers):
                raise ValueError(f"{path}: {entry.key} is about numbers that nobody prints: {dict(chosen)}")
