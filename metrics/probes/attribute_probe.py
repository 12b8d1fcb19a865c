"""How well a linear layer reads attributes from a code, with nothing but rows to fit on and rows to test on."""

import math

import numpy as np

from diffrep.metrics.codes import checked_parts, held_out
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.probe import linear_probe, probe_scores

EPOCHS = 15  # at least, as published
BATCH = 128


def attribute_probe(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    test_codes: np.ndarray,
    test_attributes: np.ndarray,
    *,
    seed: int,
    probes: int = 3,
    steps: int = 5_000,
) -> Measured:
    """AP, AUROC and F1 of linear probes; a fifth of the training rows, drawn by the seed, chooses epoch and thresholds.

    codes       [n, d] float in both parts
    attributes  [n, A] in {0, 1} in both parts
    probes      how many seeds, from `seed` upwards, are averaged
    steps       of Adam at least, in 15 epochs or more: fewer leave a probe of few rows unfinished
    returns     the scores of `attribute_scores`: all in [0, 1], higher is better, AP with `prevalence` as its chance
    arrays      the same per attribute [A]

    Yue et al. 2024, arXiv:2401.11430, section 5, with codes standardised by the rows that are fitted on.
    ValueError for what `linear_probe` refuses: nan, other values than 0 and 1, nothing to choose an epoch by.

    >>> attributes = np.random.default_rng(0).integers(2, size=(200, 2))
    >>> told = attribute_probe(attributes, attributes, attributes, attributes, seed=0, probes=1, steps=500)
    >>> told["average_precision"]
    1.0
    """
    train, test = checked_parts(train_codes, train_attributes, test_codes, test_attributes)
    known = np.asarray(train_attributes)
    fitted, valid = held_out(len(train), seed)
    probed = linear_probe(
        train[fitted],
        known[fitted],
        train[valid],
        known[valid],
        test,
        seeds=range(seed, seed + probes),
        epochs=max(EPOCHS, math.ceil(steps * BATCH / len(fitted))),
        batch_size=BATCH,
    )
    return probe_scores(probed, known[valid], test_attributes)
