"""Marks on numbers not to be taken as others: an oracle that cannot read, codes of one part, steps too long."""

import statistics
from collections.abc import Mapping
from dataclasses import replace

from diffrep.metrics.catalogue import CATALOGUE, LONGEST_STEP, OTHER_EDITS
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.rows.scores import OverSeeds, TableRow

# first words of what the oracle read
READ = ("efficacy", "preservation", "faithfulness", "cf_gap", "monotonicity", "flipped", "logit_shift")
# what it read of the factors of pairs alone: `carry_over_edit_FACTOR_FACTOR` of one pair, the others of all
EDIT_OF_PAIR = "carry_over_edit_"
CARRIED = ("carry_over_edit", "carry_over_wanted")
# of the swap of one part
SWAPS = ("efficacy", "preservation", "faithfulness", *(row.name for row in CATALOGUE.values() if row.group == "exact"))
OVERSHOT = "no step flips half of the images; the longest that was tried is taken, and may overshoot"
ONE_PART = "its one part is the whole code: a swap redraws the donor"


def unread_of(results: list[ResultFile], dataset: str) -> dict[str, list[dict[str, float]]]:
    """Method -> of each seed {factor that the oracle does not read from its decodes: how often it agrees}."""
    found: dict[str, list[dict[str, float]]] = {}
    for result in results:
        if (result.kind, result.dataset, result.stage) == ("method", dataset, "counterfactual"):
            found.setdefault(result.row, []).append(result.notes.get("oracle_fails") or {})
    return {method: seeds for method, seeds in found.items() if any(seeds)}


def _words(seeds: list[dict[str, float]]) -> str:
    """Which factors, with the agreement, mean over seeds; where it fails in some of the seeds only, in how many."""
    parts = []
    for name in dict.fromkeys(name for seed in seeds for name in seed):
        values = [seed[name] for seed in seeds if name in seed]
        some = f" in {len(values)} of {len(seeds)} seeds" if len(values) < len(seeds) else ""
        parts.append(f"{name} ({statistics.mean(values):.2f}{some})")
    return f"the oracle does not read its decodes: {', '.join(parts)}"


def flagged(rows: list[TableRow], unread: Mapping[str, list[dict[str, float]]]) -> list[TableRow]:
    """The rows with a warning on every number that rests on what the oracle did not read; `unread` of `unread_of`."""
    return [_flag(row, unread[row.name]) if row.kind == "method" and row.name in unread else row for row in rows]


def _flag(row: TableRow, seeds: list[dict[str, float]]) -> TableRow:
    warning, factors = _words(seeds), {name for seed in seeds for name in seed}
    pairs = [name.removeprefix(EDIT_OF_PAIR) for name in row.scores if name.startswith(EDIT_OF_PAIR)]
    # of the pairs those with a factor that is not read
    doubtful = [p for p in pairs if any(p.startswith(f"{name}_") or p.endswith(f"_{name}") for name in factors)]
    marked = {f"{EDIT_OF_PAIR}{pair}" for pair in doubtful} | set(CARRIED if doubtful else ())
    scores = {
        name: _with_remark(score, warning) if name.startswith(READ) or name in marked else score
        for name, score in row.scores.items()
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
