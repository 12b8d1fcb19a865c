"""Codes part of the way from one image to another: does the oracle see the change grow, and is the path straight?"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.interpolation import STILL, monotonicity, smoothness
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_length
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.edits.intervals import factor_means
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Dims, Session, slerp
from diffrep.pipelines.edits.swaps import Swaps
from diffrep.pipelines.edits.targets import Targets, oracle_targets

PATH_SCORES = (MONOTONICITY, SMOOTHNESS) = ("monotonicity", "smoothness")
LOG_ODDS_DIGITS = 3  # below lies what batches and rounding change: no step of a path
ALPHAS = (0.0, 0.25, 0.5, 0.75, 1.0)  # of the way


@dataclass(frozen=True)
class Interpolations:
    """Paths from sources to donors.

    targets  what each is asked of
    images   [5, n, c, h, w] decoded at `ALPHAS`
    parts    the part that moves of each; None where the whole code does, which is asked of every factor that differs
    """

    targets: Targets
    images: Tensor
    parts: list[Dims] | None


def part_interpolations(session: Session, oracle: Oracle, swaps: Swaps, assigned: np.ndarray) -> Interpolations:
    """The part that serves a factor moves from the source's numbers to the donor's; the start stays the source's.

    The ends are the null edit and the swap, which are there already.
    assigned  [K] of `swap_scores`
    """
    drawn = oracle_targets(session, oracle, session.judged[: session.settings.interpolated])
    targets = drawn.only(assigned[drawn.factor] >= 0)
    parts = [session.parts[i] for i in assigned[targets.factor]]
    codes, donors = session.source_codes(targets.pairs), session.donor_codes(targets.pairs)
    # 1 in the dimensions of the part that moves
    opened = np.zeros(codes.shape)
    for row, part in zip(opened, parts, strict=True):
        row[list(part)] = 1.0
    between = [(codes + alpha * opened * (donors - codes)).astype(codes.dtype) for alpha in ALPHAS[1:-1]]
    decoded = session.decode(np.concatenate(between), np.tile(targets.pairs, len(between)))
    first, last = session.original[targets.pairs], swaps.edited[assigned[targets.factor], targets.pairs]
    return Interpolations(targets, torch.stack([first, *decoded.split(len(targets.pairs)), last]), parts)


def code_interpolations(session: Session, oracle: Oracle) -> Interpolations:
    """The whole code moves on a straight line and the start on a sphere, as the papers interpolate two images."""
    targets = oracle_targets(session, oracle, session.judged[: session.settings.interpolated])
    codes, donors = session.source_codes(targets.pairs), session.donor_codes(targets.pairs)
    first, last = session.start[targets.pairs], session.donor_starts(targets.pairs)
    between = [(codes + alpha * (donors - codes)).astype(codes.dtype) for alpha in ALPHAS[1:]]
    starts = torch.cat([slerp(first, last, alpha) for alpha in ALPHAS[1:]])
    decoded = session.draw(np.concatenate(between), starts)
    return Interpolations(targets, torch.stack([session.original[targets.pairs], *decoded.split(len(codes))]), None)


def path_scores(session: Session, oracle: Oracle, paths: Interpolations) -> Measured:
    """Whether the oracle sees the donor's values grow along the paths, and how straight they are: `PATH_SCORES`."""
    targets = paths.targets
    if not len(targets.pairs):
        served = "not applicable: no part serves any factor"
        return missing(PATH_SCORES, oracle.silence if paths.parts is None or not len(oracle.kept) else served)
    return joined(path_monotonicity(session, oracle, paths), path_smoothness(session, paths))


def path_monotonicity(session: Session, oracle: Oracle, paths: Interpolations) -> Measured:
    """Whether the oracle's log-odds of the donor's value rise with every step."""
    targets = paths.targets
    a, b = (oracle.truth[side[targets.pairs]] for side in (session.a, session.b))
    odds = np.stack([oracle.log_odds(images, b, a) for images in paths.images], axis=-1)  # [n, K, 5]
    # a part is asked of its own factor, the whole code of every factor that differs
    rows, factor = np.nonzero(a != b) if paths.parts is None else (np.arange(len(a)), targets.factor)
    steady = monotonicity(odds[rows, factor].round(LOG_ODDS_DIGITS)).arrays[MONOTONICITY]
    return factor_means({MONOTONICITY: steady}, factor, targets.pairs[rows], seed=session.seed, reason=STILL)


def path_smoothness(session: Session, paths: Interpolations) -> Measured:
    """How direct the paths are, in perceptual lengths."""
    if not effnet_lite0.weights_installed():
        return missing([SMOOTHNESS], effnet_lite0.MISSING)
    shown, targets = [image_bytes(images) for images in paths.images], paths.targets
    steps = np.stack([perceptual_length(*pair) for pair in pairwise(shown)], axis=1)
    straight = smoothness(perceptual_length(shown[0], shown[-1]), steps).arrays[SMOOTHNESS]
    return factor_means({SMOOTHNESS: straight}, targets.factor, targets.pairs, seed=session.seed, reason=STILL)
