"""Edits that take one part of a code from another image, and what the judge says of them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.counterfactual import REASONS, counterfactual, rates, swap_scores
from diffrep.metrics.edits.exact import squared_error
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_distance
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.intervals import fill_intervals, fill_mean
from diffrep.pipelines.edits.questions import Asked
from diffrep.pipelines.edits.session import Editing, swapped

UNSAMPLED = ("cf_gap", "distinct_parts")  # the one has its best rival chosen anew in each resample, the other is fixed
JUDGED = ("efficacy", "preservation", "faithfulness", "cf_gap", "distinct_parts", "noise_floor", "oracle_agreement")

SIZES = ("edit_mse", "edit_pd_effnet_lite0")


@dataclass(frozen=True)
class Swaps:
    """What is decoded of m scored pairs; images [.., c, h, w] in about [-1, 1].

    edited  [s, m, c, h, w] the source with each of the cell's parts of the donor
    donor   [m, ...] the donor's whole code from the source's start
    noise   [m, ...] the source's code from a second noise
    drawn   [n, ...] one swap of each of all n pairs, part after part: what distances to real images are measured on
    """

    edited: Tensor
    donor: Tensor
    noise: Tensor
    drawn: Tensor


def decode_swaps(cell: Editing) -> Swaps:
    """Every decode of swaps that the scores need."""
    parts, m = cell.parts, cell.settings.pairs
    scored, rest = np.arange(m), np.arange(m, cell.settings.images)
    codes, donors = cell.source_codes(scored), cell.donor_codes(scored)
    each = [swapped(codes, donors, part) for part in parts]
    others = [swapped(cell.source_codes(i), cell.donor_codes(i), parts[i[0] % len(parts)]) for i in rest[:, None]]
    pairs = np.concatenate([np.tile(scored, len(parts)), scored, rest])
    decoded = cell.decode(np.concatenate([*each, donors, *others]), pairs)
    edited, donor, more = decoded.split([len(parts) * m, m, len(rest)])
    edited = edited.unflatten(0, (len(parts), m))
    first = [edited[i % len(parts), i] for i in range(min(m, cell.settings.images))]
    other = start_noise(cell.params["evaluate"]["seed"] + 1, cell.rows(cell.a[:m]), cell.data.image_shape)
    noise = cell.decoder.decode(codes, other, cell.settings.decode_steps)
    return Swaps(edited, donor, noise, torch.stack([*first, *more]))


def fill_swaps(filled: Result, cell: Editing, asked: Asked, swaps: Swaps) -> dict[str, np.ndarray]:
    """Fill in what the judge says of the swaps, with intervals over pairs.

    Returns the arrays behind it; `assigned` [K] is the part that serves each judged factor, -1 for none.
    """
    m, half = cell.settings.pairs, cell.judged
    y_a, y_b, y_noise = (asked.read(images) for images in (cell.original[:m], swaps.donor, swaps.noise))
    y_cf = np.stack([asked.read(images) for images in swaps.edited])
    truth_a, truth_b = (asked.truth[side[:m]] for side in (cell.a, cell.b))
    differs = truth_a != truth_b
    filled["oracle_agreement"] = float((y_a == truth_a).mean())
    filled["notes"]["oracle_fails"] = asked.fails_on(y_a, truth_a)
    measured = counterfactual(y_a, y_b, y_cf, y_noise, differs=differs, counted=asked.counted)
    filled.add(measured)
    seen = y_a[half], y_b[half], y_cf[:, half], y_noise[half]

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        judged = rates(*seen, differs=differs[half], weights=weights)
        found = swap_scores(judged, measured.arrays["assigned"], counted=asked.counted)
        return {name: values for name, values in found.items() if name not in UNSAMPLED}

    fill_intervals(filled, score, half, seed=cell.params["evaluate"]["seed"])
    return measured.arrays


def fill_sizes(filled: Result, cell: Editing, swaps: Swaps, assigned: np.ndarray) -> None:
    """Fill in how far the swaps that serve a factor are from the unedited decodes."""
    served = np.unique(assigned[assigned >= 0])
    if not len(served):
        filled.not_applicable(SIZES, REASONS["distinct_parts"])
        return
    pairs = np.tile(cell.judged, len(served))
    edited = image_bytes(swaps.edited[served][:, cell.judged].flatten(0, 1))
    original = image_bytes(cell.original[pairs])
    sizes = {"edit_mse": squared_error(original, edited).mean((1, 2))}
    if effnet_lite0.weights_installed():
        sizes["edit_pd_effnet_lite0"] = perceptual_distance(edited, original)
    else:
        filled["edit_pd_effnet_lite0"] = None
        filled["reasons"]["edit_pd_effnet_lite0"] = effnet_lite0.MISSING
    fill_mean(filled, sizes, pairs, seed=cell.params["evaluate"]["seed"])
