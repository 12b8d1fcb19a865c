"""What a probe's logits are worth as they stand: decisions at one half, and whether its probabilities come true."""

import numpy as np
from scipy.special import expit

from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.information import equal_frequency_bins
from diffrep.metrics.probes.scores import ONE_CLASS, checked_logits

BINS = 15


def decision_scores(logits: np.ndarray, attributes: np.ndarray) -> Measured:
    """How well attributes are decided where their probability passes one half, on test rows alone.

    logits      [n, A] float: log-odds of an attribute being there
    attributes  [n, A] in {0, 1}
    returns     means over attributes, all in [0, 1], higher is better:
                `accuracy`, to be read beside `majority_accuracy`: of naming each attribute's more frequent value here
                `balanced_accuracy`: the mean of both values' own accuracies, chance 0.5
                `f1_half` and, of pooled counts, `f1_half_micro`; 0 where nothing is called positive
                `attributes_undefined`: how many have one value here; they have no F1 and no balanced accuracy
    arrays      the first four per attribute [A]

    A logit of exactly 0 counts as positive. ValueError for what `checked_logits` refuses.

    >>> logits = np.array([[2.0], [1.0], [-1.0], [-3.0]])
    >>> found = decision_scores(logits, np.array([[1], [0], [0], [0]]))
    >>> found["accuracy"], found["majority_accuracy"], round(found["f1_half"], 3), round(found["balanced_accuracy"], 3)
    (0.75, 0.75, 0.667, 0.833)
    """
    logits, attributes = checked_logits(logits, attributes)
    called, both = logits >= 0, (attributes != attributes[:1]).any(axis=0)
    positives, true = attributes.sum(axis=0), (called * attributes).sum(axis=0)
    prevalence, negatives = attributes.mean(axis=0), len(attributes) - positives
    quiet = (~called * (1 - attributes)).sum(axis=0)
    f1 = np.where(both, 2 * true / np.maximum(called.sum(axis=0) + positives, 1), np.nan)
    balanced = (true / np.maximum(positives, 1) + quiet / np.maximum(negatives, 1)) / 2
    arrays = {
        "accuracy": (called == attributes).mean(axis=0),
        "majority_accuracy": np.maximum(prevalence, 1 - prevalence),
        "balanced_accuracy": np.where(both, balanced, np.nan),
        "f1_half": f1,
    }
    values = {name: array[~np.isnan(array)].mean() if both.any() else np.nan for name, array in arrays.items()}
    values |= {name: arrays[name].mean() for name in ("accuracy", "majority_accuracy")}
    pooled = 2 * true[both].sum() / (called[:, both].sum() + positives[both].sum()) if both.any() else np.nan
    values |= {"f1_half_micro": pooled, "attributes_undefined": (~both).sum()}
    return Measured(values, reasons=dict.fromkeys(values, ONE_CLASS), arrays=arrays)


def calibration_error(logits: np.ndarray, attributes: np.ndarray) -> Measured:
    """By how much probabilities differ from what comes true, in 15 bins of equal counts.

    logits      [n, A] float: log-odds of an attribute being there
    attributes  [n, A] in {0, 1}
    returns     `calibration_error`: mean over attributes of the mean over rows of |mean probability - share of
                positives| of the row's bin, in [0, 1], lower is better; equal probabilities share a bin
    arrays      `calibration_error` [A]

    A perfect probe keeps a rest that falls with the root of n. ValueError for what `checked_logits` refuses.

    Naeini et al. 2015, "Obtaining well calibrated probabilities using Bayesian binning", section 4; of the probability
    of being there, where they take that of the likelier value.

    >>> calibration_error(np.zeros((4, 2)), np.array([[1, 1], [0, 1], [1, 1], [0, 1]])).arrays
    {'calibration_error': array([0. , 0.5])}
    """
    logits, attributes = checked_logits(logits, attributes)
    excess, bins = expit(logits) - attributes, equal_frequency_bins(logits, BINS)
    errors = [np.abs(np.bincount(mine, difference)).sum() for mine, difference in zip(bins.T, excess.T, strict=True)]
    found = np.array(errors) / len(logits)
    return Measured({"calibration_error": found.mean()}, arrays={"calibration_error": found})
