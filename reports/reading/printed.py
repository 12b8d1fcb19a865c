"""What a printed number is, and the cards of all that it names: its source, data set, method, metric and protocol."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

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
    """A row as papers name it; `ours` is the method of the suite that it is, in the words of `method_of`, if any."""

    key: Word
    title: Word
    ours: str


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
    measured  by whom: own, the authors of the source, whose method it need not be; quoted, taken over by them from
              elsewhere; third party, the source again, which ran another's method anew; or not stated
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
    measured: Literal["own", "quoted", "third party", "not stated"]
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
        """How many digits behind the point the value is printed to, 3.84e-5 as 0.0000384; of a range its first."""
        first = self.value.partition("-")[0] if self.number is None else self.value
        digits, _, exponent = first.partition("e")
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
        """The printed numbers that a contradiction is about, each once, in the order in which it names them."""
        named = [row for chosen in contradiction.numbers for row in self.numbers if chosen_by(row, chosen)]
        return list(dict.fromkeys(named))


def chosen_by(row: Printed, chosen: Mapping[str, str]) -> bool:
    """Whether every column that is named has the value that is named."""
    return all(getattr(row, column) == value for column, value in chosen.items())
