"""Between stored images, uint8 with channels last, and the tensors that networks see."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor


def image_tensor(images: np.ndarray) -> Tensor:
    """[n, h, w, c] uint8 -> [n, c, h, w] float32 in [-1, 1], contiguous."""
    return scaled(torch.from_numpy(images.transpose(0, 3, 1, 2).astype(np.float32, order="C")))


def image_batches(images: np.ndarray, rows: np.ndarray, size: int = 500) -> Iterator[Tensor]:
    """These rows of stored images, `size` at a time, as `image_tensor` makes them."""
    yield from (image_tensor(images[rows[start : start + size]]) for start in range(0, len(rows), size))


def normalised(images: Tensor) -> Tensor:
    """The same of bytes that are a tensor already, made on the device where they lie."""
    return scaled(images.permute(0, 3, 1, 2).to(torch.float32, memory_format=torch.contiguous_format))


def scaled(levels: Tensor) -> Tensor:
    """Levels from 0 to 255, any shape, as numbers in [-1, 1]; changed in place."""
    return levels.div_(127.5).sub_(1)


def image_bytes(images: Tensor) -> np.ndarray:
    """[n, c, h, w] in [-1, 1] -> [n, h, w, c] uint8, rounded; what lies outside the range is clipped to it."""
    levels = images.detach().float().add(1).mul(127.5).clamp(0, 255).round()
    return levels.to(torch.uint8).permute(0, 2, 3, 1).contiguous().cpu().numpy()
