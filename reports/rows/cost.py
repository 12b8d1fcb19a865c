"""What each row cost: minutes of the processor per stage, of the device, parameters, peak memory."""

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.scores import titled

BASE = "base"  # the stage, and the name under which a training says what it stands on


@dataclass(frozen=True)
class RowCost:
    """One row's cost: minutes summed over seeds; parameters of one model; memory of its largest process.

    minutes  of the processor, by stage; on the clock, other work on the machine would count too
    base     minutes of the base models that it stands on, where one was trained for each of its seeds: other rows that
             stand on them count them too
    device   minutes for which its own stages held a GPU, times how many
    """

    name: str
    kind: str
    remarks: str
    n_seeds: int
    minutes: dict[str, float]
    base: float
    device: float
    parameters: float | None
    parameters_trained: float | None
    peak_memory_mib: float | None

    @property
    def title(self) -> str:
        """The name as tables show it, remarks in brackets behind it."""
        return titled(self.name, self.remarks)

    @property
    def total(self) -> float:
        """Minutes over all stages, base models among them."""
        return self.own + self.base

    @property
    def own(self) -> float:
        """Minutes that no other row counts."""
        return sum(self.minutes.values())


def costs_of(results: list[ResultFile], dataset: str, study: Study, remarks: Mapping[str, str]) -> list[RowCost]:
    """Cost of the shared stages, then of the methods in grid order, then of the anchors; `remarks` by method.

    A shared stage that had nothing to do is left out: training the autoencoder of a grid without latent methods, or the
    attribute loss of images that have no twins.
    """
    here = [r for r in results if r.dataset == dataset and not _is_idle(r)]
    shared = dict.fromkeys(r.row for r in here if r.kind == "shared")
    names = [("shared", n) for n in shared] + [("method", n) for n in study.methods]
    names += [("anchor", n) for n in study.anchors]
    noted = {("method", name): text for name, text in remarks.items()}
    found = {name: [r for r in here if (r.kind, r.row) == name] for name in names}
    return [_cost(*name, own, bases_of(own, here), noted.get(name, "")) for name, own in found.items() if own]


def bases_of(own: list[ResultFile], results: list[ResultFile]) -> list[ResultFile]:
    """The base models that the seeds of a row stand on, of those that were trained for a seed."""
    seeds = {r.seed for r in own if BASE in (r.notes.get("stands_on") or {})}
    trained = [r for r in results if (r.kind, r.row) == ("shared", BASE) and r.record.get("steps")]
    return [r for r in trained if r.seed is not None and r.seed in seeds]


def _is_idle(result: ResultFile) -> bool:
    return result.kind == "shared" and any(
        result.record.get(key, 0) is None for key in ("parameters", "attribute_loss")
    )


def _cost(kind: str, name: str, own: list[ResultFile], bases: list[ResultFile], remarks: str) -> RowCost:
    minutes: dict[str, float] = {}
    for result in own:
        minutes[result.stage] = minutes.get(result.stage, 0.0) + minutes_of(result, "cpu_seconds")
    base = math.fsum(minutes_of(result, "cpu_seconds") for result in bases)
    device = sum(minutes_of(result, "device_seconds") for result in own)
    n_seeds = len({r.seed for r in own} - {None} if kind == "shared" else {r.seed for r in own})
    parameters, trained = (_largest([r.record for r in own], key) for key in ("parameters", "parameters_trained"))
    peak = _largest([r.cost for r in own], "peak_memory_mib")
    return RowCost(name, kind, remarks, n_seeds, minutes, base, device, parameters, trained, peak)


def minutes_of(result: ResultFile, name: str) -> float:
    """What a cost file says in seconds, in minutes."""
    return (result.cost.get(name) or 0.0) / 60


def _largest(records: list[dict[str, Any]], key: str) -> float | None:
    return max((float(record[key]) for record in records if record.get(key) is not None), default=None)


def to_csv(costs: list[RowCost], stages: tuple[str, ...]) -> str:
    """One line per row: method, kind, n_seeds, minutes by stage, of base models, in all and of devices, sizes, note."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    sizes = ["parameters", "parameters_trained", "peak_memory_mib"]
    minutes = [*(f"{stage}_minutes" for stage in stages), "base_model_minutes", "total_minutes", "device_minutes"]
    writer.writerow(["method", "kind", "n_seeds", *minutes, *sizes, "note"])
    for cost in costs:
        by_stage = [cost.minutes.get(stage) for stage in stages]
        of_row = (getattr(cost, name) for name in ("base", "total", "device", *sizes))
        texts = ("" if x is None else repr(x) for x in (*by_stage, *of_row))
        writer.writerow([cost.name, cost.kind, cost.n_seeds, *texts, cost.remarks])
    return text.getvalue()
