"""Test images decoded from their codes, from noise alone and from the inferred start, and how far off they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.metrics.images.lpips import LEAST_SIDE, lpips
from diffrep.metrics.images.reconstruction import reconstruction
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.metrics.noise import mean_noise
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.core.sections import Evaluate
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.trained.decoder import Decoder

ERRORS = ("mse", "psnr", "ssim")
ALL_ERRORS = (*ERRORS, "lpips")
SMALL = f"not applicable: LPIPS takes images of {LEAST_SIDE} pixels a side or more"
SHOWN = 12  # images in the picture
ROWS = {"random_start": "from its code and noise", "inferred_start": "from its code and the inferred start"}


@dataclass(frozen=True)
class Reconstructions:
    """Test images [n, c, h, w] in [-1, 1] and their decodes in about [-1, 1].

    random_start    from their own codes and noise drawn from (seed, image)
    shuffled_codes  from another image's codes and the same noise
    inferred_start  from their own codes and the starts that they were inverted to; None where a method cannot invert
    """

    images: Tensor
    random_start: Tensor
    shuffled_codes: Tensor
    inferred_start: Tensor | None


def judged(
    network: Method, data: Prepared, codes: np.ndarray, settings: Evaluate, title: str
) -> tuple[Measured, Reconstructions | None]:
    """The scores of a method's decodes of codes [n, d] of the test split, and the decodes; None where it draws none."""
    if "decode" in network.cannot:
        return cannot_reconstruct(network.cannot["decode"]), None
    decoded = reconstructions(network, data, codes, settings, title)
    return scores(decoded, network), decoded


def reconstructions(
    network: Method, data: Prepared, codes: np.ndarray, settings: Evaluate, title: str
) -> Reconstructions:
    """The first test images, decoded; codes [n, d] of the test split."""
    rows = data.splits["test"][: settings.reconstruct.images]
    steps, backwards = settings.reconstruct.decode_steps, settings.reconstruct.invert_steps
    codes, images = codes[: len(rows)], image_tensor(data.images[rows])
    noise = start_noise(settings.seed, rows, data.image_shape)
    inverts = "invert" not in network.cannot
    with meter(title, len(rows) * (4 if inverts else 2)) as shown:
        decoder = Decoder(network, settings.batch_size, shown)
        random = decoder.decode(codes, noise, steps)
        shuffled = decoder.decode(np.roll(codes, 1, axis=0), noise, steps)
        start = decoder.invert(images, codes, backwards) if inverts else None
        inferred = None if start is None else decoder.decode(codes, start, steps)
    return Reconstructions(images, random, shuffled, inferred)


def scores(found: Reconstructions, network: Method) -> Measured:
    """The errors of every kind of decode, means over images, and as arrays those of each image."""
    parts = [
        errors(found.images, found.random_start, "random_start"),
        named(compare(found.images, found.shuffled_codes), "shuffled_codes", ("mse",)),
        missing([f"{name}_inferred_start" for name in ALL_ERRORS], f"not applicable: {network.cannot['invert']}")
        if found.inferred_start is None
        else errors(found.images, found.inferred_start, "inferred_start"),
    ]
    measured = joined(*parts, Measured({"n_test": len(found.images)}))
    measured.noise |= mean_noise(measured.arrays)
    return measured


def cannot_reconstruct(reason: str) -> Measured:
    """The same numbers of a method that decodes nothing."""
    names = [f"{name}_{start}" for start in ROWS for name in ALL_ERRORS]
    return missing([*names, "mse_shuffled_codes"], f"not applicable: {reason}")


def errors(images: Tensor, decoded: Tensor, what: str) -> Measured:
    """All errors of one kind of decode, under their names in the tables."""
    both = joined(compare(images, decoded), perceptual(images, decoded))
    return named(both, what, ALL_ERRORS)


def named(measured: Measured, what: str, kept: tuple[str, ...]) -> Measured:
    """The `kept` errors under their names in the tables, with all that rides along, or why there are none."""

    def renamed(known: Mapping[str, Any]) -> dict[str, Any]:
        return {f"{name}_{what}": known[name] for name in kept if name in known}

    arrays, reasons, intervals = renamed(measured.arrays), renamed(measured.reasons), renamed(measured.intervals)
    return Measured(renamed(measured), arrays=arrays, reasons=reasons, intervals=intervals)


def compare(images: Tensor, decoded: Tensor) -> Measured:
    """The reconstruction errors of tensors in [-1, 1], measured in [0, 1]."""
    return reconstruction(*from_0_to_1(images, decoded))


def perceptual(images: Tensor, decoded: Tensor) -> Measured:
    """LPIPS of tensors in [-1, 1], or why there is none."""
    if min(images.shape[2:]) < LEAST_SIDE:
        return missing(["lpips"], SMALL)
    return lpips(*from_0_to_1(images, decoded))


def from_0_to_1(*images: Tensor) -> list[np.ndarray]:
    """Images in [-1, 1] as metrics take them."""
    return [(each.numpy() + 1) / 2 for each in images]


def shown_rows(found: Reconstructions) -> dict[str, np.ndarray]:
    """The rows of the picture: originals, then each kind of decode."""
    decoded = {words: getattr(found, name) for name, words in ROWS.items()}
    kept = {words: image_bytes(images[:SHOWN]) for words, images in decoded.items() if images is not None}
    return {"original": image_bytes(found.images[:SHOWN]), **kept}
