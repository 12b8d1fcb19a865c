"""Sentences that the numbers of a data set carry, each with its evidence, its uncertainty and the claim it speaks to.

A finding is made of result files alone; where a row or a number of it is not there, there is no finding.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from diffrep.metrics.catalogue import Number, number
from diffrep.metrics.comparison import Compared, differences, no_spread
from diffrep.metrics.power import SIGNIFICANT
from diffrep.metrics.uncertainty import LEAST_SEEDS
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.leads import Lead, leads_of
from diffrep.reports.rows.noise import noise_of, noise_text
from diffrep.reports.rows.scores import OverSeeds, TableRow, ranked
from diffrep.reports.rows.written import written

MOST = 10  # sentences of a data set


@dataclass(frozen=True)
class Known:
    """What findings are made of: the rows of one data set, its result files, and its points of budget and score.

    budget  of `budget_points`
    """

    dataset: str
    rows: list[TableRow]
    results: list[ResultFile]
    budget: pd.DataFrame
    study: Study

    @property
    def methods(self) -> dict[str, TableRow]:
        """The rows of the grid by name."""
        return {row.name: row for row in self.rows if row.kind == "method"}

    @property
    def trained(self) -> list[str]:
        """Those that took any optimiser step."""
        return [name for name in self.methods if (self.mean(name, "steps") or 0) > 0]

    def score(self, name: str, metric: str) -> OverSeeds:
        """The values of a row; none where there is no such row or number."""
        return self.methods[name].scores.get(metric, OverSeeds()) if name in self.methods else OverSeeds()

    def mean(self, name: str, metric: str) -> float | None:
        """Their mean."""
        return self.score(name, metric).mean

    def having(self, metric: str, names: Iterable[str]) -> dict[str, float]:
        """The means of those of these rows that have one."""
        return {name: mean for name in names if (mean := self.mean(name, metric)) is not None}


@dataclass(frozen=True)
class Finding:
    """One sentence and what it rests on.

    claim     what the paper says of this, in our words; empty where the sentence speaks to no paper
    paper     which paper that is, and where it says so
    evidence  the numbers by their names in result files, each in a table of a question's page
    figures   pictures that show it, as `captions.FIGURES` names them
    """

    key: str
    sentence: str
    uncertainty: str
    evidence: tuple[str, ...]
    claim: str = ""
    paper: str = ""
    figures: tuple[str, ...] = ()


Maker = Callable[[Known], Finding | None]


def found(known: Known, makers: Sequence[Maker]) -> list[Finding]:
    """The findings that there are, in this order, `MOST` at most."""
    return [finding for maker in makers if (finding := maker(known)) is not None][:MOST]


def compared_with(known: Known, metric: str, names: Iterable[str], reference: str) -> dict[str, Compared]:
    """The house's test of these rows against another over training seeds, corrected for how many they are.

    What has no test is left out: fewer than three seeds, a seed that is missing, no spread at all.
    """
    column, theirs = row_of(metric), known.score(reference, metric).values
    values = {name: known.score(name, metric).values for name in names if name != reference}
    kept = {
        name: mine
        for name, mine in values.items()
        if len(mine) == len(theirs) >= LEAST_SEEDS
        and not no_spread(np.array(mine), np.array(theirs), paired=column.paired)
    }
    return differences({reference: theirs, **kept}, reference=reference, paired=column.paired) if kept else {}


def lead_of(known: Known, metric: str) -> Lead | None:
    """Who leads in a number among the methods under test, as the first page says; None where no two have it."""
    return next(iter(leads_of(known.dataset, [row_of(metric)], known.rows, known.study)), None)


def lead_words(known: Known, lead: Lead) -> str:
    """How sure it is which of the best two is the best."""
    best = f"{seeds_words(known)}; {lead.first} and {lead.second}"
    if lead.p_value is None:
        return f"{best} were not tested: a test wants {LEAST_SEEDS} seeds and a spread"
    return f"{best} are {lead.verdict}, {p_words(lead.p_value)} after correction for all pairs of methods under test"


def row_of(metric: str) -> Number:
    """What the catalogue says of a number."""
    row = number(metric)
    if row is None:
        raise ValueError(f"no number is called {metric!r}")
    return row


def better(metric: str, one: float, other: float) -> bool:
    """Whether the one value is better than the other."""
    return one > other if row_of(metric).better == "up" else one < other


def share(value: float) -> str:
    """A share of 1 as it is read: "15 %"."""
    return f"{value * 100:.0f} %"


def shown(metric: str, value: float) -> str:
    """A value with the digits of its table."""
    return written(value, row_of(metric).digits)


def listed(metric: str, means: Mapping[str, float]) -> str:
    """Names with their means, the best first, the smallest where neither is better: "diffae 0.689, encdiff 0.648"."""
    return ", ".join(f"{name} {shown(metric, means[name])}" for name in ranked(means, row_of(metric)))


def difference_words(metric: str, compared: Compared) -> str:
    """A difference with its interval and its p: "+0.031 (+0.012 to +0.050, p = 0.004)"."""
    digits = row_of(metric).digits
    own, low, high = (written(each, digits, "+") for each in (compared.difference, compared.low, compared.high))
    return f"{own} ({low} to {high}, {p_words(compared.p_holm)})"


def p_words(p: float) -> str:
    """The p of a test: "p = 0.012", "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def stands(compared: Compared | None) -> bool:
    """Whether a difference is more than chance, after correction."""
    return compared is not None and compared.p_holm < SIGNIFICANT


def seeds_words(known: Known) -> str:
    """How many seeds a sentence rests on."""
    seeds = known.study.seeds
    return f"{len(seeds)} training seeds" if len(seeds) > 1 else f"1 training seed ({seeds[0]})"


def counted(known: Known, mean: float) -> str:
    """A mean of counts over seeds as it is read: "3.5"; of one seed the count, "6"."""
    return f"{mean:.{0 if len(known.study.seeds) == 1 else 1}f}"


def over_seeds_words(known: Known, compared: Mapping[str, Compared], metric: str) -> str:
    """What tests say of differences, and of how many seeds; of fewer than three that there is no test."""
    if not compared:
        return f"{seeds_words(known)}; {untested(known)}"
    each = "; ".join(f"{name} {difference_words(metric, one)}" for name, one in compared.items())
    return f"{seeds_words(known)}, {test_words(compared)}: {each}"


def untested(known: Known) -> str:
    """Why there is no test."""
    few = len(known.study.seeds) < LEAST_SEEDS
    return f"no test: one wants {LEAST_SEEDS}" if few else "nothing to test: no spread, not every seed, or no reference"


def own_noise(known: Known, metric: str, names: Iterable[str]) -> str:
    """How large the own noise of one seed's numbers is, to stand behind other words; nothing of several seeds."""
    found = noise_of(known.results)
    noises = [found[name, metric] for name in names if (name, metric) in found] if len(known.study.seeds) == 1 else []
    return f"; the numbers' own noise: {noise_text(row_of(metric), noises)}" if noises else ""


def test_words(compared: Mapping[str, Compared]) -> str:
    """By which test differences are told, and what stands in their brackets."""
    return f"{next(iter(compared.values())).test} t-test, in brackets the 95 % interval and p after Holm's correction"
