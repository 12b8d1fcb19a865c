"""Edits that name what they want: towards one value of a factor along a linear probe, or by the probe's top dimensions.

As PDAE, Diff-AE and DiTi manipulate an attribute. The step is as long as it takes for the judge to see the wanted
value in half of the images, so that methods compare at equal efficacy where they reach it; its unit is the way between
the centres of the two values along the direction, so that one strength serves near and far values alike. Unlike in
DiTi's code, a learned mask is of one value against all others, and an edit may touch the dimensions of both its values.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.metrics.edits.counterfactual import REASONS, edit_scores
from diffrep.metrics.edits.directions import moved, softmax_probe, steps, top_dims
from diffrep.metrics.edits.pro_mask import pro_mask
from diffrep.metrics.means import ratio
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.intervals import fill_factor_mean, fill_intervals
from diffrep.pipelines.edits.questions import Asked
from diffrep.pipelines.edits.session import Editing, swapped
from diffrep.pipelines.edits.truth import one_each
from diffrep.pipelines.stages.oracle import questions

PROBED = 5000  # training rows that a probe is fitted on, at most
STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)  # of the way between the centres of two values
REAL = 1000  # test images whose log-odds are the unit of shifts, at most
TRIED = 40  # pairs that strengths are tried on, at most


class Cases(NamedTuple):
    """Which pair an edit is of, and which of the judged factors it brings to the donor's value, [n] each."""

    pairs: np.ndarray
    factor: np.ndarray
    source: np.ndarray  # the source's true value
    wanted: np.ndarray  # the donor's


@dataclass(frozen=True)
class NamedEdits:
    """Edits of one kind; edited [n, c, h, w] in about [-1, 1].

    strength  of the step, None for swaps
    flipped   the share of images that it flipped where it was chosen
    """

    suffix: str
    cases: Cases
    edited: Tensor
    strength: float | None = None
    flipped: float | None = None


class Probe(NamedTuple):
    """A linear probe of one judged factor: weights and centres [v, d] in standardised codes."""

    weights: np.ndarray
    centres: np.ndarray


def cases_of(cell: Editing, asked: Asked, pairs: np.ndarray) -> Cases:
    """One judged factor for each pair, of those in which its images differ."""
    a, b = asked.truth[cell.a[pairs]], asked.truth[cell.b[pairs]]
    rows, factor = one_each(a, b)
    return Cases(pairs[rows], factor, a[rows, factor], b[rows, factor])


def named_edits(cell: Editing, asked: Asked) -> Iterator[NamedEdits]:
    """Every kind of edit that names its target, decoded for the judged pairs."""
    cases, before = cases_of(cell, asked, cell.judged), cases_of(cell, asked, cell.chosen_on[:TRIED])
    probes, dims = fit_probes(cell, asked), cell.settings.probe_dims
    yield NamedEdits("_top", cases, cell.decode(top_swaps(cell, probes, cases), cases.pairs))
    kinds = {"_direction": (probes, None), "_direction_top": (probes, dims)}
    if cell.settings.mask_dims:
        kinds["_direction_mask"] = (masked(cell, asked, probes), None)
    for suffix, (given, kept) in kinds.items():
        strength, flipped = strength_for_half(cell, asked, before, steps_of(given, before, kept))
        edited = cell.decode(shifted(cell, cases, steps_of(given, cases, kept), strength), cases.pairs)
        yield NamedEdits(suffix, cases, edited, strength, flipped)


def fit_probes(cell: Editing, asked: Asked) -> list[Probe]:
    """One linear probe for every judged factor."""
    codes, values, sizes = probed_rows(cell, asked)
    return [Probe(*softmax_probe(codes, values[:, k], count=size)) for k, size in enumerate(sizes)]


def probed_rows(cell: Editing, asked: Asked) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Training codes [n, d], the values [n, K] of their judged factors, and how many values each has."""
    _, sizes, values = questions(cell.data)
    rows = cell.data.splits["train"][:PROBED]
    return cell.codes["train"][:PROBED], values[rows][:, asked.kept], [sizes[k] for k in asked.kept]


def masked(cell: Editing, asked: Asked, probes: list[Probe]) -> list[Probe]:
    """The same with the weights of DiTi's classifiers on a learned mask, one for every value against all others."""
    codes, values, sizes = probed_rows(cell, asked)
    targets = [values[:, k] == value for k, size in enumerate(sizes) for value in range(size)]
    seed, dims = cell.params["evaluate"]["seed"], cell.settings.mask_dims
    learned = pro_mask(codes, np.stack(targets, axis=1).astype(int), dims=dims, seed=seed)
    each = np.split(learned.weights * learned.mask, np.cumsum(sizes)[:-1])
    return [Probe(weights, probe.centres) for weights, probe in zip(each, probes, strict=True)]


def steps_of(probes: list[Probe], cases: Cases, dims: int | None) -> np.ndarray:
    """The way [n, d] from each case's own value to the wanted one, in standardised codes."""
    found = np.zeros((len(cases.pairs), probes[0].weights.shape[1]))
    for k, probe in enumerate(probes):
        own = cases.factor == k
        found[own] = steps(*probe, cases.source[own], cases.wanted[own], dims=dims)
    return found


def top_swaps(cell: Editing, probes: list[Probe], cases: Cases) -> np.ndarray:
    """Source codes [n, d] with the donor's numbers in the dimensions that tell most of each case's factor."""
    codes, donors = cell.source_codes(cases.pairs), cell.donor_codes(cases.pairs)
    for k, probe in enumerate(probes):
        own = np.flatnonzero(cases.factor == k)
        codes[own] = swapped(codes[own], donors[own], top_dims(probe.weights, cell.settings.probe_dims))
    return codes


def shifted(cell: Editing, cases: Cases, way: np.ndarray, strength: float) -> np.ndarray:
    """Source codes [n, d] moved by `strength` of the way."""
    return moved(cell.source_codes(cases.pairs), way, strength, cell.codes["train"][:PROBED].std(0))


def strength_for_half(cell: Editing, asked: Asked, cases: Cases, way: np.ndarray) -> tuple[float, float]:
    """The strength with which the judge sees the wanted value in half of the images where it did not, and the share."""
    row = np.arange(len(way))
    unseen = asked.read(cell.original[cases.pairs])[row, cases.factor] != cases.wanted
    edited = [shifted(cell, cases, way, strength) for strength in STRENGTHS]
    decoded = cell.decode(np.concatenate(edited), np.tile(cases.pairs, len(edited)))
    hits = [asked.read(images)[row, cases.factor] == cases.wanted for images in decoded.split(len(way))]
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


def fill_named(filled: Result, cell: Editing, asked: Asked, edits: NamedEdits) -> None:
    """Fill in the judge's scores of one kind of edit, with their intervals over pairs."""
    cases = edits.cases
    before, after = asked.read(cell.original[cases.pairs]), asked.read(edits.edited)

    score = partial(edit_scores, before, after, cases.factor, cases.wanted, counted=asked.counted)
    values = {f"{name}{edits.suffix}": found[0] for name, found in score().items()}
    reasons = {f"{name}{edits.suffix}": why for name, why in REASONS.items() if f"{name}{edits.suffix}" in values}
    filled.add(Measured(values, reasons=reasons))
    resampled = lambda weights: score(weights=weights)  # noqa: E731
    fill_intervals(filled, resampled, cases.pairs, seed=cell.params["evaluate"]["seed"], suffix=edits.suffix)
    fill_shifts(filled, cell, asked, edits)
    if edits.strength is not None:
        filled[f"strength{edits.suffix}"], filled[f"flipped{edits.suffix}"] = edits.strength, edits.flipped


def fill_shifts(filled: Result, cell: Editing, asked: Asked, edits: NamedEdits) -> None:
    """Fill in how far an edit moves the judge's log-odds of binary attributes, in their deviations over real images.

    logit_shift of the target, towards what is wanted; logit_shift_others the mean distance of the counted others.
    """
    names = (f"logit_shift{edits.suffix}", f"logit_shift_others{edits.suffix}")
    if not asked.binary:
        filled.not_applicable(names, "the judged factors have more than two values")
        return
    cases, seed = edits.cases, cell.params["evaluate"]["seed"]
    real = asked.presence(image_tensor(cell.images(np.arange(min(REAL, len(asked.truth))))))
    moved_by = (asked.presence(edits.edited) - asked.presence(cell.original[cases.pairs])) / real.std(0)
    row, k = np.arange(len(cases.pairs)), moved_by.shape[1]
    others = (asked.counted if asked.counted is not None else np.ones((k, k), bool))[cases.factor]
    others = others & (np.arange(k) != cases.factor[:, None])
    target = moved_by[row, cases.factor] * np.where(cases.wanted == 1, 1, -1)
    damage = ratio((np.abs(moved_by) * others).sum(1), others.sum(1))
    for name, values in zip(names, (target, damage), strict=True):
        fill_factor_mean(filled, name, values, cases.factor, cases.pairs, seed=seed)
