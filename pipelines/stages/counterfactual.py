"""Stage counterfactual: edits of test images by their codes, judged by the oracle and, where it is known, the truth.

The protocol of every method: same pairs, same judge, same sampler; the noise of a decode is the start inferred from
image a where the method can invert, else noise drawn from (seed, a). Parts and strengths are chosen on the first half
of the pairs, numbers are of the second.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.files import write_arrays
from diffrep.pipelines.core.params import section
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits import pictures
from diffrep.pipelines.edits.block_ranges import block_ranges_picture
from diffrep.pipelines.edits.drift import COMPOSITIONS, TIMES, fill_composition
from diffrep.pipelines.edits.interpolation import code_strips, fill_strips, part_strips
from diffrep.pipelines.edits.questions import Asked, asked
from diffrep.pipelines.edits.realism import NAMES, fill_realism
from diffrep.pipelines.edits.scenes import (
    OF_EDITS,
    OF_NULL,
    OF_REACHABLE,
    all_scenes,
    fill_exact,
    fill_means,
    one_scene_each,
    parts_by_truth,
    reachable,
    scenes,
    swap_images,
)
from diffrep.pipelines.edits.session import Editing, chosen_parts, editing
from diffrep.pipelines.edits.steering import STRENGTHS, TRIED, NamedEdits, fill_named, named_edits
from diffrep.pipelines.edits.swaps import JUDGED, SIZES, Swaps, decode_swaps, fill_sizes, fill_swaps
from diffrep.pipelines.edits.truth import UNKNOWN, redrawing
from diffrep.pipelines.stages.encode import read_codes
from diffrep.pipelines.trained.cells import load

SUFFIXES = ("_top", "_direction", "_direction_top")  # kinds of edit that name their target
WAYS = ("monotonicity", "smoothness", "monotonicity_code", "smoothness_code")
NAMED = tuple(f"{name}{suffix}" for suffix in SUFFIXES for name in ("efficacy", "preservation", "faithfulness"))
STEPS = tuple(f"{name}{suffix}" for suffix in SUFFIXES if "direction" in suffix for name in ("strength", "flipped"))
SHIFTS = tuple(f"{name}{suffix}" for suffix in SUFFIXES for name in ("logit_shift", "logit_shift_others"))
EXACT = (
    *(f"{name}{suffix}" for suffix in ("", *SUFFIXES) for name in (*OF_EDITS, *OF_NULL)),
    *(*OF_REACHABLE, "exact_factors_moved"),
)
REALISM = tuple(f"{kind}_{name}" for kind in ("cf", "delta") for names in NAMES.values() for name in names)
BY_JUDGE = (*JUDGED, *NAMED, *STEPS, *SHIFTS, *WAYS, *SIZES)
EVERYTHING = (*BY_JUDGE, *EXACT, *COMPOSITIONS, *REALISM, "factors_judged")
SWAP = "One part of the code is the donor's: of all parts the one that comes nearest to the truth on other pairs."
DIRECTION = "The code is moved along a linear probe towards the donor's value, as far as flips half of other images."


def counterfactual(params: dict[str, Any], dataset: str, method: str) -> None:
    """Judge the edits of every seed of the grid."""
    data = Prepared(paths.data(dataset))
    judge, redrawn = asked(params, dataset, data), redrawing(params, dataset)
    settings = section(params, "evaluate.counterfactual", Counterfactual)
    for seed in params["grid"]["seed"]:
        identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "counterfactual"}
        path = paths.result(dataset, method, "counterfactual", seed)
        picture = partial(paths.picture, dataset, method, "counterfactual", seed)
        picture().parent.mkdir(parents=True, exist_ok=True)
        with result(path, params, **identity, data_sha256=data.checksum) as filled:
            network = load(params, dataset, method, seed, data.image_shape)
            arrays: dict[str, np.ndarray] = {}
            if "decode" in network.cannot:
                filled.not_applicable(EVERYTHING, network.cannot["decode"])
            else:
                codes = read_codes(dataset, method, seed)
                parts = chosen_parts(network, codes["valid"], data, params, settings)
                total = planned(settings, len(parts), "invert" not in network.cannot, redrawn is not None)
                with meter(f"counterfactual {dataset} {method} {seed}", total) as shown:
                    cell = editing(network, data, codes, parts, params, shown)
                    arrays = evaluate(filled, cell, judge, redrawn, dataset, picture)
            write_arrays(paths.arrays(dataset, method, "counterfactual", seed), arrays)


def planned(settings: Counterfactual, parts: int, inverts: bool, exact: bool) -> int:
    """About how many images will be decoded or inverted, for the progress shown."""
    m, half = settings.pairs, settings.pairs - settings.pairs // 2
    swaps = max(m, settings.images) * (1 + inverts) + (parts + 2) * m + max(settings.images - m, 0)
    named = half + 2 * (half + len(STRENGTHS) * min(TRIED, m // 2)) + exact * (1 + inverts) * half
    return swaps + named + (7 + inverts) * settings.interpolated + (TIMES - 1) * (1 + inverts) * settings.composed


def evaluate(
    filled: Result, cell: Editing, judge: Asked, redrawn: Any, dataset: str, picture: Callable[..., Path]
) -> dict[str, np.ndarray]:
    """Fill in every score of one trained method and save its pictures; the arrays behind the scores."""
    swaps = decode_swaps(cell)
    filled["n_pairs"], filled["n_images"] = cell.settings.pairs, len(swaps.drawn)
    filled["factors_judged"], filled["notes"]["left_out"] = len(judge.kept), judge.left_out
    arrays, assigned = {}, np.full(0, -1)
    named: list[NamedEdits] = []
    if len(judge.kept):
        arrays = fill_swaps(filled, cell, judge, swaps) | {"kept": judge.kept}
        assigned = arrays["assigned"]
        named = list(named_edits(cell, judge))
        for edits in named:
            fill_named(filled, cell, judge, edits)
        fill_ways(filled, cell, judge, swaps, assigned, picture("interpolation"))
        fill_sizes(filled, cell, swaps, assigned)
    else:
        why = f"the oracle reads no factor with accuracy {cell.params['oracle']['accuracy']}"
        filled.not_applicable(BY_JUDGE, why)
        filled.not_applicable((name for name in EXACT if name.endswith(SUFFIXES)), why)
    if redrawn is not None:
        arrays |= fill_truths(filled, cell, judge, swaps, named, redrawn, picture)
    else:
        filled.not_applicable(EXACT, UNKNOWN)
        for edits in (edits for edits in named if edits.suffix == "_direction"):
            pictures.named_picture(picture("direction"), cell, edits, judge.names, DIRECTION)
    fill_composition(filled, cell)
    with np.load(paths.oracle(dataset) / "real.npz") as real:
        reference = {name: real[f"{name}_reference"] for name in NAMES if f"{name}_reference" in real}
    unedited = image_bytes(cell.original[: len(swaps.drawn)])
    fill_realism(filled, image_bytes(swaps.drawn), unedited, reference, seed=cell.params["evaluate"]["seed"])
    pictures.main_picture(picture(), cell, swaps, assigned)
    if len(cell.network.parts) > 1 and "denoise" not in cell.network.cannot:
        pictures.blocks_picture(picture("blocks"), cell, cell.network.parts)
    block_ranges_picture(picture("ranges"), cell, int(cell.judged[0]))
    return arrays


def fill_ways(filled: Result, cell: Editing, judge: Asked, swaps: Swaps, assigned: np.ndarray, picture: Path) -> None:
    """Fill in the scores of the interpolations, of one part and of the whole code."""
    parts, codes = part_strips(cell, judge, swaps, assigned), code_strips(cell, judge)
    fill_strips(filled, cell, judge, parts, "")
    fill_strips(filled, cell, judge, codes, "_code")
    pictures.interpolation_picture(picture, cell, parts, codes, judge)


def fill_truths(
    filled: Result,
    cell: Editing,
    judge: Asked,
    swaps: Swaps,
    named: list[NamedEdits],
    redrawn: Any,
    picture: Callable[..., Path],
) -> dict[str, np.ndarray]:
    """Fill in how far edits of every kind are from the true counterfactual; the errors of every case."""
    seed, names = cell.params["evaluate"]["seed"], cell.data.card["factor_names"]
    before = all_scenes(redrawn, cell, cell.chosen_on)
    served, filled["exact_factors_moved"] = parts_by_truth(before, swaps, len(names))
    known, single = all_scenes(redrawn, cell, cell.judged), one_scene_each(redrawn, cell, cell.judged)
    arrays = fill_exact(filled, known, swap_images(known, swaps, served), "", seed)
    arrays["assigned_by_truth"] = served
    fill_means(filled, reachable(single, cell), single, OF_REACHABLE, "", seed)
    pictures.exact_picture(picture("exact"), cell, single, swap_images(single, swaps, served), names, SWAP)
    for edits in named:
        own = scenes(redrawn, cell, edits.cases.pairs, judge.kept[edits.cases.factor])
        arrays |= fill_exact(filled, own, image_bytes(edits.edited), edits.suffix, seed)
        if edits.suffix == "_direction":
            pictures.exact_picture(picture("direction"), cell, own, image_bytes(edits.edited), names, DIRECTION)
    return arrays
