"""Images through a trained encoder, batch by batch."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import meter
from diffrep.pipelines.trained.decoder import device_of
from diffrep.pipelines.trained.given import fault_of_views, widths
from diffrep.pipelines.trained.pieces import in_pieces


def all_codes(network: Method, data: Prepared, batch_size: int, title: str) -> dict[str, np.ndarray]:
    """{"<view>_<split>": [n, ...] float32} of every split."""
    found: dict[str, list[np.ndarray]] = {}
    known: dict[str, list[int]] = {}
    with meter(title, sum(len(data.splits[split]) for split in SPLITS)) as shown:
        for split in SPLITS:
            for views in views_of(network, data.images, data.splits[split], batch_size):
                known = known or widths(views)
                if widths(views) != known:
                    raise UserError(f"encode gives codes of the shapes {widths(views)}, after {known} of other images")
                for view, codes in views.items():
                    found.setdefault(f"{view}_{split}", []).append(codes.numpy())
                shown.advance(len(next(iter(views.values()))))
    return {name: np.concatenate(parts) for name, parts in found.items()}


def default_codes(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """{"train", "valid", "test": [n, d]} of the default view, the first in arrays "<view>_<split>"."""
    view = next(iter(arrays)).rpartition("_")[0]
    return {split: arrays[f"{view}_{split}"] for split in SPLITS}


def views_of(network: Method, images: np.ndarray, rows: np.ndarray, batch_size: int) -> Iterator[dict[str, Tensor]]:
    """The views of these rows of the images [.., h, w, c], piece by piece: float32, in the host's memory."""
    device = device_of(network)

    def of_piece(part: slice) -> dict[str, Tensor]:
        views = codes_of(network, image_tensor(images[rows[part]]).to(device))
        return {view: codes.float().cpu() for view, codes in views.items()}

    what, pixels = f"{type(network).__name__}.encode", math.prod(images.shape[1:3])
    return in_pieces(of_piece, len(rows), what=what, pixels=pixels, size=batch_size, device=device)


@torch.no_grad()
def codes_of(network: Method, images: Tensor) -> dict[str, Tensor]:
    """The method's views of `images`; UserError when they are no such, or hold NaN or infinities."""
    views: dict[str, Tensor] = network.encode(images)
    fault = fault_of_views(views, len(images))
    if fault:
        raise UserError(fault)
    for view, codes in views.items():
        if not torch.isfinite(codes).all():
            raise UserError(f"the codes {view!r} hold NaN or infinities: the training diverged")
    return views
