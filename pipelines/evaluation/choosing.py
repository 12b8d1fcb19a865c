"""Methods that leave a choice of their code open: validation images, whose attributes are known here, decide it."""

from typing import Any

import numpy as np
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.probes.least_squares import least_squares_precision
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.decoder import device_of
from diffrep.pipelines.trained.encoding import batches


def choose(network: Any, data: Prepared, batch_size: int) -> dict[str, float]:
    """Have a method take the choice whose code tells most of validation images; {choice: what each tells}.

    What a code tells is the mean average precision on validation images of a least-squares probe, fitted on as many
    training images. Empty for a method without choices. UserError where a method with choices decodes: other stages
    would decode by another choice.
    """
    if not hasattr(network, "choices"):
        return {}
    if "decode" not in network.cannot:
        raise UserError(f"{type(network).__name__} has choices and decodes: methods/shared/method.py says why not both")
    valid = data.splits["valid"]
    rows = {"train": data.splits["train"][: len(valid)], "valid": valid}
    codes = {split: candidates(network, data.images, part, batch_size) for split, part in rows.items()}
    known = {split: np.asarray(data.attributes[part]) for split, part in rows.items()}
    pairs = zip(codes["train"], codes["valid"], strict=True)
    told = [float(np.nanmean(least_squares_precision(a, known["train"], b, known["valid"]))) for a, b in pairs]
    network.chosen = int(np.argmax(told))
    return dict(zip(network.choices, told, strict=True))


@torch.no_grad()
def candidates(network: Any, images: np.ndarray, rows: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """The codes [n, d] of these rows of the images [.., h, w, c] for each of the choices."""
    shown = (image_tensor(images[part]).to(device_of(network)) for part in batches(rows, batch_size))
    found = [[codes.float().cpu().numpy() for codes in network.candidates(part)] for part in shown]
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]
