"""Linear probes of the oracle's factors on training codes: along what an edit of a factor is to go."""

from typing import NamedTuple

import numpy as np

from diffrep.metrics.edits.directions import softmax_probe
from diffrep.metrics.edits.pro_mask import pro_mask
from diffrep.pipelines.edits.oracle import Oracle, labels
from diffrep.pipelines.edits.session import Session

PROBE_ROWS = 5000  # training rows that a probe is fitted on, at most


class FactorProbe(NamedTuple):
    """A linear probe of one of the oracle's factors: weights and centres [v, d] in standardised codes."""

    weights: np.ndarray
    centres: np.ndarray


def factor_probes(session: Session, oracle: Oracle) -> list[FactorProbe]:
    """One linear probe for every factor of the oracle."""
    codes, values, sizes = probe_rows(session, oracle)
    return [FactorProbe(*softmax_probe(codes, values[:, k], count=size)) for k, size in enumerate(sizes)]


def masked(session: Session, oracle: Oracle, probes: list[FactorProbe]) -> list[FactorProbe]:
    """The same with the weights of DiTi's classifiers on a learned mask, one for every value against all others."""
    codes, values, sizes = probe_rows(session, oracle)
    one_against_others = [values[:, k] == value for k, size in enumerate(sizes) for value in range(size)]
    dims = session.settings.mask_dims
    learned = pro_mask(codes, np.stack(one_against_others, axis=1).astype(int), dims=dims, seed=session.seed)
    weights = np.split(learned.weights * learned.mask, np.cumsum(sizes)[:-1])
    return [FactorProbe(own, probe.centres) for own, probe in zip(weights, probes, strict=True)]


def probe_rows(session: Session, oracle: Oracle) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Training codes [n, d], the values [n, K] of the oracle's factors, and how many values each has."""
    _, sizes, values = labels(session.data)
    rows = session.data.splits["train"][:PROBE_ROWS]
    return session.codes["train"][:PROBE_ROWS], values[rows][:, oracle.kept], [sizes[k] for k in oracle.kept]
