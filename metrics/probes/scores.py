"""Scores of binary attributes from a probe's logits: AP, AUROC, F1.

Davis & Goadrich 2006 for precision and recall, as scikit-learn computes them. Vectorised over attributes, since a probe
asks for them after every epoch.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from diffrep.metrics.measured import Measured

ONE_CLASS = "no attribute has both a positive and a negative"


class _Ranked(NamedTuple):
    """What each attribute's logits, sorted downwards, would call positive if cut at each row's value."""

    logits: np.ndarray  # [n, A] sorted
    labels: np.ndarray  # [n, A] in that order
    true: np.ndarray  # [n, A] true positives when cut there, ties taken whole
    called: np.ndarray  # [n, A] all that is called positive when cut there


def attribute_scores(
    logits: np.ndarray,
    attributes: np.ndarray,
    *,
    valid_logits: np.ndarray,
    valid_attributes: np.ndarray,
    groups: Sequence[str] = (),
) -> Measured:
    """How well logits tell attributes on test rows; the validation rows choose F1's thresholds and nothing else.

    logits      [n, A] float, any monotone score of an attribute being there
    attributes  [n, A] in {0, 1}
    groups      the group of each attribute, or empty
    returns     means over attributes, all in [0, 1], higher is better:
                `average_precision` (chance: `prevalence`), `auroc` (chance 0.5), `f1` (macro, each attribute at the
                threshold that is best on the validation rows), `f1_micro` (of pooled counts), `prevalence`,
                `ap_lift`: (AP - prevalence) / (1 - prevalence), at most 1 and 0 at chance;
                `<metric>_<group>` for each of them and each group; `attributes_undefined`: how many are left out
    arrays      the same per attribute [A], and `threshold` [A]

    An attribute without a positive or a negative in the test rows has none of the scores, one without a positive in the
    validation rows no F1; it is nan in the arrays and left out of the means.

    Davis & Goadrich 2006, "The relationship between precision-recall and ROC curves", section 2.

    >>> logits, known = np.array([[2.0], [1.0], [0.0], [-1.0]]), np.array([[1], [0], [1], [0]])
    >>> found = attribute_scores(logits, known, valid_logits=logits, valid_attributes=known)
    >>> {name: round(found[name], 3) for name in ("average_precision", "auroc", "f1", "prevalence", "ap_lift")}
    {'average_precision': 0.833, 'auroc': 0.75, 'f1': 0.8, 'prevalence': 0.5, 'ap_lift': 0.667}
    """
    logits, attributes = checked_logits(logits, attributes)
    threshold = best_thresholds(*checked_logits(valid_logits, valid_attributes))
    if logits.shape[1] != len(threshold) or len(groups) not in (0, len(threshold)):
        raise ValueError(
            f"{logits.shape[1]} test attributes, {len(threshold)} validation attributes and {len(groups)} groups; "
            "give the same attributes in both parts and one group for each, or none"
        )
    counts = _counts(logits, attributes, threshold)
    arrays = _per_attribute(logits, attributes, counts)
    members = {f"_{group}": np.array([g == group for g in groups]) for group in dict.fromkeys(groups)}
    values: dict[str, float] = {}
    for suffix, mine in {"": np.ones(len(threshold), dtype=bool), **members}.items():
        values |= {name + suffix: _mean(array[mine]) for name, array in arrays.items()}
        values["f1_micro" + suffix] = _pooled_f1(counts[:, mine])
    values["attributes_undefined"] = float(np.isnan(arrays["average_precision"]).sum())
    reasons = {name: _reason(name) for name in values}
    return Measured(values, reasons=reasons, arrays={**arrays, "threshold": threshold})


def average_precision(logits: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Average precision of each attribute, steps without interpolation, ties as one step: two [n, A] -> [A].

    In [0, 1], higher is better, chance is the prevalence; nan where an attribute has no positive or no negative.

    >>> average_precision(np.array([[2.0], [1.0], [0.0]]), np.array([[1], [0], [1]])).round(3)
    array([0.833])
    """
    ranked, positives = _ranked(logits, attributes), attributes.sum(axis=0)
    area = (ranked.labels * ranked.true / ranked.called).sum(axis=0) / np.maximum(positives, 1)
    return np.where(_both(attributes), area, np.nan)


def auroc(logits: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Share of (positive, negative) pairs in the right order, equal logits half: two [n, A] -> [A].

    In [0, 1], higher is better, chance 0.5; nan where an attribute has no positive or no negative.
    Mann and Whitney 1947, "On a test of whether one of two random variables is stochastically larger than the other".

    >>> auroc(np.array([[2.0], [1.0], [0.0]]), np.array([[1], [0], [1]]))
    array([0.5])
    """
    return _in_order((rankdata(logits, axis=0) * attributes).sum(axis=0), attributes)


def auroc_of_dimensions(codes: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """The same of each dimension as a detector of each attribute: [n, L] and [n, A] -> [L, A].

    Each dimension is ranked once for all attributes.

    >>> auroc_of_dimensions(np.array([[0.0, 3.0], [1.0, 2.0], [2.0, 2.0]]), np.array([[0], [1], [1]]))
    array([[1.],
           [0.]])
    """
    return _in_order(rankdata(codes, axis=0).T @ attributes.astype(np.float64), attributes)


def best_thresholds(logits: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """For each attribute the logit that, as the least to be called positive, has the best F1: two [n, A] -> [A].

    The highest of equals; nan where an attribute has no positive.

    >>> best_thresholds(np.array([[2.0], [1.0], [0.0], [-1.0]]), np.array([[1], [0], [1], [0]]))
    array([0.])
    """
    ranked, positives = _ranked(logits, attributes), attributes.sum(axis=0)
    best = (2.0 * ranked.true / (ranked.called + positives)).argmax(axis=0)
    return np.where(positives > 0, np.take_along_axis(ranked.logits, best[None], axis=0)[0], np.nan)


def checked_logits(logits: np.ndarray, attributes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both as float64, [n, A]; ValueError where shapes differ, logits are not finite or attributes not 0 or 1.

    >>> checked_logits([[2]], [[True]])
    (array([[2.]]), array([[1.]]))
    """
    logits, attributes = np.asarray(logits, dtype=np.float64), np.asarray(attributes, dtype=np.float64)
    if logits.shape != attributes.shape or logits.ndim != 2 or not logits.size:
        raise ValueError(f"logits {logits.shape} and attributes {attributes.shape} must both be [n, A], neither empty")
    if not np.isfinite(logits).all():
        raise ValueError("logits hold nan or infinity; check the codes and the learning rate of the probe")
    if not np.isin(attributes, (0, 1)).all():
        raise ValueError("attributes must be 0 or 1; turn other values into one attribute each")
    return logits, attributes


def _ranked(logits: np.ndarray, attributes: np.ndarray) -> _Ranked:
    order = np.argsort(-logits, axis=0, kind="stable")
    logits, labels = np.take_along_axis(logits, order, axis=0), np.take_along_axis(attributes, order, axis=0)
    last = np.vstack([logits[1:] != logits[:-1], np.ones((1, logits.shape[1]), dtype=bool)])
    ends = np.where(last, np.arange(len(logits))[:, None], len(logits))
    ends = np.minimum.accumulate(ends[::-1], axis=0)[::-1]  # last row of each row's ties
    return _Ranked(logits, labels, np.take_along_axis(np.cumsum(labels, axis=0), ends, axis=0), ends + 1.0)


def _in_order(ranks: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """Mann and Whitney's share of pairs in order from the sum of the positives' ranks: [..., A], [n, A] -> [..., A]."""
    positives, both = attributes.sum(axis=0, dtype=np.int64), _both(attributes)
    pairs = np.where(both, positives * (len(attributes) - positives), 1)
    return np.where(both, (ranks - positives * (positives + 1) / 2) / pairs, np.nan)


def _both(attributes: np.ndarray) -> np.ndarray:
    return (attributes != attributes[:1]).any(axis=0)


def _counts(logits: np.ndarray, attributes: np.ndarray, threshold: np.ndarray) -> np.ndarray:
    """True positives, all called positive, all positives: [3, A]; nan where F1 is undefined."""
    called = logits >= threshold
    counts = np.stack([(called * attributes).sum(axis=0), called.sum(axis=0), attributes.sum(axis=0)])
    return np.where(_both(attributes) & ~np.isnan(threshold), counts, np.nan)


def _per_attribute(logits: np.ndarray, attributes: np.ndarray, counts: np.ndarray) -> dict[str, np.ndarray]:
    precision = average_precision(logits, attributes)
    prevalence = np.where(_both(attributes), attributes.mean(axis=0), np.nan)
    return {
        "average_precision": precision,
        "auroc": auroc(logits, attributes),
        "f1": 2 * counts[0] / (counts[1] + counts[2]),
        "prevalence": prevalence,
        "ap_lift": (precision - prevalence) / (1 - prevalence),
    }


def _mean(values: np.ndarray) -> float:
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")


def _pooled_f1(counts: np.ndarray) -> float:
    true, called, positives = np.nansum(counts, axis=1)
    return float(2 * true / (called + positives)) if positives else float("nan")


def _reason(name: str) -> str:
    return f"{ONE_CLASS} in the test rows" + (" and a positive in the validation rows" if name.startswith("f1") else "")
