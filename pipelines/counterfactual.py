"""Stage counterfactual: one part of a code swapped between two test images, judged by the oracle.

The protocol of every method: same pairs, same judge, same sampler; the noise of a decode is the start inferred from
image a where the method can invert, else noise drawn from (seed, a).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.metrics import effnet_lite0
from diffrep.metrics.counterfactual import counterfactual as scores
from diffrep.metrics.frechet import frechet_distance
from diffrep.metrics.top_parts import top_parts
from diffrep.pipelines import layout
from diffrep.pipelines.cells import load
from diffrep.pipelines.chance import start_noise
from diffrep.pipelines.decoding import Decoder
from diffrep.pipelines.encode import read_codes
from diffrep.pipelines.files import write_arrays
from diffrep.pipelines.judge import Judge
from diffrep.pipelines.oracle import left_out, load_judge, questions
from diffrep.pipelines.params import section
from diffrep.pipelines.pictures import save_rows
from diffrep.pipelines.progress import meter
from diffrep.pipelines.results import Result, result
from diffrep.pipelines.sections import Counterfactual

JUDGED = (
    "efficacy",
    "preservation",
    "faithfulness",
    "cf_gap",
    "distinct_parts",
    "noise_floor",
    "oracle_agreement",
)
CORRELATED = 0.2  # attributes whose labels correlate more with the target do not count as damage
SHOWN = 12


@dataclass(frozen=True)
class Edits:
    """What is decoded for one cell; images [.., c, h, w] in about [-1, 1], m scored pairs.

    parts     [s] indices into the method's parts
    original  decode of each a's own code, [m]; donor of b's code from a's start; noise of a's code from other noise
    edited    [s, m, c, h, w] after each swap
    drawn     [n, c, h, w] one swap of each of n images, part after part: what the Frechet distance is measured on
    """

    parts: list[tuple[int, ...]]
    original: Tensor
    donor: Tensor
    noise: Tensor
    edited: Tensor
    drawn: Tensor


def counterfactual(params: dict[str, Any], dataset: str, method: str) -> None:
    """Judge the swaps of every seed of the grid."""
    data = Prepared(layout.data(dataset))
    judge, accuracy = load_judge(params, dataset, data)
    for seed in params["grid"]["seed"]:
        identity = {"dataset": dataset, "method": method, "seed": seed, "stage": "counterfactual"}
        path = layout.result(dataset, method, "counterfactual", seed)
        with result(path, params, **identity, data_sha256=data.checksum) as filled:
            network = load(params, dataset, method, seed, data.image_shape)
            if "decode" in network.cannot:
                filled.not_applicable((*JUDGED, "fd_effnet_lite0", "factors_judged"), network.cannot["decode"])
                write_arrays(layout.arrays(dataset, method, "counterfactual", seed), {})
                layout.picture(dataset, method, "counterfactual", seed).parent.mkdir(parents=True, exist_ok=True)
                continue
            settings = section(params, "evaluate.counterfactual", Counterfactual)
            codes = read_codes(dataset, method, seed)
            parts = chosen_parts(network, codes["valid"], data, params, settings)
            pairs = draw_pairs(data.splits["test"], max(settings.pairs, settings.images), params)
            edits = decode_edits(network, data, codes["test"], parts, pairs, params, settings, (dataset, method, seed))
            filled["n_pairs"] = settings.pairs
            arrays = judge_edits(filled, edits, judge, accuracy, data, pairs[:, : settings.pairs], params)
            judge_realism(filled, edits.drawn, dataset)
            write_arrays(layout.arrays(dataset, method, "counterfactual", seed), arrays)
            picture(dataset, method, seed, edits, data, pairs, arrays["assigned"])


def chosen_parts(
    network: Method, codes: np.ndarray, data: Prepared, params: dict[str, Any], settings: Counterfactual
) -> list[tuple[int, ...]]:
    """The parts to swap: of the method's own, or else of its single dimensions, those that tell most of a factor.

    Chosen on validation images; `random_parts` more are drawn by lot.
    """
    parts = [tuple(part.dims) for part in network.parts] or [(i,) for i in range(codes.shape[1])]
    known = questions(data)[2][data.splits["valid"]]
    chosen = top_parts(codes, known, parts, seed=params["evaluate"]["seed"], random_parts=settings.random_parts)
    return [parts[i] for i in chosen]


def draw_pairs(rows: np.ndarray, count: int, params: dict[str, Any]) -> np.ndarray:
    """[2, count] positions in the test split: a and b, alike for every method and seed; no a twice, never a = b."""
    generator = np.random.default_rng((params["evaluate"]["seed"], 1))
    if count >= len(rows):
        raise ValueError(
            f"{count} pairs need as many test images and there are {len(rows)}: lower evaluate.counterfactual"
        )
    first = generator.permutation(len(rows))[:count]
    return np.stack([first, (first + generator.integers(1, len(rows), count)) % len(rows)])


def decode_edits(
    network: Method,
    data: Prepared,
    codes: np.ndarray,
    parts: list[tuple[int, ...]],
    pairs: np.ndarray,
    params: dict[str, Any],
    settings: Counterfactual,
    cell: tuple[str, str, int],
) -> Edits:
    """Every decode that the scores need."""
    rows, m, steps = data.splits["test"], settings.pairs, settings.decode_steps
    a, b = pairs
    fresh = start_noise(params["evaluate"]["seed"], rows[a], data.image_shape)
    other = start_noise(params["evaluate"]["seed"] + 1, rows[a[:m]], data.image_shape)
    inverts = "invert" not in network.cannot
    rest = np.arange(m, settings.images)
    total = len(a) * inverts + (len(parts) + 3) * m + len(rest)
    with meter(f"counterfactual {' '.join(map(str, cell))}", total) as shown:
        decoder = Decoder(network, params["evaluate"]["batch_size"], shown)
        start = fresh
        if inverts:
            start = decoder.invert(image_tensor(data.images[rows[a]]), codes[a], settings.invert_steps)
        swaps = [swapped(codes[a], codes[b], part) for part in parts]
        edited = torch.stack([decoder.decode(swap[:m], start[:m], steps) for swap in swaps])
        drawn = [edited[i % len(parts), i] for i in range(min(m, settings.images))]
        if len(rest):
            one_each = np.stack([swaps[i % len(parts)][i] for i in rest])
            drawn += list(decoder.decode(one_each, start[rest], steps))
        return Edits(
            parts,
            original=decoder.decode(codes[a[:m]], start[:m], steps),
            donor=decoder.decode(codes[b[:m]], start[:m], steps),
            noise=decoder.decode(codes[a[:m]], other, steps),
            edited=edited,
            drawn=torch.stack(drawn),
        )


def swapped(codes: np.ndarray, donors: np.ndarray, part: tuple[int, ...]) -> np.ndarray:
    """`codes` [n, d] with the dimensions of `part` taken from `donors`."""
    edited = codes.copy()
    edited[:, part] = donors[:, part]
    return edited


def judge_edits(
    filled: Result,
    edits: Edits,
    judge: Judge,
    accuracy: dict[str, float],
    data: Prepared,
    pairs: np.ndarray,
    params: dict[str, Any],
) -> dict[str, np.ndarray]:
    """Fill in the scores over the factors that the judge reads well enough; the arrays behind them."""
    least = params["oracle"]["accuracy"]
    kept = [k for k, value in enumerate(accuracy.values()) if value >= least]
    filled["factors_judged"] = len(kept)
    filled["notes"]["left_out"] = left_out(accuracy, least)
    if not kept:
        filled.not_applicable(JUDGED, f"the oracle reads no factor with accuracy {least}")
        return {"assigned": np.empty(0, int)}
    truth = questions(data)[2][data.splits["test"]][:, kept]
    y_a, y_b, noise = (judge.read(x)[:, kept] for x in (edits.original, edits.donor, edits.noise))
    y_cf = np.stack([judge.read(x)[:, kept] for x in edits.edited])
    a, b = pairs
    filled["oracle_agreement"] = float((y_a == truth[a]).mean())
    measured = scores(y_a, y_b, y_cf, noise, differs=truth[a] != truth[b], counted=counted(truth, data))
    filled.add(measured)
    return {**measured.arrays, "kept": np.array(kept)}


def counted(truth: np.ndarray, data: Prepared) -> np.ndarray | None:
    """Which changes count as damage: on grid data all, else those of attributes hardly correlated with the target."""
    if data.factors is not None:
        return None
    return np.abs(np.corrcoef(truth, rowvar=False)) < CORRELATED


def judge_realism(filled: Result, drawn: Tensor, dataset: str) -> None:
    """Fill in the distance of the counterfactuals of n images, over all parts equally, from n real training images."""
    filled["n_images"] = len(drawn)
    if not effnet_lite0.weights_installed():
        filled["fd_effnet_lite0"] = None
        filled["reasons"]["fd_effnet_lite0"] = effnet_lite0.MISSING
        return
    with np.load(layout.oracle(dataset) / "real.npz") as real:
        found = effnet_lite0.features(image_bytes(drawn))
        filled["fd_effnet_lite0"] = frechet_distance(found, real["reference"])


def picture(
    dataset: str, method: str, seed: int, edits: Edits, data: Prepared, pairs: np.ndarray, assigned: np.ndarray
) -> None:
    """Source, donor, their decodes, and the swaps of the parts that serve a factor (at most four)."""
    rows = data.splits["test"]
    served = list(dict.fromkeys([*assigned[assigned >= 0].tolist(), *range(len(edits.parts))]))[:4]
    a, b = (data.images[rows[side[:SHOWN]]] for side in pairs)
    shown = {
        "source image": a,
        "donor image": b,
        "source, decoded": image_bytes(edits.original[:SHOWN]),
        "donor's code from the source's start": image_bytes(edits.donor[:SHOWN]),
    }
    for i in served:
        shown[f"source with {named(edits.parts[i])} of the donor"] = image_bytes(edits.edited[i, :SHOWN])
    save_rows(layout.picture(dataset, method, "counterfactual", seed), shown)


def named(part: tuple[int, ...]) -> str:
    """The dimensions of a part in words."""
    return f"dimension {part[0]}" if len(part) == 1 else f"dimensions {part[0]} to {part[-1]}"
