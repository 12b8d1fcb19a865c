"""Methods that leave a choice of their code open: validation images, whose attributes are known here, decide it."""

import math
from typing import Any

import numpy as np
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.probes.least_squares import least_squares_precision
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.decoder import device_of
from diffrep.pipelines.trained.pieces import in_pieces


def choose(network: Any, data: Prepared, batch_size: int) -> dict[str, float]:
    """Have a method take the choice whose code tells most of validation images; {choice: what each tells}.

    A probe is fitted on as many training images. Empty for a method without choices, and for data without attributes,
    of which the first choice is kept. What choices and candidates must be, the contract tries before anything is
    trained (`choices_come_with_their_codes`).
    """
    if not hasattr(network, "choices") or not data.attributes.shape[1]:
        return {}
    valid = data.splits["valid"]
    rows = {"train": data.splits["train"][: len(valid)], "valid": valid}
    codes = {split: candidates(network, data.images, part, batch_size) for split, part in rows.items()}
    known = {split: np.asarray(data.attributes[part]) for split, part in rows.items()}
    each = [dict(zip(codes, pair, strict=True)) for pair in zip(*codes.values(), strict=True)]
    found = [told(of_choice, known) for of_choice in each]
    network.chosen = int(np.argmax(found))
    return dict(zip(network.choices, found, strict=True))


def told(codes: dict[str, np.ndarray], known: dict[str, np.ndarray]) -> float:
    """What codes tell: mean average precision on validation images of a least-squares probe of training images.

    codes, known  [n, d] and the attributes [n, A] in {0, 1} of "train" and "valid"

    UserError where no attribute has both its values among the validation images: then nothing can be told.
    """
    precision = least_squares_precision(codes["train"], known["train"], codes["valid"], known["valid"])
    if np.isnan(precision).all():
        raise UserError("no attribute has both 0 and 1 among the validation images, by which a code is chosen")
    return float(np.nanmean(precision))


@torch.no_grad()
def candidates(network: Any, images: np.ndarray, rows: np.ndarray, batch_size: int) -> list[np.ndarray]:
    """The codes [n, d] of these rows of the images [.., h, w, c] for each of the choices."""
    device = device_of(network)

    def of_piece(part: slice) -> list[np.ndarray]:
        shown = image_tensor(images[rows[part]]).to(device)
        return [codes.float().cpu().numpy() for codes in network.candidates(shown)]

    what, pixels = f"{type(network).__name__}.candidates", math.prod(images.shape[1:3])
    found = in_pieces(of_piece, len(rows), what=what, pixels=pixels, size=batch_size, device=device)
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]
