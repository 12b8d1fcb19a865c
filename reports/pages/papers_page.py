"""The page of what papers print: every number with its source, beside ours where the two are of one thing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from diffrep.metrics.catalogue import CATALOGUE, Number, number
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.reading.printed import Metric, Printed, Published, Source
from diffrep.reports.reading.published import published
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.beside import Beside, beside

MEASURED = {"own": "its authors", "quoted": "others, quoted", "third party": "others", "second hand": "not known"}
DASH = "–"


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
class Compared:
    """What a data set of the study has beside printed numbers: those that agree, those that do not, and why."""

    name: str
    agreed: list[Beside]
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
        how=lambda row: how(row, papers),
        measured=MEASURED,
        text_of=text_of,
    )  # fmt: skip


def compared(name: str, lines: list[Beside]) -> Compared:
    """The lines of one data set, agreeing ones apart; what the others differ in first, and how many of them do."""
    reasons = Counter(line.differs.partition(":")[0] for line in lines if line.differs)
    agreed, others = ([line for line in lines if bool(line.differs) == apart] for apart in (False, True))
    return Compared(name, agreed, others, reasons.most_common())


def of_data_set(papers: Published, data_set: str) -> list[tuple[str, list[Printed]]]:
    """The numbers of a data set, metric by metric in the catalogue's order, in the order of the file."""
    known = [*CATALOGUE, *papers.metrics]
    own = [row for row in papers.numbers if row.data_set == data_set]
    metrics = sorted(dict.fromkeys(row.metric for row in own), key=known.index)
    return [(metric, [row for row in own if row.metric == metric]) for metric in metrics]


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


def how(row: Printed, papers: Published) -> str:
    """How a printed number came about, in as many words as are known."""
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
        row.remark,
    ]
    return "; ".join(part for part in parts if part)


def text_of(value: float | None, decimals: int, sign: str = "") -> str:
    """A number as it is read, to as many decimals as the printed one beside it; a dash for none.

    >>> text_of(0.9712, 3), text_of(-0.0123, 3, "+"), text_of(None, 3)
    ('0.971', '−0.012', '–')
    """
    return DASH if value is None else f"{value:{sign},.{decimals}f}".replace("-", "−")
