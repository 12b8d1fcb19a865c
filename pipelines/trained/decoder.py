"""Decoding in batches: what the stages that look at images share."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.progress import Meter


class Decoder:
    """A trained method's `decode` and `invert`, batch by batch on its own device.

    Arrays go in and out as CPU tensors; images [n, c, h, w] in about [-1, 1].
    """

    def __init__(self, network: Method, batch_size: int, shown: Meter) -> None:
        self.network, self.batch_size, self.shown = network, batch_size, shown
        self.device = device_of(network)

    def decode(self, codes: np.ndarray, start: Tensor, steps: int) -> Tensor:
        """Images drawn from codes [n, ...] and start noise [n, c, h, w]."""
        if not len(start):
            return start
        run = lambda z, x: self.network.decode(z, x, steps=steps)  # noqa: E731
        return self.in_batches(run, torch.from_numpy(np.ascontiguousarray(codes)), start)

    def invert(self, images: Tensor, codes: np.ndarray, steps: int) -> Tensor:
        """The start noise from which each image comes back."""
        if not len(images):
            return images
        run = lambda x, z: self.network.invert(x, z, steps=steps)  # noqa: E731
        return self.in_batches(run, images, torch.from_numpy(np.ascontiguousarray(codes)))

    @torch.no_grad()
    def in_batches(self, run: Callable[[Tensor, Tensor], Tensor], first: Tensor, second: Tensor) -> Tensor:
        """`run` over both in step."""
        done = []
        for a, b in zip(first.split(self.batch_size), second.split(self.batch_size), strict=True):
            done.append(run(a.to(self.device), b.to(self.device)).float().cpu())
            self.shown.advance(len(a))
        return torch.cat(done)


def device_of(network: Method | torch.nn.Module) -> torch.device:
    """Where a method's numbers lie; the CPU for one that has none."""
    return next((t.device for t in (*network.parameters(), *network.buffers())), torch.device("cpu"))
