"""DRL and VDRL: denoising score matching that is told a code of the clean image, or a curve of codes over time.

Mittal et al. 2023, arXiv:2105.14257, equations 7 and 8; the sequel "From Points to Functions", arXiv:2210.13774;
reference: korabs-x/representation_score_based. At the published settings (published.yaml) that loss, encoder, score
network and process. Here, unlike there: no augmentation, no second decoder, no classifier fine-tuned (LaplaceNet), not
the variant that mixes two images in the encoder's input; and, each behind a named parameter, another encoder, the
suite's network and noise schedule, and a mean for a sum.

A code E(x, t) belongs to its own time, but what decodes is one vector of the table's code size: E(x, t) at the middle
of the time axis, told to every step. At other times the network has learned from other codes, so decoded images judge
that vector, not the curve.
"""

from typing import Literal

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.added_code import AddedCode, AddedCodeSettings
from diffrep.methods.shared.denoisers.ve_score import VEScore, VEScoreSettings
from diffrep.methods.shared.gaussian import kl, sample
from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.timed_encoder import TimedEncoder
from diffrep.methods.shared.networks.wide_resnet import WideResNet, WideResNetSettings
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.methods.shared.settings import Count, Scale, Weight


class DRL(nn.Module):
    """Encoder and conditional denoiser, trained together from scratch. What is starred is published.

    code_dim            size of the code z; 128*
    encoder             "conv", the suite's; "wide_resnet"*
    encoder_time        "joint"*: E(x, t) at the noise's own t; "none": E(x); 0 to 999: E(x), trained at that t alone
    code_scale          factor on the encoder's output; 1.0*
    regulariser         "l1"* of the code; "none"; "kl" to N(0, 1) of a code that is drawn, which is VDRL*
    regulariser_weight  beside half of the squared error summed over the pixels; 1e-5*
    reduction           "half_sum"*: the loss is that sum; "mean": all of it divided by half the number of pixels
    decoder             "unet": AddedCode, the suite's network; "ncsnpp"*: VEScore, with the published process
    """

    needs: tuple[str, ...] = ()
    cannot: dict[str, str] = {}  # noqa: RUF012
    parts: list[Part] = []  # noqa: RUF012

    def __init__(
        self,
        image_shape: tuple[int, int, int],
        *,
        code_dim: Count,
        encoder: EncoderSettings | WideResNetSettings,
        encoder_time: Literal["none", "joint"] | int,
        code_scale: Scale,
        regulariser: Literal["l1", "none", "kl"],
        regulariser_weight: Weight,
        reduction: Literal["mean", "half_sum"],
        decoder: AddedCodeSettings | VEScoreSettings,
    ) -> None:
        super().__init__()
        if encoder_time not in ("none", "joint", *range(TIMESTEPS)):
            raise ValueError(f"encoder_time={encoder_time!r}: there are 'none', 'joint' and times 0 to {TIMESTEPS - 1}")
        self.code_dim, self.encoder_time = code_dim, encoder_time
        self.code_scale = code_scale
        self.regulariser = regulariser
        self.regulariser_weight = regulariser_weight
        self.reduction = reduction
        gaussian = regulariser == "kl"
        self.encoder: nn.Module
        if isinstance(encoder, WideResNetSettings):
            self.encoder = WideResNet(image_shape, code_dim, gaussian=gaussian)
        else:
            network_of = TimedEncoder if encoder_time == "joint" else Encoder
            self.encoder = network_of(image_shape, 2 * code_dim if gaussian else code_dim, encoder)
        self.decoder: AddedCode | VEScore
        if isinstance(decoder, VEScoreSettings):
            self.decoder = VEScore(image_shape, code_dim, decoder)
        else:
            self.decoder = AddedCode(image_shape, code_dim, decoder)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}; of VDRL's Gaussian codes the means.

        With encoder_time "joint" that is the code at tau = 0.5, and "times" [n, 11, code_dim] those at 0, 0.1, ..., 1.
        """
        if self.encoder_time != "joint":
            return {"z": self.means(images)}
        curve = torch.stack([self.means(images, time.expand(len(images))) for time in self.decoder.grid], dim=1)
        return {"z": curve[:, curve.shape[1] // 2], "times": curve}

    def means(self, images: Tensor, times: Tensor | None = None) -> Tensor:
        """The codes [n, code_dim], of Gaussian ones the means; `times` [n], in the decoder's units, if E(x, t)."""
        outputs = self.outputs(images, times)
        return outputs.chunk(2, dim=1)[0] if self.regulariser == "kl" else outputs

    def outputs(self, images: Tensor, times: Tensor | None) -> Tensor:
        """What the encoder says, scaled: codes [n, code_dim], or means and log-variances [n, 2 code_dim]."""
        seen = self.decoder.inner(images)
        if times is None or self.encoder_time != "joint":
            return self.code_scale * self.encoder(seen)
        return self.code_scale * self.encoder(seen, self.decoder.tau(times))

    def draw(self, shape: torch.Size, generator: torch.Generator) -> dict[str, Tensor]:
        """One time and one noise for each image of a batch of this shape; of VDRL also what its code is drawn by."""
        times = self.draw_times(shape[0], generator)
        drawn = {"times": times, "noise": torch.randn(shape, generator=generator, device=generator.device)}
        if self.regulariser == "kl":
            drawn["code_noise"] = torch.randn(shape[0], self.code_dim, generator=generator, device=generator.device)
        return drawn

    def loss(self, images: Tensor, times: Tensor, noise: Tensor, code_noise: Tensor | None = None) -> dict[str, Tensor]:
        """Equations 7 and 8: the error of the noise at one time per image, given its code, and the code's penalty."""
        outputs = self.outputs(images, times)
        codes, penalty = self.regularised(outputs, code_noise)
        error = self.decoder.loss(images, noise, times, codes)
        half = images[0].numel() / 2
        loss = half * error + self.regulariser_weight * penalty
        return {"loss": loss if self.reduction == "half_sum" else loss / half, "error": error, "penalty": penalty}

    def regularised(self, outputs: Tensor, code_noise: Tensor | None) -> tuple[Tensor, Tensor]:
        """What the decoder is told, [n, code_dim], and R of equations 7 and 8, mean over images.

        code_noise  [n, code_dim] ~ N(0, 1), of VDRL
        """
        if code_noise is not None:
            mean, log_variance = outputs.chunk(2, dim=1)
            return sample(mean, log_variance, code_noise), kl(mean, log_variance).mean()
        return outputs, l1(outputs) if self.regulariser == "l1" else outputs.new_zeros(())

    def draw_times(self, count: int, generator: torch.Generator) -> Tensor:
        """One training time per image, or the single one of this model."""
        if isinstance(self.encoder_time, int):
            return self.decoder.times(torch.full((count,), self.encoder_time, device=generator.device))
        return self.decoder.draw_times(count, generator)

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The decoder's state of `images` at the suite's `timesteps`, int64 [n]; noise [n, c, h, w]."""
        return self.decoder.noised(images, noise, self.decoder.times(timesteps))

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The image [n, c, h, w] that the decoder sees in such a state, given codes [n, code_dim]; not clamped."""
        return self.decoder.denoise(noisy, self.decoder.times(timesteps), codes)

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Deterministic DDIM from `start` [n, c, h, w] ~ N(0, 1) to images, not clamped; codes [n, code_dim]."""
        return self.decoder.decode(codes, start, steps=steps)

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start [n, c, h, w] from which `decode` with these codes comes back to about `images` in [-1, 1]."""
        return self.decoder.invert(images, codes, steps=steps)


def l1(codes: Tensor) -> Tensor:
    """R of DRL: the sum of |z_j| over the code [n, d], mean over images."""
    return codes.abs().sum(1).mean()
