"""Training batches as a pure function of (seed, step): a resumed run sees what an unbroken one would have seen."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from diffrep.datasets.pixels import image_tensor


class Batches(Dataset):
    """Item s is the batch of optimiser step s: every row once per pass, in an order drawn from (seed, pass).

    arrays  tuple of [n, ...] arrays or memory maps, the first uint8 images [n, h, w, c]
    rows    [m] the rows to draw from
    items   (images [b, c, h, w] float32 in [-1, 1], then the other arrays' rows as tensors)

    `shard` = (rank, number of processes): each process takes its share of every batch.
    """

    def __init__(self, arrays: tuple[np.ndarray, ...], rows: np.ndarray, batch_size: int, seed: int) -> None:
        if len(rows) < batch_size:
            raise ValueError(f"batch_size {batch_size} is larger than the {len(rows)} training images")
        self.arrays, self.rows, self.batch_size, self.seed = arrays, rows, batch_size, seed
        self.shard = (0, 1)
        self.order = lru_cache(maxsize=2)(self.draw_order)

    def draw_order(self, number: int) -> np.ndarray:
        """The rows in the order of pass `number` through them."""
        return np.random.default_rng((self.seed, number)).permutation(self.rows)

    def rows_of(self, step: int) -> np.ndarray:
        """[batch_size] the rows of optimiser step `step`, all processes together."""
        positions = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        numbers, places = np.divmod(positions, len(self.rows))
        return np.array([self.order(int(number))[place] for number, place in zip(numbers, places, strict=True)])

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        rank, processes = self.shard
        rows = self.rows_of(step)[rank::processes]
        images, *others = (np.ascontiguousarray(array[rows]) for array in self.arrays)
        return image_tensor(images), *(torch.from_numpy(other) for other in others)


class Steps(Sampler[int]):
    """The step numbers of one chunk between two checkpoints; Lightning's epochs are these chunks.

    `epoch` is the chunk to begin with: Lightning makes the first iterator before it tells the number of a resumed one.
    """

    def __init__(self, chunk: int, total: int, epoch: int = 0) -> None:
        self.chunk, self.total, self.epoch = chunk, total, epoch

    def set_epoch(self, epoch: int) -> None:
        """Called by Lightning before each chunk but the first."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.chunk

    def __iter__(self) -> Iterator[int]:
        start = self.epoch * self.chunk
        return iter(range(start, min(start + self.chunk, self.total)))
