"""DDAE: what a frozen diffusion model's own features tell of an image, the floor that every learned code has to beat.

Xiang et al. 2023, arXiv:2303.09769. Here, unlike there: features of the UNet's middle (there, of the layer that probes
best); one noise image for all images, so that a code depends on its image alone; and, as the first view, the features'
principal components, a code of the size that other methods have.
"""

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.principal import principal_components


class DDAE(nn.Module):
    """Features of the base model's middle at one time, averaged over space; nothing is trained.

    code_dim  principal components of the features that make the code
    timestep  how much noise the image gets before the base model sees it, 0 to 999
    """

    needs = ("base",)
    parts: list[Part] = []  # noqa: RUF012
    cannot = dict.fromkeys(("decode", "invert", "denoise"), "features of the frozen model are not decoded")
    noise: Tensor
    mean: Tensor
    components: Tensor

    def __init__(self, image_shape: tuple[int, int, int], base: BaseDPM, *, code_dim: int, timestep: int) -> None:
        super().__init__()
        width, steps = base.unet.config.block_out_channels[-1], len(base.schedule.alphas_cumprod)
        if not 1 <= code_dim <= width:
            raise ValueError(f"code_dim={code_dim}: the middle's {width} channels have 1 to {width} components")
        if not 0 <= timestep < steps:
            raise ValueError(f"timestep={timestep}: there are 0 to {steps - 1}")
        self.base = base.requires_grad_(False).eval()
        self.timestep = timestep
        self.register_buffer("noise", torch.randn(image_shape))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("components", torch.zeros(code_dim, width))

    def fit(self, images: Tensor) -> None:
        """Principal components of the features of the images [n, c, h, w], n > code_dim."""
        middle = torch.cat([self.middle(batch) for batch in images.split(500)])
        mean, components = principal_components(middle, len(self.components))
        self.mean.copy_(mean)
        self.components.copy_(components)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim], "middle": [n, width]}, most variance first."""
        middle = self.middle(images)
        return {"z": (middle - self.mean) @ self.components.T, "middle": middle}

    @torch.no_grad()
    def middle(self, images: Tensor) -> Tensor:
        """The middle's output [n, width] for the images [n, c, h, w], noised alike, averaged over space."""
        timesteps = torch.full((len(images),), self.timestep, device=images.device)
        noisy = self.base.schedule.add_noise(images, self.noise.expand_as(images), timesteps)
        time = self.base.embed(timesteps, noisy)
        return self.base.unet.mid_block(self.base.down(noisy, time)[-1], time).mean((2, 3))
