"""Printed numbers beside our own: whether the two are of one thing, and if not, what differs."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.printed import Printed, Published
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.origins import data_of, learned_from, method_of, reduction_of
from diffrep.reports.rows.variants import FORMS, variant_of

SAME = "same"
NOT_STATED = "not stated"
WORDS = {"data_set": "data set", "learned_from": "learned from", "variant": "metric variant"}  # others as the field


@dataclass(frozen=True)
class Conditions:
    """What two numbers have to share before one is taken from the other, in the order in which the page names it.

    Empty where it is not stated. Which images are judged is no part of it: the suite holds some out, most papers do
    not, and the table says so beside the difference.
    """

    data_set: str
    learned_from: str
    size: str
    crop: str
    reduction: str
    variant: str


@dataclass(frozen=True)
class Budget:
    """What one training took, mean over seeds: optimiser steps, images seen, weights in all, and on what they ran."""

    steps: float | None
    images: float | None
    parameters: float | None
    hardware: str


@dataclass(frozen=True)
class Beside:
    """A printed number, and one of our rows of the same method.

    differs    what differs, in words; nothing where the two agree
    same_data  whether ours is of the same data set: of another one it is not shown
    values     ours, one per seed
    """

    printed: Printed
    row: str
    differs: tuple[str, ...]
    same_data: bool
    values: tuple[float, ...]
    budget: Budget

    @property
    def mean(self) -> float:
        """Ours, mean over seeds."""
        return statistics.mean(self.values)

    @property
    def sd(self) -> float | None:
        """Its standard deviation over seeds, n - 1 below the line; None of one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None

    @property
    def difference(self) -> float | None:
        """Ours less the printed one; None where they are not of one thing, and of a range."""
        return None if self.differs or self.printed.number is None else self.mean - self.printed.number


def what_differs(printed: Conditions, ours: Conditions) -> tuple[str, ...]:
    """All in which two sets of conditions differ, in words; nothing where they agree, of another data set that alone.

    What either side does not state is a difference: nobody can say that it agrees.

    >>> ours = Conditions("celeba", "celeba", "64", "d2c", "own numbers", "exact AUROC")
    >>> what_differs(ours, ours)
    ()
    >>> what_differs(Conditions("celeba", "ffhq", "64", "", "own numbers", "exact AUROC"), ours)
    ('learned from: ffhq there, celeba here', 'crop: not stated there, d2c here')
    >>> what_differs(Conditions("lfw", "celeba", "128", "", "own numbers", ""), ours)
    ('data set: lfw there, celeba here',)
    """
    found = [difference(field.name, printed, ours) for field in fields(Conditions)]
    return tuple(filter(None, found[:1] if found[0] else found))


def difference(name: str, printed: Conditions, ours: Conditions) -> str:
    """How two sets of conditions differ in one respect, in words; empty where they agree."""
    there, here = (getattr(each, name) or NOT_STATED for each in (printed, ours))
    agree = there == here != NOT_STATED
    return "" if agree else f"{WORDS.get(name, name)}: {there} there, {here} here"


def of_printed(row: Printed, published: Published) -> Conditions:
    """Under which conditions a number was printed."""
    data, protocol = published.data_sets[row.data_set].data, published.protocols[row.protocol]
    learned_from = data if protocol.learned_from == SAME else protocol.learned_from
    return Conditions(data, learned_from, protocol.size, protocol.crop, protocol.reduction, row.variant)


def of_ours(result: ResultFile, metric: str, study: Study, size: str) -> Conditions:
    """Under which conditions a number of a result file was made; `size` of its images, in pixels."""
    section = study.dataset_settings.get(result.dataset, {})
    own = study.method_settings.get(result.row, {})
    data = data_of(result.dataset, section)
    variant = variant_of(metric, study.shared_settings["evaluate"], result.metrics)
    crop, reduction = section.get("crop", "default"), reduction_of(own, result.view)
    return Conditions(data, learned_from(own, data), size, crop, reduction, variant)


def beside(results: Sequence[ResultFile], study: Study, published: Published) -> list[Beside]:
    """Every printed number of a method and metric that a data set has: those that agree first, other data sets last.

    results  of one data set
    """
    trained = [r for r in results if (r.kind, r.stage) == ("method", "train")]
    size = size_of(results)
    found = []
    for printed in (row for row in published.numbers if row.metric in FORMS):
        asked = of_printed(printed, published)
        for name, own in _rows_of(printed, asked.reduction, results, study, published):
            ours = of_ours(own[0], printed.metric, study, size)
            differs, same_data = what_differs(asked, ours), asked.data_set == ours.data_set
            values = tuple(result.metrics[printed.metric] for result in own)
            found.append(
                Beside(printed, name, differs, same_data, values, budget_of([r for r in trained if r.row == name]))
            )
    return sorted(found, key=lambda each: (bool(each.differs), not each.same_data))


def size_of(results: Sequence[ResultFile]) -> str:
    """The side of the images of a data set, as its stage `prepare` has noted; empty where that is not there."""
    shapes = [r.notes["image_shape"] for r in results if r.stage == "prepare" and "image_shape" in r.notes]
    return str(shapes[0][-1]) if shapes else ""


def _rows_of(
    printed: Printed, reduction: str, results: Sequence[ResultFile], study: Study, published: Published
) -> Iterator[tuple[str, list[ResultFile]]]:
    """Our rows of the same method with the results that hold the metric, of the view that is reduced alike if any."""
    method = published.methods[printed.method].ours
    for name in study.methods:
        section = study.method_settings.get(name, {})
        if method and method_of(name, section) == method:
            holding = [r for r in results if (r.kind, r.row) == ("method", name) and _has_value(r, printed.metric)]
            alike = [r for r in holding if reduction_of(section, r.view) == reduction]
            if own := alike or [r for r in holding if r.view == ""]:
                yield name, own


def _has_value(result: ResultFile, metric: str) -> bool:
    value = result.metrics.get(metric)
    return value is not None and value == value


def budget_of(trained: Sequence[ResultFile]) -> Budget:
    """What the trainings of a row took, as their results say; nothing is known of imported weights, trained nowhere."""
    records = [result.record for result in trained]
    steps, images, parameters = (_mean(records, name) for name in ("steps", "images_seen", "parameters"))
    return Budget(steps, images, parameters, " / ".join(dict.fromkeys(filter(None, map(hardware_of, records)))))


def hardware_of(record: Mapping[str, Any]) -> str:
    """On what a training ran: "2 × cuda"; empty where nothing was trained."""
    device = str(record.get("device", "")) if record.get("steps") else ""
    count = record.get("devices", 1) if device else 1
    return f"{count} × {device}" if count != 1 else device


def _mean(records: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [record[name] for record in records if record.get(name) is not None]
    return statistics.mean(values) if values else None
