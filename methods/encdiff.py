"""EncDiff: a denoiser that reads the image's concepts, one token each, by cross-attention; no other pressure.

Yang et al. 2024, arXiv:2402.09712; reference: SelenaGeRuiqi/EncDiff. `encdiff` diffuses pixels, as in the paper's
Table 6, `encdiff_latent` the latents of a frozen autoencoder. At the published settings (published.yaml: the paper's
and the released code's, which differ) exactly that network and loss. Here, unlike there: the autoencoder, a stage of
its own, has learned without LPIPS and discriminator (autoencoder.py), and scales the latents once; codes come from
averaged weights; and, each behind a named parameter, the suite's encoder and `code_scale`, `timestep_sampling`, a
network that may predict the image, and `sampler`. Of the paper's variants there is no EncDiff-V (tokens without
scalars), no AdaGN in place of attention and no transformer as encoder. Of its Table 4, "sqrt" and "sqrt linear" cannot
be set, and "linear" is `betas` "scaled_linear": here "linear" is DDPM's.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.choice import one_of
from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.methods.shared.networks.concepts import Tokens, trunk
from diffrep.methods.shared.networks.token_unet import TokenUNet
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.objective import denoising_loss, predicted_x0
from diffrep.methods.shared.process.sampler import SAMPLERS, Step, asked, walk
from diffrep.methods.shared.process.schedule import Schedule, draw_timesteps
from diffrep.methods.shared.section import from_section


class EncDiff(nn.Module):
    """Encoder of N scalars, a network for the token of each, and a denoiser, learned together.

    autoencoder        None: images are diffused; else its latents
    code_dim           N; 20 as published
    token_dim          16 in the code, 32 in the paper
    encoder            "conv", the suite's; "encoder4", the released code's; "table8", the paper's
    encoder_channels, encoder_attention   see trunk
    code_scale         factor on the encoder's output; 1.0 as published
    network            see TokenUNet
    betas              "linear", the suite's; "scaled_linear" in the code, "cosine" in the paper; see Schedule
    timestep_sampling  "uniform", as published, or "late", see draw_timesteps
    loss               "mse", as in the paper, weighted if the network predicts the image; "l1" of the noise, as in
                       the code
    sampler            a name of SAMPLERS; "ldm" as published
    eta                share of fresh noise of the sampler "ldm"; 1.0 as published, above 0 nothing can be inverted
    """

    needs: tuple[str, ...] = ()
    cannot: dict[str, str] = {}  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        autoencoder: Autoencoder | None = None,
        *,
        code_dim: int,
        token_dim: int,
        encoder: str,
        encoder_channels: Sequence[int],
        encoder_attention: int | None,
        code_scale: float,
        network: Annotated[dict[str, Any], TokenUNet],
        betas: str,
        timestep_sampling: str,
        loss: str,
        sampler: str,
        eta: float,
    ) -> None:
        super().__init__()
        one_of("timestep_sampling", timestep_sampling, ("uniform", "late"))
        one_of("loss", loss, ("l1", "mse"))
        one_of("sampler", sampler, SAMPLERS)
        if not 0 <= eta <= SAMPLERS[sampler].noisy:
            raise ValueError(f"eta={eta}: from 0 to 1 with sampler 'ldm', 0 with the others")
        self.autoencoder = autoencoder and autoencoder.requires_grad_(False)
        self.shape = autoencoder.shape if autoencoder else image_shape
        self.image_shape = image_shape
        self.encoder = trunk(encoder, image_shape, code_dim, channels=encoder_channels, attention=encoder_attention)
        self.tokens = Tokens(code_dim, token_dim)
        self.network = from_section("network", TokenUNet, self.shape, token_dim, section=network)
        if loss == "l1" and self.network.prediction_type == "sample":
            raise ValueError("loss='l1' needs a network with prediction_type 'epsilon'; here it is 'sample'")
        self.schedule = Schedule(betas)
        self.code_scale, self.norm, self.timestep_sampling = code_scale, loss, timestep_sampling
        self.sampler, self.eta = sampler, eta
        self.parts = [Part(f"token {i}", (i,)) for i in range(code_dim)]
        if eta:
            self.cannot = {"invert": "noise is added on the way down (eta above 0)"}
        self.train()

    def train(self, mode: bool = True) -> "EncDiff":
        """Switch what learns; the autoencoder stays in eval mode."""
        super().train(mode)
        if self.autoencoder is not None:
            self.autoencoder.eval()
        return self

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"scalars": [n, code_dim], "tokens": [n, code_dim, token_dim]}."""
        scalars = self.code_scale * self.encoder(images)
        return {"scalars": scalars, "tokens": self.tokens(scalars)}

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """The denoiser's error, all that the encoder learns from; one time per image [c, h, w] in [-1, 1]."""
        x0 = self.states(images)
        timesteps = draw_timesteps(self.timestep_sampling, len(x0), generator, x0.device)
        noise = torch.randn(x0.shape, generator=generator, device=x0.device)
        noisy = self.schedule.add_noise(x0, noise, timesteps)
        prediction = self.network(noisy, timesteps, self.encode(images)["tokens"])
        if self.norm == "l1":
            return F.l1_loss(prediction, noise)
        return denoising_loss(self.schedule, self.network.prediction_type, prediction, x0, noise, timesteps)

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states of `images` at `timesteps` int64 [n], in the space that is diffused; noise [n, c, h, w]."""
        return self.schedule.add_noise(self.states(images), self.first(noise), timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in states of `noised`, given scalars [n, code_dim]; not clamped."""
        return self.images(self.clean(noisy, timesteps, self.tokens(codes)))

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; same arguments, same images.

        codes  [n, code_dim] scalars
        steps  transitions, 1 to 1000
        """
        path = SAMPLERS[self.sampler].decoding(self.schedule.alphas_cumprod, steps)
        return self.images(self.travel(self.first(start), path, codes))

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start from which `decode` with these codes comes back to about `images`; for latents, then zeros."""
        path = SAMPLERS[self.sampler].inversion(self.schedule.alphas_cumprod, steps)
        start = self.travel(self.states(images), path, codes).flatten(1)
        return F.pad(start, (0, images[0].numel() - start.shape[1])).view(images.shape)

    @torch.no_grad()
    def travel(self, state: Tensor, path: Sequence[Step], codes: Tensor) -> Tensor:
        """Carry states along a path; what is seen in them is clamped where they are images and the sampler clamps."""
        tokens = self.tokens(codes)
        denoise = lambda state, timesteps, step: self.clean(state, timesteps, tokens)  # noqa: E731
        predict = asked(denoise, self.network.prediction_type)
        clamps = SAMPLERS[self.sampler].clamps and self.autoencoder is None
        return walk(predict, state, path, clamps=clamps, eta=self.eta)

    def clean(self, noisy: Tensor, timesteps: Tensor, tokens: Tensor) -> Tensor:
        """The noiseless states that the denoiser sees; tokens [n, code_dim, token_dim]."""
        prediction = self.network(noisy, timesteps, tokens)
        return predicted_x0(self.schedule, self.network.prediction_type, noisy, timesteps, prediction)

    @torch.no_grad()
    def states(self, images: Tensor) -> Tensor:
        """What is diffused: the images themselves, or their latents."""
        return images if self.autoencoder is None else self.autoencoder.encode(images)

    @torch.no_grad()
    def images(self, states: Tensor) -> Tensor:
        """The way back from `states`."""
        return states if self.autoencoder is None else self.autoencoder.decode(states)

    def first(self, noise: Tensor) -> Tensor:
        """The states' noise: as many of an image's numbers, the first ones, as a state has."""
        depth, height, width = self.shape
        return noise.flatten(1)[:, : depth * height * width].view(-1, *self.shape)


class LatentEncDiff(EncDiff):
    """The same in the latent space of the frozen autoencoder that the pipeline trains, as published."""

    needs = ("autoencoder",)
