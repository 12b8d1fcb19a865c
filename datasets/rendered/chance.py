"""Chance that is a function of a number alone: of no batch, no order, no machine.

A hash of 32 bits in place of a generator with a state: multiply and shift, twice (Wellons's lowbias32).
"""

from functools import lru_cache
from statistics import NormalDist

import numpy as np

STRIDE = np.uint32(0x9E3779B9)  # 2**32 over the golden ratio: neighbours come to lie far apart
LEVELS = 2**16


def mixed(numbers: np.ndarray) -> np.ndarray:
    """A one-to-one scrambling of uint32."""
    out = numbers ^ (numbers >> np.uint32(16))
    out *= np.uint32(0x7FEB352D)
    out ^= out >> np.uint32(15)
    out *= np.uint32(0x846CA68B)
    out ^= out >> np.uint32(16)
    return out


def key_of(index: np.ndarray) -> np.ndarray:
    """[n] int -> [n] uint32: what all chance of an image is taken from."""
    return mixed(np.asarray(index).astype(np.uint32) + STRIDE)


def share(key: np.ndarray, number: int) -> np.ndarray:
    """The chance of that number, one of an image's many: [n] uint32 -> [n] float32 in [0, 1)."""
    return (mixed(key ^ np.uint32(number)) >> np.uint32(8)).astype(np.float32) / np.float32(2**24)


def normal(key: np.ndarray, count: int, deviation: float) -> np.ndarray:
    """[n] uint32 -> [n, count] float32 of normal numbers, the i-th told by the key and i, nothing else."""
    half = -(-count // 2)
    places = mixed(np.arange(half, dtype=np.uint32) * STRIDE)
    bits = mixed(key[:, None] + places)
    both = np.concatenate([bits & np.uint32(LEVELS - 1), bits >> np.uint32(16)], axis=1)[:, :count]
    return _quantiles(deviation)[both]


@lru_cache(maxsize=4)
def _quantiles(deviation: float) -> np.ndarray:
    """Equally likely values [65536] float32."""
    law = NormalDist(0, deviation)
    return np.array([law.inv_cdf((step + 0.5) / LEVELS) for step in range(LEVELS)], np.float32)
