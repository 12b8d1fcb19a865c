"""DiTi's partition: which dims of the code are open at which time.

Yue et al. 2024, arXiv:2401.11430; reference: yue-zhongqi/diti, model/diffusion/gaussian_diffusion.py. The time axis
is cut into equal slices; the code into as many consecutive blocks, equal ("balanced") or not ("unequal").
"""

from itertools import accumulate, pairwise
from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.schedule import TIMESTEPS

STAGE_ENDS = (50, 100, 300, 500, 1000)  # times
STAGE_DIMS = (10, 25, 327, 100, 50)  # of the published 512

BlockSizes = Literal["balanced", "unequal"]
BlockOrder = Literal["rising", "falling", "random"]


class Partition(nn.Module):
    """0/1 masks [blocks, code_dim], one row per block; they follow the module to its device.

    opened   m: block i and all before it
    current  b: block i
    earlier  r = m - b
    """

    opened: Tensor
    current: Tensor

    def __init__(self, code_dim: int, blocks: int, kind: BlockSizes) -> None:
        super().__init__()
        self.blocks = blocks
        self.ends = block_ends(code_dim, blocks, kind)
        dims = torch.arange(code_dim)
        ends = torch.tensor(self.ends)[:, None]
        opened = (dims < ends).float()
        self.register_buffer("opened", opened, persistent=False)
        self.register_buffer("current", opened - torch.cat([torch.zeros(1, code_dim), opened[:-1]]), persistent=False)

    @property
    def earlier(self) -> Tensor:
        """The dims that block i finds open, [blocks, code_dim]."""
        return self.opened - self.current

    def index(self, timesteps: Tensor) -> Tensor:
        """The newest open block at `timesteps` int64 [n]: floor(blocks t / 1000), int64 [n]."""
        return self.blocks * timesteps // TIMESTEPS

    def parts(self) -> list[Part]:
        """Each block's dims and the times at which it is the newest open one."""
        starts = [*block_starts(self.blocks), TIMESTEPS]
        edges = [0, *self.ends]
        return [
            Part(f"block {i}", tuple(range(*dims)), times)
            for i, (dims, times) in enumerate(zip(pairwise(edges), pairwise(starts), strict=True))
        ]


class OrderedPartition(Partition):
    """A partition whose blocks open in another order: at slice s of the time axis blocks 0 to order[s] are open.

    order  "rising": s, as published; "falling": blocks - 1 - s, so that the whole code is open at t = 0 and block 0
           alone at t = 999; "random": a permutation, drawn when the partition is built
    """

    def __init__(self, code_dim: int, blocks: int, kind: BlockSizes, order: BlockOrder) -> None:
        super().__init__(code_dim, blocks, kind)
        self.order = list(range(blocks))
        if order == "falling":
            self.order.reverse()
        if order == "random":
            self.order = torch.randperm(blocks, device="cpu").tolist()
        self.opened, self.current = self.opened[self.order], self.current[self.order]

    def parts(self) -> list[Part]:
        """Each block's dims and the times at which it is the newest open one, in the order of the code."""
        rising = super().parts()
        return [part._replace(timesteps=rising[self.order.index(i)].timesteps) for i, part in enumerate(rising)]


def block_starts(blocks: int) -> list[int]:
    """First time of every block, ceil(1000 i / blocks)."""
    return [-(-TIMESTEPS * i // blocks) for i in range(blocks)]


def block_ends(code_dim: int, blocks: int, kind: BlockSizes) -> list[int]:
    """One past the last dim of every block; the last is `code_dim`.

    kind  "balanced": equal blocks; "unequal": the five published stages' shares of 512 dims, rounded to `code_dim`,
          a block belonging to the stage that holds its first time
    """
    most = min(code_dim, TIMESTEPS)
    if not 1 <= blocks <= most:
        raise ValueError(f"blocks.count={blocks}: a code of {code_dim} dims is cut into 1 to {most} blocks")
    if kind == "balanced":
        if code_dim % blocks:
            raise ValueError(f"code_dim={code_dim} cannot be cut into {blocks} equal blocks: give a multiple")
        return [code_dim // blocks * (i + 1) for i in range(blocks)]
    sizes: list[int] = []
    for count, dims in _stages(code_dim, blocks):
        sizes += [dims // count] * (count - 1) + [dims - dims // count * (count - 1)]
    return list(accumulate(sizes))


def _stages(code_dim: int, blocks: int) -> list[tuple[int, int]]:
    """(blocks, dims) of every stage that holds a block's start; no stage has fewer dims than blocks.

    A stage without a block leaves its dims to the next one; what the minimum costs, the largest stage pays.
    """
    starts = block_starts(blocks)
    counts = [sum(before <= t < end for t in starts) for before, end in pairwise((0, *STAGE_ENDS))]
    shares = [round(code_dim * dims / sum(STAGE_DIMS)) for dims in accumulate(STAGE_DIMS)]
    cuts = [0, *(cut for cut, count in zip(shares, counts, strict=True) if count)]
    counts = [count for count in counts if count]
    cuts[-1] = code_dim
    dims = [max(count, end - begin) for count, (begin, end) in zip(counts, pairwise(cuts), strict=True)]
    while sum(dims) > code_dim:
        dims[max(range(len(dims)), key=lambda i: dims[i] - counts[i])] -= 1
    return list(zip(counts, dims, strict=True))
