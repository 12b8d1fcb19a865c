"""DDAE: what a frozen diffusion model's own features tell of an image, the floor that every learned code has to beat.

Xiang et al. 2023, arXiv:2303.09769. As there, layer and time are those that tell most of held-out images. Here, unlike
there: whole blocks of the UNet, one noise image for all images, so that a code depends on its image alone, and, as the
first view, the features' principal components, a code of the size that other methods have.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.principal import principal_components


class DDAE(nn.Module):
    """Features of the base model, averaged over space, at one of its layers and times; nothing is trained.

    code_dim   principal components of the features that make the code
    timesteps  how much noise an image may get before the base model sees it, 0 to 999 each
    """

    needs = ("base",)
    parts: list[Part] = []  # noqa: RUF012
    cannot = dict.fromkeys(("decode", "invert", "denoise"), "features of the frozen model are not decoded")
    noise: Tensor

    def __init__(
        self, image_shape: tuple[int, int, int], base: BaseDPM, *, code_dim: int, timesteps: tuple[int, ...]
    ) -> None:
        super().__init__()
        channels, steps = base.unet.config.block_out_channels, len(base.schedule.alphas_cumprod)
        least = min(channels)
        if not 1 <= code_dim <= least:
            raise ValueError(f"code_dim={code_dim}: features of {least} channels have 1 to {least} components")
        if not 0 < len(timesteps) == len(set(timesteps)) or not all(0 <= t < steps for t in timesteps):
            raise ValueError(f"timesteps={timesteps}: give one or more of 0 to {steps - 1}, none twice")
        self.base = base.requires_grad_(False).eval()
        layers = ["middle", *(f"up {i}" for i in range(1, len(channels) + 1))]
        self.timesteps, self.chosen = timesteps, 0
        self.choices = [f"{layer}, t = {t}" for t in timesteps for layer in layers]
        self.register_buffer("noise", torch.randn(image_shape))
        for i, width in enumerate((channels[-1], *reversed(channels)) * len(timesteps)):
            self.register_buffer(f"mean{i}", torch.zeros(width))
            self.register_buffer(f"components{i}", torch.zeros(code_dim, width))

    def fit(self, batches: Iterable[Tensor]) -> None:
        """Principal components of the features of images [n, c, h, w], n > code_dim in all, for each of the choices."""
        features = [self.features(batch) for batch in batches]
        for i, samples in enumerate(zip(*features, strict=True)):
            mean, components = self.get_buffer(f"mean{i}"), self.get_buffer(f"components{i}")
            for kept, found in zip((mean, components), principal_components(samples, len(components)), strict=True):
                kept.copy_(found)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim], most variance first, "features": [n, width]}."""
        time, layer = divmod(self.chosen, len(self.choices) // len(self.timesteps))
        features = self.at(images, self.timesteps[time])[layer]
        return {"z": self.code(features, self.chosen), "features": features}

    def candidates(self, images: Tensor) -> list[Tensor]:
        """The codes [n, code_dim] of the images for each of the choices."""
        return [self.code(features, i) for i, features in enumerate(self.features(images))]

    def code(self, features: Tensor, choice: int) -> Tensor:
        """[n, width] -> [n, code_dim], by the components of a choice."""
        return (features - self.get_buffer(f"mean{choice}")) @ self.get_buffer(f"components{choice}").T

    def features(self, images: Tensor) -> list[Tensor]:
        """[n, width] of the images [n, c, h, w] for each of the choices, in their order."""
        return [features for t in self.timesteps for features in self.at(images, t)]

    @torch.no_grad()
    def at(self, images: Tensor, timestep: int) -> list[Tensor]:
        """Every layer's features [n, width] of the images, noised alike, averaged over space."""
        timesteps = torch.full((len(images),), timestep, device=images.device)
        noisy = self.base.schedule.add_noise(images, self.noise.expand_as(images), timesteps)
        time = self.base.embed(timesteps, noisy)
        return [layer.mean((2, 3)) for layer in self.base.up(self.base.down(noisy, time), time)]
