"""Where chance comes from: seeds and noise as pure functions of what they belong to."""

import numpy as np
import torch
from torch import Tensor


def mixed_seed(*parts: int) -> int:
    """A 63-bit seed that depends on every one of `parts` (non-negative integers) and their order."""
    return int(np.random.SeedSequence(parts).generate_state(1, np.uint64)[0] >> 1)


def start_noise(seed: int, rows: np.ndarray, shape: tuple[int, int, int]) -> Tensor:
    """[n, *shape] standard normal: the noise of image i depends on (seed, i) alone, never on its batch."""
    noise = [np.random.default_rng((seed, int(row))).standard_normal(shape, dtype=np.float32) for row in rows]
    return torch.from_numpy(np.stack(noise))
