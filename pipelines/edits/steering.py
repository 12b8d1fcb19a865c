"""Edits aimed at one value of a factor: along a linear probe, or by the dimensions that the probe weighs most.

As PDAE, Diff-AE and DiTi manipulate an attribute. The step is as long as it takes for the oracle to see the wanted
value in half of the images, so that methods compare at equal efficacy where they reach it; its unit is the way between
the centres of the two values along the direction, so that one strength serves near and far values alike. Unlike in
DiTi's code, a learned mask is of one value against all others, and an edit may touch the dimensions of both its values.
"""

from dataclasses import dataclass

import numpy as np
from torch import Tensor

from diffrep.metrics.edits.directions import moved, steps, top_dims
from diffrep.metrics.edits.strengths import STRENGTHS
from diffrep.pipelines.edits.factor_probes import PROBE_ROWS, FactorProbe, factor_probes, masked
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Session, swapped
from diffrep.pipelines.edits.targets import Targets, oracle_targets

STRENGTH_PAIRS = 40  # that strengths are tried on, at most


@dataclass(frozen=True)
class TargetedEdits:
    """Edits of one kind; edited [n, c, h, w] in about [-1, 1].

    strength  of the step, None for swaps
    flipped   the share of images that it flipped where it was chosen
    """

    targets: Targets
    edited: Tensor
    strength: float | None = None
    flipped: float | None = None


@dataclass(frozen=True)
class Steering:
    """What all targeted edits of a session share: the oracle's factors as linear probes see them, and the targets.

    probes   [K] one of each of the oracle's factors
    targets  of the judged pairs
    tried    of the pairs that strengths are chosen on
    """

    session: Session
    oracle: Oracle
    probes: list[FactorProbe]
    targets: Targets
    tried: Targets


def steering(session: Session, oracle: Oracle) -> Steering | None:
    """The probes and targets of a session; None where no pair differs in a factor that the oracle reads."""
    targets = oracle_targets(session, oracle, session.judged)
    tried = oracle_targets(session, oracle, session.chosen_on[:STRENGTH_PAIRS])
    if not len(targets.pairs) or not len(tried.pairs):
        return None
    return Steering(session, oracle, factor_probes(session, oracle), targets, tried)


def top_swaps(by: Steering) -> TargetedEdits:
    """The dimensions that the probe of a factor weighs most are the donor's."""
    codes = top_codes(by.session, by.probes, by.targets)
    return TargetedEdits(by.targets, by.session.decode(codes, by.targets.pairs))


def along_probe(by: Steering) -> TargetedEdits:
    """Along the whole direction of the probe."""
    return along(by, by.probes)


def along_top(by: Steering) -> TargetedEdits:
    """Along its largest weights."""
    return along(by, by.probes, by.session.settings.probe_dims)


def along_mask(by: Steering) -> TargetedEdits:
    """Along its weights on DiTi's learned mask."""
    return along(by, masked(by.session, by.oracle, by.probes))


def along(by: Steering, probes: list[FactorProbe], dims: int | None = None) -> TargetedEdits:
    """Steps along the `dims` largest weights of the probes, default all, as long as flips half of other images."""
    strength, flipped = strength_for_half(by.session, by.oracle, by.tried, ways(probes, by.tried, dims))
    codes = shifted(by.session, by.targets, ways(probes, by.targets, dims), strength)
    return TargetedEdits(by.targets, by.session.decode(codes, by.targets.pairs), strength, flipped)


def ways(probes: list[FactorProbe], targets: Targets, dims: int | None) -> np.ndarray:
    """The way [n, d] from each target's own value to the wanted one, in standardised codes."""
    found = np.zeros((len(targets.pairs), probes[0].weights.shape[1]))
    for k, probe in enumerate(probes):
        own = targets.factor == k
        found[own] = steps(*probe, targets.source[own], targets.wanted[own], dims=dims)
    return found


def top_codes(session: Session, probes: list[FactorProbe], targets: Targets) -> np.ndarray:
    """Source codes [n, d] with the donor's numbers in the dimensions that tell most of each target's factor."""
    codes, donors = session.source_codes(targets.pairs), session.donor_codes(targets.pairs)
    for k, probe in enumerate(probes):
        own = np.flatnonzero(targets.factor == k)
        codes[own] = swapped(codes[own], donors[own], top_dims(probe.weights, session.settings.probe_dims))
    return codes


def shifted(session: Session, targets: Targets, way: np.ndarray, strength: float) -> np.ndarray:
    """Source codes [n, d] moved by `strength` of the way."""
    return moved(session.source_codes(targets.pairs), way, strength, session.codes["train"][:PROBE_ROWS].std(0))


def strength_for_half(session: Session, oracle: Oracle, tried: Targets, way: np.ndarray) -> tuple[float, float]:
    """The strength with which the oracle sees the wanted value in half of the images where it did not; the share."""
    row = np.arange(len(way))
    unseen = oracle.read(session.original[tried.pairs])[row, tried.factor] != tried.wanted
    # every strength of every image in one go
    edited = [shifted(session, tried, way, strength) for strength in STRENGTHS]
    decoded = session.decode(np.concatenate(edited), np.tile(tried.pairs, len(edited)))
    hits = [oracle.read(images)[row, tried.factor] == tried.wanted for images in decoded.split(len(way))]
    shares = [float(hit[unseen].mean()) if unseen.any() else 1.0 for hit in hits]
    found = dict(zip(STRENGTHS, shares, strict=True))
    strength = least_for_half(found)
    return strength, found[strength]


def least_for_half(shares: dict[float, float]) -> float:
    """The smallest strength whose share is at least one half; where none is, the one with the largest share.

    A step that is too long overshoots, so shares need not rise with it.
    """
    enough = [strength for strength, share in shares.items() if share >= 0.5]
    return min(enough) if enough else max(shares, key=lambda strength: shares[strength])
