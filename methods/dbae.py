"""DBAE: a diffusion bridge from an image to an endpoint that its code alone decides, so that nothing else is needed.

Kim et al. 2025, arXiv:2405.17111; reference: aailab-kaist/DBAE. At the published settings (published.yaml) exactly that
network, loss and Euler sampler, the variance-preserving bridge alone. Here, unlike there: no diffusion model of codes
(the suite never samples them), Adam for RAdam, images are not clamped after the last step; and, each behind a named
parameter, another `encoder`, `code_scale`, and a code that is read without the noise which the reference code draws at
evaluation too.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.bridge_unet import BridgeUNet, BridgeUNetSettings
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.fastgan import Generator, GeneratorSettings
from diffrep.methods.shared.networks.half_unet import HalfUNet, HalfUNetSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.precision import widened
from diffrep.methods.shared.process.bridge_sampler import walk_bridge
from diffrep.methods.shared.process.sampler import own_noise
from diffrep.methods.shared.process.vp_bridge import draw_times, drawn_part, free_part, known_times, preconditioning
from diffrep.methods.shared.settings import Count, Scale

BOUND = 5.0  # of means and of log-deviations
LEAST = 0.01  # deviation


class DBAE(nn.Module):
    """Encoder, generator of endpoints, and denoiser, trained together from scratch.

    code_dim    size of the code z; 512 as published
    encoder     "half_unet", as published; "conv", the suite's
    code_scale  factor on the encoder's output; 1.0 as published
    code        "fixed": z is that output, the published `det`; of `sto`, whose z is Gaussian in training, "sample" is
                as published: a draw, here alike for the same image; "mean" reads it without noise
    generator   from z to the endpoint x_T
    network     the denoiser
    churn       share of each decoding step that adds noise; 0.0, the ODE, in 100 steps, and 0.33 in 333 as published
    """

    needs: tuple[str, ...] = ()
    cannot = {"invert": "images are decoded without a start: the code decides the endpoint too"}  # noqa: RUF012
    parts: list[Part] = []  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: Count,
        encoder: EncoderSettings | HalfUNetSettings,
        code_scale: Scale,
        code: Literal["fixed", "mean", "sample"],
        generator: GeneratorSettings,
        network: BridgeUNetSettings,
        churn: float,
    ) -> None:
        super().__init__()
        if not 0 <= churn < 1:
            raise ValueError(f"churn={churn}: from 0 to below 1")
        self.code_dim, self.code_scale, self.code, self.churn = code_dim, code_scale, code, churn
        outputs = code_dim if code == "fixed" else 2 * code_dim
        self.encoder: nn.Module
        if isinstance(encoder, HalfUNetSettings):
            self.encoder = HalfUNet(image_shape, outputs, encoder)
        else:
            self.encoder = Encoder(image_shape, outputs, encoder)
        self.generator = Generator(image_shape, code_dim, generator)
        self.network = BridgeUNet(image_shape, code_dim, network)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}."""
        mean, deviation = self.posterior(images)
        if self.code != "sample":
            return {"z": mean}
        numbers = own_noise(images, -(-self.code_dim // images[0].numel())).transpose(0, 1).flatten(1)
        return {"z": mean + deviation * numbers[:, : self.code_dim]}

    def posterior(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and deviation of z given the images, each [n, code_dim]; of a fixed code the deviation is 0."""
        outputs = self.code_scale * self.encoder(images)
        if self.code == "fixed":
            return outputs, torch.zeros_like(outputs)
        mean, log_deviation = (BOUND * (half / BOUND).tanh() for half in outputs.chunk(2, dim=1))
        return mean, log_deviation.exp() + LEAST

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        """One time and one noise for each image of a batch of this shape; of a Gaussian code also what draws it."""
        noise_of = lambda *size: torch.randn(*size, generator=generator, device=generator.device)  # noqa: E731
        drawn = {"times": draw_times(shape[0], generator), "noise": noise_of(*shape)}
        return drawn if self.code == "fixed" else drawn | {"code_noise": noise_of(shape[0], self.code_dim)}

    def loss(self, images: Tensor, times: Tensor, noise: Tensor, code_noise: Tensor | None = None) -> Tensor:
        """The denoiser's error of the image at one time per image, over the square of what F is multiplied by.

        The encoder learns from z and from the endpoint that z decides.
        """
        mean, deviation = self.posterior(images)
        codes = mean if code_noise is None else mean + deviation * code_noise
        ends = widened(self.generator(codes))
        states = free_part(images, noise, times) + drawn_part(ends, times)
        seen = self.network(states, ends, times, codes)
        return (((seen - images) / preconditioning(times, images).out) ** 2).mean()

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states of `images` at the suite's `timesteps` int64 [n], but for what the code's endpoint brings."""
        return free_part(images, noise, known_times(timesteps))

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in such states, on the bridges to the endpoints of codes [n, code_dim]."""
        ends, times = self.generator(codes), known_times(timesteps)
        return self.network(noisy + drawn_part(ends, times), ends, times, codes)

    @torch.no_grad()
    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """codes [n, code_dim] -> images [n, c, h, w], not clamped; `start` ~ N(0, 1) changes nothing without churn."""
        ends = self.generator(codes)
        see = lambda states, t: self.network(states, ends, states.new_full((len(states),), t), codes)  # noqa: E731
        return walk_bridge(see, ends, start, steps=steps, churn=self.churn)
