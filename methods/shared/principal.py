"""Principal components in closed form: eigenvectors of the covariance, in float64, so that no seed is needed."""

import scipy.linalg
import torch
from torch import Tensor


def principal_components(samples: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """Mean [d] and leading components [count, d] of `samples` [n, d], n > count, most variance first.

    Components have length 1; of each the largest entry is positive.
    """
    if len(samples) <= count:
        raise ValueError(f"{len(samples)} images are too few for {count} components")
    mean = samples.mean(0)
    centred = (samples - mean).double()
    wanted = (samples.shape[1] - count, samples.shape[1] - 1)
    covariance = (centred.T @ centred).numpy(force=True)
    _, vectors = scipy.linalg.eigh(covariance, subset_by_index=wanted, overwrite_a=True)
    components = torch.from_numpy(vectors.T[::-1].copy()).to(samples)
    largest = components.gather(1, components.abs().argmax(1, keepdim=True))
    return mean, components * largest.sign()
