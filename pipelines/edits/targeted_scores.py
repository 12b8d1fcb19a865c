"""What the oracle says of edits that are aimed at one value of a factor."""

from functools import partial

import numpy as np

from diffrep.datasets.pixels import image_tensor
from diffrep.metrics.edits.counterfactual import REASONS, edit_scores
from diffrep.metrics.means import ratio
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.edits.intervals import factor_means, resampled
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Session
from diffrep.pipelines.edits.steering import TargetedEdits

TARGETED_SCORES = ("efficacy", "preservation", "faithfulness")
STEP_SCORES = ("strength", "flipped")
LOGIT_SHIFTS = ("logit_shift", "logit_shift_others")
UNIT_IMAGES = 1000  # test images whose log-odds are the unit of shifts, at most


def targeted_scores(session: Session, oracle: Oracle, edits: TargetedEdits) -> Measured:
    """The oracle's scores of one kind of edit with their intervals over pairs: `TARGETED_SCORES`, `LOGIT_SHIFTS`.

    Of steps along a probe also `STEP_SCORES`.
    """
    targets = edits.targets
    before, after = oracle.read(session.original[targets.pairs]), oracle.read(edits.edited)
    score = partial(edit_scores, before, after, targets.factor, targets.wanted, counted=oracle.counted)
    by_weights = lambda weights: score(weights=weights)  # noqa: E731
    step = {}
    if edits.strength is not None and edits.flipped is not None:
        step = dict(zip(STEP_SCORES, (edits.strength, edits.flipped), strict=True))
    return joined(
        resampled(by_weights, targets.pairs, seed=session.seed, reasons=REASONS),
        Measured(step),
        logit_shifts(session, oracle, edits),
    )


def logit_shifts(session: Session, oracle: Oracle, edits: TargetedEdits) -> Measured:
    """How far an edit moves the oracle's log-odds of binary attributes, in their deviations over real images.

    logit_shift of the target, towards what is wanted; logit_shift_others the mean distance of the counted others.
    """
    if not oracle.binary:
        return missing(LOGIT_SHIFTS, "not applicable: the judged factors have more than two values")
    targets = edits.targets
    real = oracle.presence(image_tensor(session.images(np.arange(min(UNIT_IMAGES, len(oracle.truth))))))
    moved_by = (oracle.presence(edits.edited) - oracle.presence(session.original[targets.pairs])) / real.std(0)
    row, k = np.arange(len(targets.pairs)), moved_by.shape[1]
    # of the other attributes those whose change counts as damage
    others = (oracle.counted if oracle.counted is not None else np.ones((k, k), bool))[targets.factor]
    others = others & (np.arange(k) != targets.factor[:, None])
    towards = moved_by[row, targets.factor] * np.where(targets.wanted == 1, 1, -1)
    damage = ratio((np.abs(moved_by) * others).sum(1), others.sum(1))
    values = dict(zip(LOGIT_SHIFTS, (towards, damage), strict=True))
    return factor_means(values, targets.factor, targets.pairs, seed=session.seed, reason="no case tells")
