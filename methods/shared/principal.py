"""Principal components of images that come in batches; no seed is needed.

In closed form, by the eigenvectors of the covariance in float64, where that fits into memory; of larger images step by
step, by scikit-learn's IncrementalPCA (after Ross et al. 2008), which keeps the leading components of all so far.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import scipy.linalg
import torch
from sklearn.decomposition import IncrementalPCA
from torch import Tensor

EXACT = 2**14  # numbers of a sample up to which its covariance is taken: 2 GiB


def principal_components(batches: Iterable[Tensor], count: int) -> tuple[Tensor, Tensor]:
    """Mean [d] and leading components [count, d] of samples in batches [n, ...], most variance first.

    Components have length 1; of each the largest entry is positive. ValueError for no more than `count` samples.
    """
    flat = (batch.flatten(1) for batch in batches)
    first = next(flat)
    find = by_covariance if first.shape[1] <= EXACT else step_by_step
    mean, components = find(chain([first], flat), count)
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    return mean.to(first), (components * largest.sign()).to(first)


def by_covariance(batches: Iterable[Tensor], count: int) -> tuple[Tensor, Tensor]:
    """Mean [d] and components [count, d], float64, of samples [n, d]."""
    seen, origin, total, products = 0, torch.empty(0), torch.empty(0), torch.empty(0)
    for batch in batches:
        samples = batch.cpu().double()
        if not seen:  # taken about a mean of some, so that nothing is lost when the mean of all is taken off
            origin = samples.mean(0)
            total, products = torch.zeros_like(origin), origin.new_zeros(len(origin), len(origin))
        moved = samples - origin
        seen, total = seen + len(moved), total + moved.sum(0)
        products.addmm_(moved.T, moved)
    expect_enough(seen, count)
    products.addr_(total, total, alpha=-1 / seen)
    wanted = (len(origin) - count, len(origin) - 1)
    _, vectors = scipy.linalg.eigh(products.numpy(), subset_by_index=wanted, overwrite_a=True)
    return origin + total / seen, torch.from_numpy(vectors.T[::-1].copy())


def step_by_step(batches: Iterable[Tensor], count: int) -> tuple[Tensor, Tensor]:
    """About the same, in memory for `count` samples and a batch."""
    found = IncrementalPCA(count)
    for batch in at_least(count + 1, batches):
        expect_enough(len(batch), count)
        found.partial_fit(batch.numpy(force=True))
    return torch.from_numpy(found.mean_), torch.from_numpy(found.components_)


def at_least(count: int, batches: Iterable[Tensor]) -> Iterator[Tensor]:
    """The same samples in batches of `count` or more; fewer only where there are no more in all."""
    waiting: list[Tensor] = []
    full: Tensor | None = None
    for batch in batches:
        waiting.append(batch)
        if sum(map(len, waiting)) >= count:
            if full is not None:
                yield full
            full, waiting = torch.cat(waiting), []
    yield torch.cat([*([] if full is None else [full]), *waiting])


def expect_enough(seen: int, count: int) -> None:
    """Raise ValueError unless there are more samples than components."""
    if seen <= count:
        raise ValueError(f"{seen} images are too few for {count} components")
