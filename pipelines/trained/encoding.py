"""Images through a trained encoder, batch by batch."""

from collections.abc import Iterator

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


def all_codes(network: Method, data: Prepared, batch_size: int, title: str) -> dict[str, np.ndarray]:
    """{"<view>_<split>": [n, ...] float32} of every split."""
    found: dict[str, list[np.ndarray]] = {}
    known: dict[str, list[int]] = {}
    with meter(title, sum(len(data.splits[split]) for split in SPLITS)) as shown:
        for split in SPLITS:
            for rows in batches(data.splits[split], batch_size):
                images = image_tensor(data.images[rows]).to(device_of(network))
                views = codes_of(network, images)
                known = known or widths(views)
                if widths(views) != known:
                    raise UserError(f"encode gives codes of the shapes {widths(views)}, after {known} of other images")
                for view, codes in views.items():
                    found.setdefault(f"{view}_{split}", []).append(codes.float().cpu().numpy())
                shown.advance(len(rows))
    return {name: np.concatenate(parts) for name, parts in found.items()}


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


def batches(rows: np.ndarray, size: int) -> Iterator[np.ndarray]:
    """`rows` in pieces of `size`, the last one shorter."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
