"""When noise takes each factor: the base model denoises images that have a twin, alike but for that factor alone.

Yue et al. 2024 (DiTi), arXiv:2401.11430. Only data that can be drawn anew with one factor changed have such twins.
"""

from typing import Any

import numpy as np
import torch

from diffrep.datasets import DATASETS
from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.metrics.edits.attribute_loss import half_lost, share_nearer_to_other, two_image_loss
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.params import adapter_of, arguments, section
from diffrep.pipelines.core.results import Result, result
from diffrep.pipelines.core.sections import Diagnose
from diffrep.pipelines.core.seeds import mixed_seed, start_noise
from diffrep.pipelines.stages.base import load_base
from diffrep.pipelines.trained.cells import torch_device
from diffrep.pipelines.trained.code_use import time_grid


def attribute_loss(params: dict[str, Any], dataset: str, data: Prepared) -> None:
    """Write the loss of every factor over time where the data set can draw twins; else why there is none."""
    cls = lookup(DATASETS, adapter_of(params, "datasets", dataset), "data set")
    identity = {"dataset": dataset, "method": "base", "seed": params["base"]["seed"], "stage": "attribute_loss"}
    with result(paths.attribute_loss(dataset), params, **identity, data_sha256=data.checksum) as filled:
        if hasattr(cls, "redrawn"):
            source = cls(**arguments(cls, f"datasets.{dataset}", params["datasets"][dataset]))
            measure(filled, source, load_base(dataset, data.image_shape).to(torch_device(params)), data, params)
        else:
            filled.not_applicable(["attribute_loss"], "these images cannot be drawn anew with one factor changed")


def measure(filled: Result, source: Any, base: BaseDPM, data: Prepared, params: dict[str, Any]) -> None:
    """Fill in the loss of every factor.

    attribute_loss_<factor>_t<t>   how often an image noised to t and denoised is nearer to its twin, up to about 0.5
    two_image_loss_<factor>_t<t>   the same if there were no images but the two
    twin_distance_<factor>         mean Euclidean distance of image and twin, in [-1, 1] over all pixels and channels
    half_lost_<factor>             the time at which the measured loss passes 0.25; null where it never does
    """
    settings = section(params, "evaluate.diagnose", Diagnose)
    times, seed = time_grid(settings.times), params["evaluate"]["seed"]
    rows = data.splits["test"][: settings.pairs]
    factors = np.asarray(data.factors)[rows]
    noise = start_noise(seed, rows, data.image_shape).to(torch_device(params))
    abar = base.schedule.alphas_cumprod[times].numpy(force=True)
    for k, name in enumerate(data.card["factor_names"]):
        other = other_values(factors, k, data.card["factor_sizes"][k], mixed_seed(seed, k))
        pair = [image_tensor(images).to(noise.device) for images in (data.images[rows], source.redrawn(other, factors))]
        distances = (pair[0] - pair[1]).flatten(1).norm(dim=1).numpy(force=True)
        losses = [pair_loss(base, pair[0], pair[1], noise, t) for t in times]
        expected = two_image_loss(abar[:, None], distances).mean(axis=1)
        filled.update({f"attribute_loss_{name}_t{t}": loss for t, loss in zip(times, losses, strict=True)})
        filled.update({f"two_image_loss_{name}_t{t}": loss for t, loss in zip(times, expected, strict=True)})
        filled[f"twin_distance_{name}"] = distances.mean()
        filled[f"half_lost_{name}"] = half_lost(np.array(times), np.array(losses))
        if np.isnan(filled[f"half_lost_{name}"]):
            filled["reasons"][f"half_lost_{name}"] = "never half lost at the times measured"
    filled["n_pairs"] = len(rows)


def other_values(factors: np.ndarray, k: int, size: int, seed: int) -> np.ndarray:
    """`factors` [n, K] with another value of factor `k` in every row, each of the others equally likely."""
    edited = factors.copy()
    edited[:, k] = (factors[:, k] + np.random.default_rng(seed).integers(1, size, len(factors))) % size
    return edited


@torch.no_grad()
def pair_loss(base: BaseDPM, first: torch.Tensor, second: torch.Tensor, noise: torch.Tensor, timestep: int) -> float:
    """How often an image noised to `timestep` and denoised is nearer to its twin; both of each pair are tried.

    first, second, noise  [n, c, h, w]
    """
    timesteps = torch.full((len(first),), timestep, device=first.device)
    shares = []
    for own, other in ((first, second), (second, first)):
        noisy = base.schedule.add_noise(own, noise, timesteps)
        seen = base.denoise(noisy, timesteps)
        shares.append(share_nearer_to_other(*(images.numpy(force=True) for images in (seen, own, other))))
    return sum(shares) / 2
