"""Edits that take one part of a code from another image, and what the judge says of them."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics import effnet_lite0
from diffrep.metrics.counterfactual import assign, rates, scores
from diffrep.metrics.exact import squared_error
from diffrep.metrics.measured import Measured
from diffrep.metrics.perceptual import perceptual_distance
from diffrep.pipelines.asked import Asked
from diffrep.pipelines.chance import start_noise
from diffrep.pipelines.editing import Editing, swapped
from diffrep.pipelines.intervals import fill_intervals, fill_mean
from diffrep.pipelines.results import Result

JUDGED = ("efficacy", "preservation", "faithfulness", "cf_gap", "distinct_parts", "noise_floor", "oracle_agreement")


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


@dataclass(frozen=True)
class Verdict:
    """What the judge reads of m scored pairs and their swaps, and which part serves each of its K factors.

    y_a, y_b, y_noise  [m, K] of the unedited sources, of the donors' codes, of the second noise
    y_cf               [s, m, K] of the swaps
    truth_a, truth_b   [m, K] true values
    assigned           [K] the part that brings over a factor most often on the first half of the pairs, -1 for none
    """

    y_a: np.ndarray
    y_b: np.ndarray
    y_noise: np.ndarray
    y_cf: np.ndarray
    truth_a: np.ndarray
    truth_b: np.ndarray
    assigned: np.ndarray


def verdict(cell: Editing, asked: Asked, swaps: Swaps) -> Verdict:
    """Let the judge read everything once."""
    m, half = cell.settings.pairs, cell.chosen_on
    y_a, y_b, noise = (asked.read(images) for images in (cell.original[:m], swaps.donor, swaps.noise))
    y_cf = np.stack([asked.read(images) for images in swaps.edited])
    truth_a, truth_b = asked.truth[cell.a[:m]], asked.truth[cell.b[:m]]
    differs = (truth_a != truth_b)[half]
    first = rates(y_a[half], y_b[half], y_cf[:, half], noise[half], differs=differs)
    return Verdict(y_a, y_b, noise, y_cf, truth_a, truth_b, assign(first.arrived))


def fill_swaps(filled: Result, cell: Editing, asked: Asked, swaps: Swaps, seen: Verdict) -> dict[str, np.ndarray]:
    """Fill in the scores of the swaps with their intervals over pairs; the arrays behind them."""
    half = cell.judged
    filled["oracle_agreement"] = float((seen.y_a == seen.truth_a).mean())
    filled["notes"]["oracle_fails"] = asked.fails_on(seen.y_a, seen.truth_a)
    differs = seen.truth_a != seen.truth_b

    def score(rows: np.ndarray) -> Measured:
        pairs = half[rows]
        read = rates(seen.y_a[pairs], seen.y_b[pairs], seen.y_cf[:, pairs], seen.y_noise[pairs], differs=differs[pairs])
        return scores(read, seen.assigned, counted=asked.counted)

    measured = score(np.arange(len(half)))
    filled.add(measured)
    fill_intervals(filled, score, half, seed=cell.params["evaluate"]["seed"])
    return measured.arrays


def fill_sizes(filled: Result, cell: Editing, swaps: Swaps, assigned: np.ndarray) -> None:
    """Fill in how far the swaps that serve a factor are from the unedited decodes."""
    served = np.unique(assigned[assigned >= 0])
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
