"""What each row cost: minutes per stage, parameters, peak memory."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from diffrep.reports.load import STAGES, Result
from diffrep.reports.scores import titled


@dataclass(frozen=True)
class Cost:
    """One row's cost: minutes by stage summed over seeds; parameters of one model; memory of its largest process."""

    name: str
    kind: str
    remarks: str
    n_seeds: int
    minutes: dict[str, float]
    parameters: float | None
    parameters_trained: float | None
    peak_memory_mib: float | None

    @property
    def title(self) -> str:
        """The name as tables show it, remarks in brackets behind it."""
        return titled(self.name, self.remarks)

    @property
    def total(self) -> float:
        """Minutes over all stages."""
        return sum(self.minutes.values())


def costs_of(results: list[Result], dataset: str, remarks: Mapping[str, str]) -> list[Cost]:
    """Cost of the shared stages, then of the methods in grid order, then of the anchors; `remarks` by method.

    A shared stage that had nothing to do is left out: training the autoencoder of a grid without latent methods, or the
    attribute loss of images that have no twins.
    """
    here = [r for r in results if r.dataset == dataset and not _is_idle(r)]
    names = dict.fromkeys((r.kind, r.method) for r in here)
    order = {"shared": 0, "method": 1, "anchor": 2}
    noted = {("method", name): text for name, text in remarks.items()}
    return [
        _cost(kind, name, here, noted.get((kind, name), ""))
        for kind, name in sorted(names, key=lambda key: order[key[0]])
    ]


def _is_idle(result: Result) -> bool:
    return result.kind == "shared" and any(
        result.record.get(key, 0) is None for key in ("parameters", "attribute_loss")
    )


def _cost(kind: str, name: str, here: list[Result], remarks: str) -> Cost:
    own = [r for r in here if (r.kind, r.method) == (kind, name)]
    minutes: dict[str, float] = {}
    for result in own:
        minutes[result.stage] = minutes.get(result.stage, 0.0) + (result.record.get("wall_seconds") or 0.0) / 60
    n_seeds = len({r.seed for r in own if r.seed is not None})
    return Cost(
        name,
        kind,
        remarks,
        n_seeds,
        minutes,
        *(_largest(own, key) for key in ("parameters", "parameters_trained", "peak_memory_mib")),
    )


def _largest(own: list[Result], key: str) -> float | None:
    return max((float(r.record[key]) for r in own if r.record.get(key) is not None), default=None)


def to_csv(costs: list[Cost]) -> str:
    """One line per row: method, kind, n_seeds, <stage>_minutes, total_minutes, sizes, note; minutes vary by run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    sizes = ["parameters", "parameters_trained", "peak_memory_mib"]
    writer.writerow(["method", "kind", "n_seeds", *(f"{s}_minutes" for s in STAGES), "total_minutes", *sizes, "note"])
    for cost in costs:
        minutes = [cost.minutes.get(stage) for stage in STAGES]
        numbers = [*minutes, cost.total, cost.parameters, cost.parameters_trained, cost.peak_memory_mib]
        texts = ("" if x is None else repr(x) for x in numbers)
        writer.writerow([cost.name, cost.kind, cost.n_seeds, *texts, cost.remarks])
    return text.getvalue()
