"""How far a probe reads a factor by what went with it in training: test images, in which it no longer does, tell.

Nothing of the tables' probes is changed: these are fitted beside them, in the same way, on the attributes that stand on
one factor of a pair.
"""

import math

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.means import defined_mean
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.probe import Probed, probe_scores
from diffrep.pipelines.core.sections import Probe
from diffrep.pipelines.evaluation.probing import fitted
from diffrep.pipelines.trained.pairings import Pairing, pairings

NAME = "carry_over_probe"
UNTOLD = "no attribute that stands on one factor of a pair has both values in both halves of the test images"


def carry_over(codes: dict[str, np.ndarray], data: Prepared, settings: Probe, seed: int) -> Measured:
    """By how much better linear probes do on test images whose pair of factors goes together as in training.

    codes    {"train", "valid", "test": [n, ...]}
    returns  carry_over_probe_<pair>, in [-1, 1]: AUROC on test images of values that went together less that on the
             others, mean over the attributes that one of the two factors decides alone; carry_over_probe: the mean
             over pairs. 0: a probe that reads the factor itself, and one that reads nothing. Nothing at all of data
             whose factors are independent

    AUROC, not average precision: attributes are not equally frequent in the two halves, which moves the latter.
    """
    known = pairings(data)
    if not known:
        return Measured({})
    each = {f"{NAME}_{pairing.name}": lead(codes, data, pairing, settings, seed) for pairing in known}
    values = {NAME: float(defined_mean(np.array([*each.values()]), axis=0))} | each
    return Measured(values, reasons=dict.fromkeys(values, UNTOLD))


def lead(codes: dict[str, np.ndarray], data: Prepared, pairing: Pairing, settings: Probe, seed: int) -> float:
    """By how much AUROC is higher where the factors of one pair go together as in training; nan where nothing tells."""
    factors = np.asarray(data.factors)[data.splits["test"]]
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in codes}
    columns = standing_on(factors[:, list(pairing.factors)], known["test"])
    agrees = pairing.agrees(factors)
    if not len(columns) or agrees.all() or not agrees.any():
        return math.nan
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    known = {split: values[:, columns] for split, values in known.items()}
    probed = fitted(flat, known, settings, seed)
    with_, without = (area(probed, known, rows) for rows in (agrees, ~agrees))
    return float(defined_mean(with_ - without, axis=0))


def standing_on(factors: np.ndarray, attributes: np.ndarray) -> np.ndarray:
    """The columns of the attributes [n, A] that one of the factors [n, k] decides alone, whatever the others are."""
    return np.array([j for j, own in enumerate(attributes.T) if any(decides(f, own) for f in factors.T)], dtype=int)


def decides(factor: np.ndarray, attribute: np.ndarray) -> bool:
    """Whether every value of a factor [n] has one value of an attribute [n], which is not the same for all."""
    shares = np.bincount(factor, attribute) / np.maximum(np.bincount(factor), 1)
    return bool(np.isin(shares, (0, 1)).all() and attribute.min() != attribute.max())


def area(probed: Probed, known: dict[str, np.ndarray], rows: np.ndarray) -> np.ndarray:
    """AUROC of every attribute on some of the test images [A]; nan where these do not have both its values."""
    of_rows = probed._replace(test_logits=probed.test_logits[:, rows])
    return probe_scores(of_rows, known["valid"], known["test"][rows]).arrays["auroc"]
