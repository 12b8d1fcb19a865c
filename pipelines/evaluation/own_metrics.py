"""Metrics from outside on the codes of a data set: the rows that ours of the same kind have."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.catalogue import ALONE, ATTRIBUTES, BOTH, FACTORS, TEST, TRAIN
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.outside import OutsideMetric
from diffrep.pipelines.core.own_code import blamed
from diffrep.pipelines.core.sections import Evaluate
from diffrep.pipelines.evaluation.rows import Rows, fit_and_test

SHOWN = ("title", "better", "digits", "range", "chance", "meaning")  # of what is said of a number


def measured(
    path: str, metric: OutsideMetric, codes: Mapping[str, np.ndarray], data: Prepared, settings: Evaluate
) -> Measured:
    """The numbers of a metric of codes {"train", "valid", "test": [n, ...]}, or why it has none.

    Factors are those of the rows that disentanglement is measured on, attributes those of training and test images, as
    probes have them. UserError, with file and line, for what the metric raises beside a ValueError.
    """
    kind = next((kind for kind in metric.of if known_of(data, kind) is not None), None)
    if kind is None:
        return missing(metric.numbers, f"not applicable: this data set has no {' or '.join(metric.of)}")
    fitted, tested = rows_of(kind, codes, data, settings)
    given = {TRAIN: fitted, TEST: tested, BOTH: (*fitted, *tested), ALONE: fitted[:1]}
    arguments = metric.defaults()
    seed = {"seed": settings.seed} if "seed" in arguments else {}
    with blamed({"metric": path}):
        try:
            return metric.load()(*given[metric.rows], **{**arguments, **seed})
        except ValueError as refused:
            return missing(metric.numbers, str(refused))


def known_of(data: Prepared, kind: str) -> np.ndarray | None:
    """What is known of all images, of one kind; None where nothing is."""
    if kind == FACTORS:
        return data.factors
    return data.attributes if data.attributes.shape[1] else None


def rows_of(kind: str, codes: Mapping[str, np.ndarray], data: Prepared, settings: Evaluate) -> tuple[Rows, Rows]:
    """The rows to fit on and to test on."""
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    known = known_of(data, kind)
    of = {split: np.asarray(known[data.splits[split]]) for split in ("train", "test")}  # type: ignore[index]
    if kind == ATTRIBUTES:
        return (flat["train"], of["train"]), (flat["test"], of["test"])
    return fit_and_test(flat["test"], of["test"], settings.disentangle, settings.seed)


def described(metrics: Mapping[str, OutsideMetric]) -> dict[str, Any]:
    """What each metric says of its numbers, for whoever reads the result without it."""
    return {
        path: {number.name: {key: getattr(number, key) for key in SHOWN} for number in metric.facts}
        for path, metric in metrics.items()
    }
