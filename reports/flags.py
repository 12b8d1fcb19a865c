"""Warnings on numbers that a judge has read who cannot read: an oracle that fails on a method's decodes."""

import re
import statistics
from collections.abc import Mapping
from dataclasses import replace

from diffrep.reports.load import Result
from diffrep.reports.scores import Row, Score

# first words of what the oracle read
READ = ("efficacy", "preservation", "faithfulness", "cf_gap", "monotonicity", "flipped", "logit_shift")
FACTOR = re.compile(r"(?:^|, )(.+?) \((\d*\.?\d+)\)(?=, |$)")  # "scale (0.41), shape (0.38)"


def warnings_of(results: list[Result], dataset: str) -> dict[str, str]:
    """Method -> which factors the oracle does not read from its decodes, with its agreement there, mean over seeds.

    Where it fails in some of the seeds only, it says in how many. ValueError: a note of another form.
    """
    told: dict[str, list[dict[str, float]]] = {}
    for result in results:
        if (result.kind, result.dataset, result.stage) == ("method", dataset, "counterfactual"):
            told.setdefault(result.method, []).append(_factors(result))
    return {method: _words(seeds) for method, seeds in told.items() if any(seeds)}


def _factors(result: Result) -> dict[str, float]:
    """Factor -> how often the oracle agrees with the truth, as one result file notes it."""
    text = result.notes.get("oracle_fails") or ""
    found = {name: float(agreement) for name, agreement in FACTOR.findall(text)}
    if text and not found:
        raise ValueError(f"{result.path} notes oracle_fails {text!r}: give 'factor (agreement), factor (agreement)'")
    return found


def _words(seeds: list[dict[str, float]]) -> str:
    parts = []
    for name in dict.fromkeys(name for seed in seeds for name in seed):
        values = [seed[name] for seed in seeds if name in seed]
        some = f" in {len(values)} of {len(seeds)} seeds" if len(values) < len(seeds) else ""
        parts.append(f"{name} ({statistics.mean(values):.2f}{some})")
    return f"the oracle does not read its decodes: {', '.join(parts)}"


def flagged(rows: list[Row], warnings: Mapping[str, str]) -> list[Row]:
    """The rows with the method's warning on every number that the oracle read."""
    return [_flag(row, warnings[row.name]) if row.kind == "method" and row.name in warnings else row for row in rows]


def _flag(row: Row, warning: str) -> Row:
    scores = {name: _marked(score, warning) if name.startswith(READ) else score for name, score in row.scores.items()}
    return replace(row, scores=scores, warning=warning)


def _marked(score: Score, remark: str) -> Score:
    return replace(score, remark=remark) if score.values else score
