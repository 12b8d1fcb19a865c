"""When noise takes each factor: the base model denoises images that have a twin, alike but for that factor alone.

Yue et al. 2024 (DiTi), arXiv:2401.11430. Only data that can be drawn anew with one factor changed have such twins.
"""

import numpy as np
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.metrics.edits.attribute_loss import half_lost, share_nearer_to_other, two_image_loss
from diffrep.metrics.measured import Measured, joined
from diffrep.pipelines.core.sections import Diagnose
from diffrep.pipelines.core.seeds import mixed_seed, start_noise
from diffrep.pipelines.evaluation.code_use import time_grid
from diffrep.pipelines.trained.renderer import Renderer


def factor_losses(
    scene: Renderer, base: BaseDPM, data: Prepared, settings: Diagnose, seed: int, device: torch.device
) -> Measured:
    """The loss of every factor on the first test images, and how many these are.

    attribute_loss_<factor>_t<t>   how often an image noised to t and denoised is nearer to its twin, up to about 0.5
    two_image_loss_<factor>_t<t>   the same if there were no images but the two
    twin_distance_<factor>         mean Euclidean distance of image and twin, in [-1, 1] over all pixels and channels
    half_lost_<factor>             the time at which the measured loss passes 0.25; nan where it never does
    """
    rows = data.splits["test"][: settings.pairs]
    factors, times = np.asarray(data.factors)[rows], time_grid(settings.times)
    noise = start_noise(seed, rows, data.image_shape).to(device)
    own = image_tensor(data.images[rows]).to(device)
    parts = []
    for k, (name, size) in enumerate(zip(data.card["factor_names"], data.card["factor_sizes"], strict=True)):
        other = other_values(factors, k, size, mixed_seed(seed, k))
        twins = image_tensor(scene.redrawn(other, factors)).to(device)
        parts.append(factor_loss(name, base, own, twins, noise, times))
    return joined(*parts, Measured({"n_pairs": len(rows)}))


def factor_loss(
    name: str, base: BaseDPM, own: torch.Tensor, twins: torch.Tensor, noise: torch.Tensor, times: list[int]
) -> Measured:
    """The same for one factor: images and their twins in it, the noise that both are put into, [n, c, h, w] each."""
    distances = (own - twins).flatten(1).norm(dim=1).numpy(force=True)
    abar = base.schedule.alphas_cumprod[times].numpy(force=True)
    losses = [pair_loss(base, own, twins, noise, t) for t in times]
    expected = two_image_loss(abar[:, None], distances).mean(axis=1)
    values = {f"attribute_loss_{name}_t{t}": loss for t, loss in zip(times, losses, strict=True)}
    values |= {f"two_image_loss_{name}_t{t}": loss for t, loss in zip(times, expected, strict=True)}
    values[f"twin_distance_{name}"] = distances.mean()
    values[f"half_lost_{name}"] = half_lost(np.array(times), np.array(losses))
    return Measured(values, reasons={f"half_lost_{name}": "never half lost at the times measured"})


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
