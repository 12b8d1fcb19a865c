"""EncDiff: a denoiser that reads the image's concepts, one token each, by cross-attention; no other pressure.

Yang et al. 2024, arXiv:2402.09712; reference: SelenaGeRuiqi/EncDiff. `encdiff` diffuses pixels, as in the paper's
Table 6, `encdiff_latent` the latents of a frozen autoencoder. At the published settings (published.yaml: the paper's
and the released code's, which differ) exactly that network and loss. Here, unlike there: the autoencoder, a stage of
its own, has learned without LPIPS and discriminator (autoencoder.py), and scales the latents once; codes come from
averaged weights; and, each behind a named parameter, the suite's encoder and `code_scale`, `timestep_sampling`, a
network that may predict the image, and `sampler`. The trunk, tokens and skip dropout of dis-dis, arXiv:2410.23820
(reference: youngjun-jun/dis-dis), are settings too; its Gaussian regulariser of the tokens is not built. Of the paper's
variants there is no EncDiff-V (tokens without scalars), no AdaGN in place of attention and no transformer as encoder.
Of its Table 4, "sqrt" and "sqrt linear" cannot be set, and "linear" is `betas` "scaled_linear": here "linear" is
DDPM's.
"""

from dataclasses import replace
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.methods.shared.networks.concepts import Tokens, TokenSettings, TrunkSettings, trunk
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.token_unet import TokenUNet, TokenUNetSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.precision import widened
from diffrep.methods.shared.process.diffusion import Diffusion
from diffrep.methods.shared.process.parametrisation import Parametrisation
from diffrep.methods.shared.process.sampler import SAMPLERS, SamplerName
from diffrep.methods.shared.process.schedule import Betas, Schedule, TimestepSampling
from diffrep.methods.shared.settings import Count, Scale


class EncDiff(Diffusion):
    """Encoder of N scalars, a network for the token of each, and a denoiser, learned together.

    autoencoder        None: images are diffused; else its latents
    code_dim           N; 20 as published
    tokens             the network from each scalar to its token
    encoder            "conv", the suite's; "encoder4", the released code's; "table8", the paper's; "disdis", dis-dis's
    code_scale         factor on the encoder's output; 1.0 as published
    network            the denoiser
    betas              "linear", the suite's; "scaled_linear" in the code, "cosine" in the paper; see Schedule
    timestep_sampling  "uniform", as published, or "late", see draw_timesteps
    loss               "mse", as in the paper, weighted if the network predicts the image; "l1" of the noise, as in
                       the code
    sampler            "ldm" as published
    eta                share of fresh noise of the sampler "ldm"; 1.0 as published, above 0 nothing can be inverted
    """

    needs: tuple[str, ...] = ()
    cannot: dict[str, str] = {}  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        autoencoder: Autoencoder | None = None,
        *,
        code_dim: Count,
        tokens: TokenSettings,
        encoder: EncoderSettings | TrunkSettings,
        code_scale: Scale,
        network: TokenUNetSettings,
        betas: Betas,
        timestep_sampling: TimestepSampling,
        loss: Literal["l1", "mse"],
        sampler: SamplerName,
        eta: float,
    ) -> None:
        super().__init__()
        if not 0 <= eta <= SAMPLERS[sampler].noisy:
            raise ValueError(f"eta={eta}: from 0 to 1 with sampler 'ldm', 0 with the others")
        if loss == "l1" and network.prediction_type == "sample":
            raise ValueError("loss='l1' needs a network with prediction_type 'epsilon'; here it is 'sample'")
        self.autoencoder = autoencoder and autoencoder.requires_grad_(False)
        self.shape = autoencoder.shape if autoencoder else image_shape
        self.encoder: nn.Module
        if isinstance(encoder, TrunkSettings):
            self.encoder = trunk(image_shape, code_dim, encoder)
        else:
            self.encoder = Encoder(image_shape, code_dim, encoder)
        self.tokens = Tokens(code_dim, tokens)
        self.network = TokenUNet(self.shape, tokens.dim, network)
        self.parametrisation = Parametrisation(network.prediction_type, Schedule(betas))
        self.code_scale, self.norm, self.timestep_sampling = code_scale, loss, timestep_sampling
        self.sampler = replace(SAMPLERS[sampler], clamps=SAMPLERS[sampler].clamps and autoencoder is None)
        self.eta = eta
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
        """[n, c, h, w] in [-1, 1] -> {"scalars": [n, code_dim], "tokens": [n, code_dim, tokens.dim]}."""
        scalars = self.code_scale * self.encoder(images)
        return {"scalars": scalars, "tokens": self.tokens(scalars)}

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        """One time for each image of a batch of this shape, and one noise of what is diffused."""
        return super().draw(torch.Size((shape[0], *self.shape)), generator)

    def loss(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Tensor:
        """The denoiser's error, all that the encoder learns from; one time per image [c, h, w] in [-1, 1]."""
        x0 = self.states(images)
        noisy = self.schedule.add_noise(x0, noise, timesteps)
        prediction = self.network(noisy, timesteps, self.encode(images)["tokens"])
        if self.norm == "l1":
            return F.l1_loss(prediction, noise)
        return self.parametrisation.loss(prediction, x0, noise, timesteps)

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The noise or the clean state, as the network's `prediction_type` says, given scalars [n, code_dim]."""
        return self.network(noisy, timesteps, self.tokens(codes))

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The states of `images` at `timesteps` int64 [n], in the space that is diffused; noise [n, c, h, w]."""
        return super().noised(self.states(images), self.first(noise), timesteps)

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] seen in states of `noised`, given scalars [n, code_dim]; not clamped."""
        return self.images(self.clean(noisy, timesteps, codes))

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; codes [n, code_dim] scalars."""
        return self.images(super().decode(codes, self.first(start), steps=steps))

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start from which `decode` with these codes comes back to about `images`; for latents, then zeros."""
        start = super().invert(self.states(images), codes, steps=steps).flatten(1)
        return F.pad(start, (0, images[0].numel() - start.shape[1])).view(images.shape)

    @torch.no_grad()
    def states(self, images: Tensor) -> Tensor:
        """What is diffused: the images themselves, or their latents; those of half precision, in single precision."""
        if self.autoencoder is None:
            return images
        return widened(self.autoencoder.encode(images))

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
