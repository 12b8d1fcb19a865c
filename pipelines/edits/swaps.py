"""Edits that take one part of a code from another image, and what the oracle says of them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits import counterfactual as swap_metrics
from diffrep.metrics.edits.counterfactual import counterfactual, rates
from diffrep.metrics.edits.exact import squared_error
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_distance
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.intervals import case_means, pair_intervals
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Session, swapped

SWAP_SCORES = (
    *("efficacy", "preservation", "faithfulness", "cf_gap", "distinct_parts", "noise_floor"),
    "oracle_agreement",
)
SWAP_SIZES = (EDIT_MSE, EDIT_PERCEPTUAL) = ("edit_mse", "edit_pd_effnet_lite0")
UNSAMPLED = ("cf_gap", "distinct_parts")  # the one has its best rival chosen anew in each resample, the other is fixed


@dataclass(frozen=True)
class Swaps:
    """What is decoded of m scored pairs; images [.., c, h, w] in about [-1, 1].

    edited  [s, m, c, h, w] the source with each of the session's parts of the donor
    donor   [m, ...] the donor's whole code from the source's start
    noise   [m, ...] the source's code from a second noise
    drawn   [n, ...] one swap of each of all n pairs, part after part: what distances to real images are measured on
    """

    edited: Tensor
    donor: Tensor
    noise: Tensor
    drawn: Tensor


def decode_swaps(session: Session) -> Swaps:
    """Every decode of swaps that the scores need."""
    parts, m, n = session.parts, session.settings.pairs, session.settings.images
    scored, rest = np.arange(m), np.arange(m, n)
    codes, donors = session.source_codes(scored), session.donor_codes(scored)
    # every part of every scored pair, the whole code of each, and one part of each pair beyond them
    each = [swapped(codes, donors, part) for part in parts]
    others = [swapped(session.source_codes(i), session.donor_codes(i), parts[i[0] % len(parts)]) for i in rest[:, None]]
    pairs = np.concatenate([np.tile(scored, len(parts)), scored, rest])
    decoded = session.decode(np.concatenate([*each, donors, *others]), pairs)
    edited, donor, more = decoded.split([len(parts) * m, m, len(rest)])
    edited = edited.unflatten(0, (len(parts), m))
    first = [edited[i % len(parts), i] for i in range(min(m, n))]
    return Swaps(edited, donor, second_noise(session, scored), torch.stack([*first, *more]))


def second_noise(session: Session, pairs: np.ndarray) -> Tensor:
    """The sources of these pairs drawn from another noise than that of their rows."""
    other = start_noise(session.seed + 1, session.rows(session.a[pairs]), session.data.image_shape)
    return session.draw(session.source_codes(pairs), other)


def swap_scores(session: Session, oracle: Oracle, swaps: Swaps) -> Measured:
    """What the oracle says of the swaps, with intervals over pairs: `SWAP_SCORES`.

    arrays  those of `counterfactual`; `assigned` [K] is the part that serves each of the oracle's factors, -1 for none;
            `agreement` [K] how often it reads a source's true value off the null edit
    """
    if not len(oracle.kept):
        nothing = {"assigned": np.full(0, -1), "agreement": np.zeros(0)}
        return joined(missing(SWAP_SCORES, oracle.silence), Measured({}, arrays=nothing))
    m, half = session.settings.pairs, session.judged
    y_a, y_b, y_noise = (oracle.read(images) for images in (session.original[:m], swaps.donor, swaps.noise))
    y_cf = np.stack([oracle.read(images) for images in swaps.edited])
    truth_a, truth_b = (oracle.truth[side[:m]] for side in (session.a, session.b))
    agrees, differs = y_a == truth_a, truth_a != truth_b
    measured = counterfactual(y_a, y_b, y_cf, y_noise, differs=differs, counted=oracle.counted)
    assigned, seen = measured.arrays["assigned"], (y_a[half], y_b[half], y_cf[:, half], y_noise[half])

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        judged = rates(*seen, differs=differs[half], weights=weights)
        found = swap_metrics.swap_scores(judged, assigned, counted=oracle.counted)
        return {name: values for name, values in found.items() if name not in UNSAMPLED}

    measured.intervals |= pair_intervals(score, half, seed=session.seed)
    agreement = Measured({"oracle_agreement": agrees.mean()}, arrays={"agreement": agrees.mean(0)})
    return joined(measured, agreement)


def swap_sizes(session: Session, swaps: Swaps, assigned: np.ndarray) -> Measured:
    """How far the swaps of parts that serve a factor are from the null edits: `SWAP_SIZES`.

    assigned  [K] of `swap_scores`
    """
    served = np.unique(assigned[assigned >= 0])
    if not len(served):
        return missing(SWAP_SIZES, f"not applicable: {swap_metrics.REASONS['distinct_parts']}")
    pairs = np.tile(session.judged, len(served))
    edited = image_bytes(swaps.edited[served][:, session.judged].flatten(0, 1))
    original = image_bytes(session.original[pairs])
    sizes = {EDIT_MSE: squared_error(original, edited).mean((1, 2))}
    if not effnet_lite0.weights_installed():
        unknown = missing([EDIT_PERCEPTUAL], effnet_lite0.MISSING)
        return joined(case_means(sizes, pairs, seed=session.seed), unknown)
    sizes[EDIT_PERCEPTUAL] = perceptual_distance(edited, original)
    return case_means(sizes, pairs, seed=session.seed)
