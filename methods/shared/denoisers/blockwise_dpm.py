"""A shifted DPM that is told the code block by block, fine detail at small t: the mathematics of DiTi.

Yue et al. 2024, arXiv:2401.11430; reference: yue-zhongqi/diti, model/diffusion/gaussian_diffusion.py.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import Seen, ShiftedDPM, ShiftedDPMSettings
from diffrep.methods.shared.partition import BlockOrder, BlockSizes, OrderedPartition


@dataclass(frozen=True)
class BlockSettings:
    """How the code opens over time.

    count      parts of the code and of the time axis; 64 as published, 1 makes it PDAE
    partition  "balanced" or "unequal" blocks, see block_ends
    order      "rising" with t, as published; "falling" or "random" to test that low t is fine, see OrderedPartition
    mode       "base": all open dims learn; "stop_grad": the newest block learns, earlier ones are only shown to the
               decoder; "dual": the sum of both losses
    """

    count: int
    partition: BlockSizes
    order: BlockOrder
    mode: Literal["base", "stop_grad", "dual"]


class BlockwiseDPM(ShiftedDPM):
    """A ShiftedDPM that sees only the blocks of the code that are open at t; codes go in whole, [n, code_dim]."""

    def __init__(self, base: BaseDPM, code_dim: int, settings: ShiftedDPMSettings, blocks: BlockSettings) -> None:
        super().__init__(base, code_dim, settings)
        self.mode = blocks.mode
        self.partition = OrderedPartition(code_dim, blocks.count, blocks.partition, blocks.order)

    def loss(self, seen: Seen, codes: Tensor) -> Tensor:
        """PDAE's loss given c instead of z; in "dual" mode both losses on the same times and noise."""
        losses = []
        if self.mode in ("base", "dual"):
            losses.append(super().loss(seen, self.mask(codes, seen.timesteps)))
        if self.mode in ("stop_grad", "dual"):
            losses.append(super().loss(seen, self.mask_stopped(codes, seen.timesteps)))
        return torch.stack(losses).sum()

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor | None) -> Tensor:
        """The shifted prediction of DDIM, given the blocks open at `timesteps` int64 [n]."""
        return super().predict(noisy, timesteps, None if codes is None else self.mask(codes, timesteps))

    def mask(self, codes: Tensor, timesteps: Tensor) -> Tensor:
        """c = m z: the blocks open at `timesteps` [n], zeros elsewhere."""
        return codes * self.partition.opened[self.partition.index(timesteps)]

    def mask_stopped(self, codes: Tensor, timesteps: Tensor) -> Tensor:
        """c = stopgrad(z) r + z b: the values of `mask`, but only the newest block sends a gradient to z."""
        newest = self.partition.index(timesteps)
        return codes.detach() * self.partition.earlier[newest] + codes * self.partition.current[newest]
