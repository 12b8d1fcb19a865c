"""Training batches as a pure function of (seed, step): a resumed run sees what an unbroken one would have seen."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, Sampler


class Batches(Dataset):
    """Item s is the batch of optimiser step s: every row once per pass, in an order drawn from (seed, pass).

    arrays  tuple of [n, ...] arrays or memory maps, the first uint8 images [n, h, w, c]
    rows    [m] the rows to draw from
    items   the arrays' rows as tensors, as they are stored; or of `by_number` only which rows [b] these are

    `shard` = (rank, number of processes): each process takes its share of every batch.
    """

    def __init__(self, arrays: tuple[np.ndarray, ...], rows: np.ndarray, batch_size: int, seed: int) -> None:
        if len(rows) < batch_size:
            raise ValueError(f"batch_size {batch_size} is larger than the {len(rows)} training images")
        self.arrays, self.rows, self.batch_size, self.seed = arrays, rows, batch_size, seed
        self.shard = (0, 1)
        self.by_number = False
        self.orders: dict[int, np.ndarray] = {}

    def order(self, number: int) -> np.ndarray:
        """The rows in the order of pass `number` through them; the last two passes are remembered."""
        if number not in self.orders:
            drawn = np.random.default_rng((self.seed, number)).permutation(self.rows)
            self.orders = {**dict(list(self.orders.items())[-1:]), number: drawn}
        return self.orders[number]

    def rows_of(self, step: int) -> np.ndarray:
        """[batch_size] the rows of optimiser step `step`, all processes together."""
        positions = np.arange(step * self.batch_size, (step + 1) * self.batch_size)
        numbers, places = np.divmod(positions, len(self.rows))
        return np.concatenate([self.order(int(number))[places[numbers == number]] for number in np.unique(numbers)])

    def __getitem__(self, step: int) -> tuple[Tensor, ...]:
        rank, processes = self.shard
        rows = self.rows_of(step)[rank::processes]
        if self.by_number:
            return (torch.from_numpy(rows),)
        return tuple(torch.from_numpy(np.ascontiguousarray(array[rows])) for array in self.arrays)

    def __getstate__(self) -> dict[str, Any]:
        """What a process that reads ahead is sent: of a memory map its file, which it opens itself."""
        return self.__dict__ | {"orders": {}, "arrays": tuple(map(closed, self.arrays))}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = state | {"arrays": tuple(map(opened, state["arrays"]))}


def closed(array: np.ndarray) -> np.ndarray | Path:
    """The file of a memory map of a whole file; another array as it is."""
    if not isinstance(array, np.memmap) or array.filename is None:
        return array
    file = Path(array.filename)
    return file if array.offset + array.nbytes == file.stat().st_size else array


def opened(array: np.ndarray | Path) -> np.ndarray:
    """The way back from `closed`."""
    return np.load(array, mmap_mode="r") if isinstance(array, Path) else array


class Steps(Sampler[int]):
    """The step numbers of one chunk between two validations; Lightning's epochs are these chunks.

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
