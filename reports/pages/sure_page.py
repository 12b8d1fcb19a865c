"""One page on how sure the numbers are: what seeds change, which tests are made, what they could have found, noise."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import CATALOGUE, Number
from diffrep.metrics.power import SIGNIFICANT
from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.doubts import exceeding
from diffrep.reports.pages.environment import environment
from diffrep.reports.reading.machines import instruction_sets, pairs_of
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.differences import Difference, kinds_of_tests, standing_over_all
from diffrep.reports.rows.noise import WORDS, Noise, between_machines, noise_of, rms
from diffrep.reports.rows.power import Told, seeds_text, told
from diffrep.reports.rows.questions import page_of
from diffrep.reports.rows.roles import MEANINGS, SPREAD, by_role
from diffrep.reports.rows.scores import TableRow, metrics_of

FITTED = ("dci_", "info_")  # how the names of metrics begin that fit trees and regressions
FITTED_WHY = (
    "no line, since blocks of test rows would say too little of a score that grows with their number, and trees and "
    "regressions cost too much to be fitted several times"
)


@dataclass(frozen=True)
class Verdicts:
    """How many methods were compared with the reference in a metric, and what came of it."""

    column: Number
    tests: tuple[str, ...]
    better: int
    worse: int
    untold: int

    @property
    def tested(self) -> int:
        """Those of which there was something to test."""
        return self.better + self.worse + self.untold


@dataclass(frozen=True)
class NoiseLine:
    """How far a metric moves by one source of chance alone, beside its spread over seeds.

    sd       root mean square over the methods that it was measured of; spread: the same of their spreads over seeds
    methods  of these
    larger   those whose own noise is larger than their spread
    """

    column: Number
    source: str
    sd: float
    spread: float
    methods: int
    larger: tuple[str, ...]


def section(dataset: DatasetResults, study: Study) -> dict[str, Any]:
    """What the page says of one data set."""
    rows = dataset.rows
    columns = by_group("summary", metrics_of(rows))
    return {
        "name": dataset.name,
        "roles": [(role, names, MEANINGS[role]) for role, names in by_role(rows).items()],
        "differences": dataset.differences,
        "verdicts": [line for column in columns if (line := verdicts_of(column, dataset.differences)).tested],
        "power": told(dataset.name, columns, rows, study),
        "noise": (lines := noise_lines(columns, rows, noise_of(dataset.results))),
        "noiseless": noiseless(columns, lines),
        "machines": noise_lines(columns, rows, between_machines(pairs_of(dataset.results, dataset.name))),
        "instructions": instruction_sets(dataset.name),
    }


def verdicts_of(column: Number, differences: Sequence[Difference]) -> Verdicts:
    """What came of the comparisons in one metric."""
    own = [found for found in differences if found.metric == column.name]
    counts = {verdict: sum(found.verdict == verdict for found in own) for verdict in ("better", "worse", "untold")}
    return Verdicts(column, tuple(kinds_of_tests(own)), **counts)


def noise_lines(
    columns: Sequence[Number], rows: Sequence[TableRow], noise: dict[tuple[str, str], Noise]
) -> list[NoiseLine]:
    """One line for each metric and source that some method's noise is of."""
    lines = []
    for column in columns:
        own = [(row, noise[row.name, column.name]) for row in rows if (row.name, column.name) in noise]
        for source in dict.fromkeys(found.source for _, found in own):
            of_source = [(row, found) for row, found in own if found.source == source]
            spreads = [row.scores[column.name].sd or 0.0 for row, _ in of_source]
            larger = tuple(row.name for row, _ in of_source if exceeding(row, column.name, noise))
            size = rms(found.sd for _, found in of_source)
            lines.append(NoiseLine(column, WORDS[source], size, rms(spreads), len(of_source), larger))
    return lines


def noiseless(columns: Sequence[Number], lines: Sequence[NoiseLine]) -> list[str]:
    """Which metrics have no line on noise, and which none of the test rows, with the reasons: "AP, MIG: reason"."""
    own = {line.column.name for line in lines}
    without = [column for column in columns if column.name not in own]
    reasons = {
        FITTED_WHY: [column.title for column in without if column.name.startswith(FITTED)],
        "no line, since no stage measures it": [c.title for c in without if not c.name.startswith(FITTED)],
        "of what the estimator draws alone, none of the test rows": [
            line.column.title for line in lines if line.source == WORDS["estimator"]
        ],
    }
    return [f"{', '.join(titles)}: {reason}" for reason, titles in reasons.items() if titles]


def total(sections: Sequence[dict[str, Any]]) -> dict[str, int]:
    """How many comparisons there are on all data sets, and how many of them differ, in each metric and over all."""
    lines: list[Verdicts] = [line for part in sections for line in part["verdicts"]]
    counts = {name: sum(getattr(line, name) for line in lines) for name in ("tested", "better", "worse", "untold")}
    differences = [found for part in sections for found in part["differences"]]
    return counts | {"told": counts["better"] + counts["worse"], "over_all": standing_over_all(differences)}


def render(sections: Sequence[dict[str, Any]], study: Study) -> str:
    """The page as text, from one dictionary per data set."""
    lines: list[Told] = [line for part in sections for line in part["power"]]
    paired = [row.title for row in CATALOGUE.values() if row.summary and row.paired]
    return environment().get_template("sure.html").render(
        sections=sections,
        study=study,
        root="../",
        total=total(sections),
        paired=paired,
        level=SIGNIFICANT,
        power=lines[0].pair.power if lines else None,
        seeds_text=seeds_text,
        spread=SPREAD,
        page_of=page_of,
    )  # fmt: skip
