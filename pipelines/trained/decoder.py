"""Decoding in batches: what the stages that look at images share."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.trained.pieces import in_pieces


class Decoder:
    """A trained method's `decode` and `invert`, piece by piece on its own device; on a CPU of `batch_size`.

    Arrays go in and out as CPU tensors; images [n, c, h, w] in about [-1, 1].
    """

    def __init__(self, network: Method, batch_size: int, shown: Meter) -> None:
        self.network, self.batch_size, self.shown = network, batch_size, shown
        self.device = device_of(network)

    def decode(self, codes: np.ndarray, start: Tensor, steps: int) -> Tensor:
        """Images drawn from codes [n, ...] and start noise [n, c, h, w]."""
        return self.in_batches("decode", lambda z, x: self.network.decode(z, x, steps=steps), codes, start)

    def invert(self, images: Tensor, codes: np.ndarray, steps: int) -> Tensor:
        """The start noise from which each image comes back."""
        return self.in_batches("invert", lambda z, x: self.network.invert(x, z, steps=steps), codes, images)

    @torch.no_grad()
    def in_batches(
        self, name: str, run: Callable[[Tensor, Tensor], Tensor], codes: np.ndarray, images: Tensor
    ) -> Tensor:
        """`run`, the method's `name`, over codes [n, ...] and images [n, c, h, w] in step."""
        if not len(images):
            return images
        if len(codes) != len(images):
            raise ValueError(f"{len(codes)} codes for {len(images)} images")
        own = torch.from_numpy(np.ascontiguousarray(codes))

        def of_piece(part: slice) -> Tensor:
            done = run(own[part].to(self.device), images[part].to(self.device)).float().cpu()
            self.shown.advance(len(done))
            return done

        what, pixels = f"{type(self.network).__name__}.{name}", images.shape[2:].numel()
        size, device = self.batch_size, self.device
        return torch.cat(list(in_pieces(of_piece, len(own), what=what, pixels=pixels, size=size, device=device)))


def device_of(network: Method | torch.nn.Module) -> torch.device:
    """Where a method's numbers lie; the CPU for one that has none."""
    return next((t.device for t in (*network.parameters(), *network.buffers())), torch.device("cpu"))
