"""Marks on numbers not to be taken as others: an oracle that cannot read, codes of one part, steps too long."""

import statistics
from collections.abc import Mapping
from dataclasses import replace

from diffrep.metrics.catalogue import CATALOGUE, LONGEST_STEP, OTHER_EDITS
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.rows.scores import OverSeeds, TableRow

# first words of what the oracle read
READ = (
    *("efficacy", "preservation", "faithfulness", "cf_gap", "monotonicity", "flipped", "logit_shift"),
    *("carry_over_edit", "carry_over_wanted"),
)
# of the swap of one part
SWAPS = ("efficacy", "preservation", "faithfulness", *(row.name for row in CATALOGUE.values() if row.group == "exact"))
OVERSHOT = "no step flips half of the images; the longest that was tried is taken, and may overshoot"
ONE_PART = "its one part is the whole code: a swap redraws the donor"


def warnings_of(results: list[ResultFile], dataset: str) -> dict[str, str]:
    """Method -> which factors the oracle does not read from its decodes, with its agreement there, mean over seeds.

    Where it fails in some of the seeds only, it says in how many.
    """
    found: dict[str, list[dict[str, float]]] = {}
    for result in results:
        if (result.kind, result.dataset, result.stage) == ("method", dataset, "counterfactual"):
            found.setdefault(result.row, []).append(result.notes.get("oracle_fails") or {})
    return {method: _words(seeds) for method, seeds in found.items() if any(seeds)}


def _words(seeds: list[dict[str, float]]) -> str:
    """`seeds` hold factor -> how often the oracle agrees with the truth."""
    parts = []
    for name in dict.fromkeys(name for seed in seeds for name in seed):
        values = [seed[name] for seed in seeds if name in seed]
        some = f" in {len(values)} of {len(seeds)} seeds" if len(values) < len(seeds) else ""
        parts.append(f"{name} ({statistics.mean(values):.2f}{some})")
    return f"the oracle does not read its decodes: {', '.join(parts)}"


def flagged(rows: list[TableRow], warnings: Mapping[str, str]) -> list[TableRow]:
    """The rows with the method's warning on every number that the oracle read."""
    return [_flag(row, warnings[row.name]) if row.kind == "method" and row.name in warnings else row for row in rows]


def _flag(row: TableRow, warning: str) -> TableRow:
    scores = {
        name: _with_remark(score, warning) if name.startswith(READ) else score for name, score in row.scores.items()
    }
    return replace(row, scores=scores, warning=warning)


def overshot(rows: list[TableRow]) -> list[TableRow]:
    """The rows, with a remark on the numbers of steps that are as long as any tried and yet flip less than half."""
    return [_overshot(row) if row.kind == "method" else row for row in rows]


def _overshot(row: TableRow) -> TableRow:
    scores = dict(row.scores)
    for ending in OTHER_EDITS:
        lengths, flipped = (row.scores.get(f"{name}{ending}", OverSeeds()).values for name in ("strength", "flipped"))
        longest = [length == LONGEST_STEP and share < 0.5 for length, share in zip(lengths, flipped, strict=True)]
        if any(longest):
            some = "" if all(longest) else f" (in {sum(longest)} of {len(longest)} seeds)"
            own = {name: score for name, score in scores.items() if name.endswith(ending)}
            scores |= {name: _with_remark(score, f"{OVERSHOT}{some}") for name, score in own.items()}
    return replace(row, scores=scores)


def set_apart(rows: list[TableRow]) -> list[TableRow]:
    """The rows, those whose code is one part with swaps that are not compared with others'."""
    return [_set_apart(row) if row.kind == "method" and row.mean("parts") == 1 else row for row in rows]


def _set_apart(row: TableRow) -> TableRow:
    swaps = {name: replace(row.scores[name], apart=ONE_PART) for name in SWAPS if name in row.scores}
    return replace(row, scores=row.scores | swaps)


def _with_remark(score: OverSeeds, remark: str) -> OverSeeds:
    return replace(score, remark="; ".join(filter(None, (score.remark, remark)))) if score.values else score


def left_out(results: list[ResultFile]) -> list[str]:
    """The factors, with the oracle's accuracy, that counterfactual stages had it not judge, each text once."""
    found = [r.notes["left_out"] for r in results if r.notes.get("left_out")]
    return list(dict.fromkeys(", ".join(f"{name} ({value:.3f})" for name, value in out.items()) for out in found))
