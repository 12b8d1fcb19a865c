"""Printed numbers beside our own: whether the two are of one thing, and if not, what differs first."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.printed import Printed, Published
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.variants import FORMS, variant_of

OWN_NUMBERS = "the code’s own numbers"
REDUCTIONS = {"": OWN_NUMBERS, "tokens_pca": "first principal component of each token"}  # by view of the code
SAME = "same"
WORDS = {"data_set": "data set", "learned_from": "learned from", "variant": "metric variant"}  # others as the field


@dataclass(frozen=True)
class Conditions:
    """What two numbers have to share before one is taken from the other, in the order in which it is looked at.

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
    """What one training took: optimiser steps, images seen, weights in all, and on what it ran."""

    steps: float | None
    images: float | None
    parameters: float | None
    hardware: str


@dataclass(frozen=True)
class Beside:
    """A printed number, and one of our rows that the same adapter builds.

    differs  what differs first, in words; empty where the two agree
    values   ours, one per seed
    """

    printed: Printed
    row: str
    differs: str
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


def first_difference(printed: Conditions, ours: Conditions) -> str:
    """What differs first between two sets of conditions, in words; empty where they agree.

    What a source does not state is a difference: nobody can say that it agrees.

    >>> ours = Conditions("celeba", "celeba", "64", "d2c", OWN_NUMBERS, "exact AUROC")
    >>> first_difference(ours, ours)
    ''
    >>> first_difference(Conditions("celeba", "celeba", "64", "", OWN_NUMBERS, ""), ours)
    'crop: not stated'
    >>> first_difference(Conditions("celeba", "ffhq", "128", "d2c", OWN_NUMBERS, ""), ours)
    'learned from: ffhq there, celeba here'
    """
    for name in (field.name for field in fields(Conditions)):
        there, here = getattr(printed, name), getattr(ours, name)
        if there != here:
            said = f"{there} there, {here} here" if there else "not stated"
            return f"{WORDS.get(name, name)}: {said}"
    return ""


def of_printed(row: Printed, published: Published) -> Conditions:
    """Under which conditions a number was printed."""
    data, protocol = published.data_sets[row.data_set].data, published.protocols[row.protocol]
    learned_from = data if protocol.learned_from == SAME else protocol.learned_from
    return Conditions(data, learned_from, protocol.size, protocol.crop, protocol.reduction, row.variant)


def of_ours(result: ResultFile, metric: str, study: Study, size: str) -> Conditions:
    """Under which conditions a number of a result file was made; `size` of its images, in pixels."""
    section = study.dataset_settings.get(result.dataset, {})
    data = data_of(result.dataset, section)
    variant = variant_of(metric, study.shared_settings["evaluate"], result.metrics)
    reduction = REDUCTIONS.get(result.view, result.view)
    return Conditions(data, data, size, section.get("crop", "default"), reduction, variant)


def data_of(name: str, section: Mapping[str, Any]) -> str:
    """A data set with what makes it another one: rendering, category, labels, factors that go together.

    >>> data_of("arms", {"adapter": "mpi3d", "variant": "toy", "joint": {"kind": "independent"}})
    'mpi3d toy'
    >>> data_of("cars3d", {"labels": "disdiff"})
    'cars3d labels disdiff'
    """
    words = [section.get("adapter") or name, *(section[key] for key in ("variant", "category") if key in section)]
    labels = section.get("labels", "true")
    joint = (section.get("joint") or {}).get("kind", "independent")
    words += [f"labels {labels}"] if labels != "true" else []
    words += [f"factors {joint}"] if joint != "independent" else []
    return " ".join(words)


def beside(results: Sequence[ResultFile], study: Study, published: Published) -> list[Beside]:
    """Every printed number of a method and metric that a data set has, those that agree first.

    results  of one data set
    """
    trained = {(r.row, r.seed): r for r in results if (r.kind, r.stage) == ("method", "train")}
    size = size_of(results)
    found = []
    for printed in (row for row in published.numbers if row.metric in FORMS):
        asked = of_printed(printed, published)
        for name, own in _rows_of(printed, asked.reduction, results, study, published):
            differs = first_difference(asked, of_ours(own[0], printed.metric, study, size))
            values = tuple(result.metrics[printed.metric] for result in own)
            found.append(Beside(printed, name, differs, values, budget_of(trained.get((name, own[0].seed)))))
    return sorted(found, key=lambda each: bool(each.differs))


def size_of(results: Sequence[ResultFile]) -> str:
    """The side of the images of a data set, as its stage `prepare` has noted; empty where that is not there."""
    shapes = [r.notes["image_shape"] for r in results if r.stage == "prepare" and "image_shape" in r.notes]
    return str(shapes[0][-1]) if shapes else ""


def _rows_of(
    printed: Printed, reduction: str, results: Sequence[ResultFile], study: Study, published: Published
) -> Iterator[tuple[str, list[ResultFile]]]:
    """Our rows of the same adapter with the results that hold the metric, of the view that is reduced alike if any."""
    adapter = published.methods[printed.method].adapter
    for name in study.methods:
        if adapter and (study.method_settings.get(name) or {}).get("adapter", name) == adapter:
            holding = [r for r in results if (r.kind, r.row) == ("method", name) and _has_value(r, printed.metric)]
            alike = [r for r in holding if REDUCTIONS.get(r.view) == reduction]
            if own := alike or [r for r in holding if r.view == ""]:
                yield name, own


def _has_value(result: ResultFile, metric: str) -> bool:
    value = result.metrics.get(metric)
    return value is not None and value == value


def budget_of(trained: ResultFile | None) -> Budget:
    """What a training took, as its result says; nothing is known of one without."""
    record: Mapping[str, Any] = trained.record if trained else {}
    steps, images, parameters = (record.get(name) for name in ("steps", "images_seen", "parameters"))
    device = str(record.get("device", ""))
    count = record.get("devices", 1)
    return Budget(steps, images, parameters, f"{count} × {device}" if count != 1 else device)
