"""Codes part of the way from one image to another: does the judge see the change grow, and is the way straight?"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.interpolation import monotonicity, smoothness
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.perceptual import perceptual_length
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.intervals import fill_factor_mean
from diffrep.pipelines.edits.questions import Asked
from diffrep.pipelines.edits.session import Editing, slerp
from diffrep.pipelines.edits.steering import Cases, cases_of
from diffrep.pipelines.edits.swaps import Swaps

LOG_ODDS_DIGITS = 3  # below lies what batches and rounding change: no step of a path
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Strips:
    """Decodes along the way [5, n, c, h, w] at `SHARES`; the part that moves of each case, empty for the whole code."""

    cases: Cases
    images: Tensor
    parts: list[tuple[int, ...]]


def part_strips(cell: Editing, asked: Asked, swaps: Swaps, assigned: np.ndarray) -> Strips:
    """The part that serves a factor moves from the source's numbers to the donor's; the start stays the source's.

    The ends are the unedited decode and the swap, which are there already.
    """
    drawn = cases_of(cell, asked, cell.judged[: cell.settings.interpolated])
    served = assigned[drawn.factor] >= 0
    cases = Cases(*(column[served] for column in drawn))
    parts = [cell.parts[i] for i in assigned[cases.factor]]
    codes, donors = cell.source_codes(cases.pairs), cell.donor_codes(cases.pairs)
    open_dims = np.zeros(codes.shape)
    for row, part in zip(open_dims, parts, strict=True):
        row[list(part)] = 1.0
    between = [(codes + share * open_dims * (donors - codes)).astype(codes.dtype) for share in SHARES[1:-1]]
    decoded = cell.decode(np.concatenate(between), np.tile(cases.pairs, len(between)))
    ends = cell.original[cases.pairs], swaps.edited[assigned[cases.factor], cases.pairs]
    return Strips(cases, torch.stack([ends[0], *decoded.split(len(cases.pairs)), ends[1]]), parts)


def code_strips(cell: Editing, asked: Asked) -> Strips:
    """The whole code moves on a straight line and the start on a sphere, as the papers interpolate two images."""
    cases = cases_of(cell, asked, cell.judged[: cell.settings.interpolated])
    codes, donors = cell.source_codes(cases.pairs), cell.donor_codes(cases.pairs)
    first, last = cell.start[cases.pairs], cell.starts(cell.b[cases.pairs], cell.images(cell.b[cases.pairs]), donors)
    between = [(codes + share * (donors - codes)).astype(codes.dtype) for share in SHARES[1:]]
    starts = torch.cat([slerp(first, last, share) for share in SHARES[1:]])
    decoded = cell.decoder.decode(np.concatenate(between), starts, cell.settings.decode_steps)
    return Strips(cases, torch.stack([cell.original[cases.pairs], *decoded.split(len(codes))]), [()] * len(codes))


def fill_strips(filled: Result, cell: Editing, asked: Asked, strips: Strips, suffix: str) -> None:
    """Fill in whether the judge sees the donor's values grow along the way, and how straight the images go.

    The part that serves a factor is asked about that factor, the whole code about every factor that differs.
    """
    cases, seed = strips.cases, cell.params["evaluate"]["seed"]
    if not len(cases.pairs):
        filled.not_applicable((f"monotonicity{suffix}", f"smoothness{suffix}"), "no part serves any factor")
        return
    a, b = (asked.truth[side[cases.pairs]] for side in (cell.a, cell.b))
    odds = np.stack([asked.log_odds(images, b, a) for images in strips.images], axis=-1)  # [n, K, 5]
    rows, factor = np.nonzero(a != b) if suffix else (np.arange(len(a)), cases.factor)
    steady = monotonicity(odds[rows, factor].round(LOG_ODDS_DIGITS)).arrays["monotonicity"]
    fill_factor_mean(filled, f"monotonicity{suffix}", steady, factor, cases.pairs[rows], seed=seed)
    if effnet_lite0.weights_installed():
        shown = [image_bytes(images) for images in strips.images]
        steps = np.stack([perceptual_length(*pair) for pair in pairwise(shown)], axis=1)
        straight = smoothness(perceptual_length(shown[0], shown[-1]), steps).arrays["smoothness"]
        fill_factor_mean(filled, f"smoothness{suffix}", straight, cases.factor, cases.pairs, seed=seed)
    else:
        filled[f"smoothness{suffix}"] = None
        filled["reasons"][f"smoothness{suffix}"] = effnet_lite0.MISSING
