"""The page of what papers print: every number with its source, beside ours where the two are of one thing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from diffrep.metrics.catalogue import CATALOGUE, Number, number
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.pages.readable import DASH
from diffrep.reports.reading.printed import Metric, Printed, Published, Source
from diffrep.reports.reading.published import published
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.beside import Beside, beside
from diffrep.reports.rows.written import written

MEASURED = {  # in the words of the page, by `Printed.measured`
    "own": "the source",
    "quoted": "others, quoted",
    "third party": "the source, in a run of its own",
    "not stated": "not stated",
}


@dataclass(frozen=True)
class SourceLine:
    """A source, and how many of its numbers are taken over, have a spread, and say of how many trainings."""

    source: Source
    numbers: int
    quoted: int
    spreads: int
    seeded: int
    seeds: str


@dataclass(frozen=True)
class Made:
    """The numbers of a data set and metric that were made in one way, as far as it is stated; `how` in words."""

    metric: str
    how: str
    rows: list[Printed]


@dataclass(frozen=True)
class Compared:
    """What a data set of the study has beside printed numbers.

    agreed   of one thing
    apart    of the same data set, and what differs
    others   of other data sets
    reasons  what differs, and of how many
    """

    name: str
    agreed: list[Beside]
    apart: list[Beside]
    others: list[Beside]
    reasons: list[tuple[str, int]]


def render(found: Sequence[DatasetResults], study: Study) -> str:
    """The page as text."""
    papers = published()
    return environment().get_template("papers.html").render(
        study=study,
        root="../",
        papers=papers,
        compared=[compared(data.name, beside(data.results, study, papers)) for data in found],
        data_sets=[(card, of_data_set(papers, card.key)) for card in papers.data_sets.values()],
        sources=sources(papers),
        seeded=sum(row.seeds is not None for row in papers.numbers),
        spread_alone=sum(row.spread is not None and row.seeds is None for row in papers.numbers),
        title_of=lambda metric: column_of(metric, papers).title,
        arrow_of=lambda metric: {"up": "↑", "down": "↓", "": ""}[column_of(metric, papers).better],
        how=lambda row: "; ".join(filter(None, (how(row, papers), row.remark))),
        counts_of=counts_of,
        place=lambda row: place(row, papers),
        measured=MEASURED,
        text_of=text_of,
    )  # fmt: skip


def compared(name: str, lines: list[Beside]) -> Compared:
    """The lines of one data set: those that agree, those that do not, those of other data; and what differs."""
    reasons = Counter(words.partition(":")[0] for line in lines for words in line.differs)
    agreed = [line for line in lines if not line.differs]
    apart = [line for line in lines if line.differs and line.same_data]
    others = [line for line in lines if not line.same_data]
    return Compared(name, agreed, apart, others, reasons.most_common())


def of_data_set(papers: Published, data_set: str) -> list[Made]:
    """The numbers of a data set, metric by metric in the catalogue's order, those that were made alike together."""
    known = [*CATALOGUE, *papers.metrics]
    groups: dict[tuple[str, str], list[Printed]] = {}
    for row in (row for row in papers.numbers if row.data_set == data_set):
        groups.setdefault((row.metric, how(row, papers)), []).append(row)
    made = [Made(metric, words, rows) for (metric, words), rows in groups.items()]
    return sorted(made, key=lambda group: known.index(group.metric))


def counts_of(groups: Sequence[Made]) -> Counter[str]:
    """How many numbers of each metric there are."""
    return Counter(group.metric for group in groups for _ in group.rows)


def sources(papers: Published) -> list[SourceLine]:
    """What there is of each source."""
    return [source_line(card, [r for r in papers.numbers if r.source == key]) for key, card in papers.sources.items()]


def source_line(source: Source, own: Sequence[Printed]) -> SourceLine:
    """The numbers of one source, counted."""
    seeds = sorted({row.seeds for row in own if row.seeds is not None})
    return SourceLine(
        source,
        len(own),
        sum(row.measured == "quoted" for row in own),
        sum(row.spread is not None for row in own),
        sum(row.seeds is not None for row in own),
        " or ".join(map(str, seeds)),
    )


def column_of(metric: str, papers: Published) -> Number | Metric:
    """What is known of a metric, in the catalogue or beside the printed numbers."""
    return number(metric) or papers.metrics[metric]


def place(row: Printed, papers: Published) -> str:
    """Where in its source a number stands: "Table 1"; empty where that is not known or the source is but one list."""
    title = papers.sources[row.source].title
    return "" if row.table == "not noted" or title.endswith(row.table) else row.table


def how(row: Printed, papers: Published) -> str:
    """How a printed number came about, in as many words as are known; what holds for it alone is its remark."""
    protocol = papers.protocols[row.protocol]
    from_another = protocol.learned_from not in ("", "same", papers.data_sets[row.data_set].data)
    parts = [
        f"learned from {protocol.learned_from}" if from_another else "",
        f"{protocol.size} pixels" if protocol.size else "",
        f"crop {protocol.crop}" if protocol.crop not in ("", "default") else "",
        protocol.reduction,
        protocol.judged_on,
        row.variant,
        protocol.note,
    ]
    return "; ".join(part for part in parts if part)


def text_of(value: float | None, decimals: int, sign: str = "") -> str:
    """A number as it is read, to as many decimals as the printed one beside it; a dash for none.

    >>> text_of(-0.0123, 3, "+"), text_of(None, 3)
    ('−0.012', '–')
    """
    return DASH if value is None else written(value, decimals, sign)
