"""A frozen DPM whose prediction a gradient estimator shifts: the mathematics of PDAE, which DiTi shares.

Zhang et al. 2022, arXiv:2212.12990, equations 6, 7 and 10; reference: ckczzj/PDAE, diffusion/.

With a base that predicts noise the shift is eps + s_t G in training and eps - sqrt(1 - abar_t) G in DDIM: two
different coefficients, as published (their ratio is 0 at t = 0, .46 at t = 1, .99 at t = 500). With a base that
predicts the image it is x0 + G in both; the paper has no such case. Nor is such a base asked at t = 0 by DDIM: there
the state is its own prediction, because the noise recomputed from a predicted image is wrong by 100 times the image's
error (inverted starts had a spread of 11 instead of 1).
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from diffrep.methods.shared.denoisers.base import BaseDPM, Features
from diffrep.methods.shared.denoisers.shift_unet import GradientEstimator
from diffrep.methods.shared.precision import widened
from diffrep.methods.shared.process.schedule import Schedule, TimestepSampling, at
from diffrep.methods.shared.settings import Dropout


@dataclass(frozen=True)
class ShiftedDPMSettings:
    """How the frozen DPM is shifted. The values in quotes or brackets are the published ones.

    dropout            of the estimator, in training only (the base's own)
    feature_gate       ["none"] or "sqrt_alphas_cumprod": factor on the frozen features after their norm
    code_map           [False] the code also enters as a map at the bottleneck
    timestep_sampling  ["uniform"] or "late": t = 1000 (1 - u^2)
    loss_weight        ["lambda"] of equation 10, or "x0": min(1 / (1 - abar_t), 5) on the image's squared error,
                       for a base that predicts images
    """

    dropout: Dropout
    feature_gate: Literal["none", "sqrt_alphas_cumprod"]
    code_map: bool
    timestep_sampling: TimestepSampling
    loss_weight: Literal["lambda", "x0"]


class Seen(NamedTuple):
    """Images and noise [n, c, h, w], timesteps int64 [n], and what the frozen DPM makes of the three."""

    images: Tensor
    noise: Tensor
    timesteps: Tensor
    features: Features


class ShiftedDPM(nn.Module):
    """The frozen DPM and its gradient estimator.

    base  stays in eval mode and takes no gradient, whatever `train()` says
    """

    def __init__(self, base: BaseDPM, code_dim: int, settings: ShiftedDPMSettings) -> None:
        super().__init__()
        if settings.loss_weight == "x0" and base.parametrisation.prediction_type == "epsilon":
            raise ValueError("loss_weight='x0' needs a base with prediction_type 'sample'; here it is 'epsilon'")
        self.base = base.requires_grad_(False)
        self.estimator = GradientEstimator(
            base, code_dim=code_dim, dropout=settings.dropout, code_map=settings.code_map
        )
        self.settings = settings
        self.train()

    @property
    def schedule(self) -> Schedule:
        """The base's noise schedule."""
        return self.base.schedule

    def train(self, mode: bool = True) -> "ShiftedDPM":
        """Switch the estimator; the base stays in eval mode (its dropout would leak into the prediction)."""
        super().train(mode)
        self.base.eval()
        return self

    def see(self, images: Tensor, timesteps: Tensor, noise: Tensor) -> Seen:
        """The frozen DPM's view of noisy images; images and noise [n, c, h, w], one time per image."""
        return Seen(images, noise, timesteps, self.frozen(self.schedule.add_noise(images, noise, timesteps), timesteps))

    @torch.no_grad()
    def frozen(self, noisy: Tensor, timesteps: Tensor) -> Features:
        """The base's prediction and features of `noisy` [n, c, h, w] at `timesteps` int64 [n]."""
        return self.base.features(noisy, timesteps)

    def gradient(self, features: Features, timesteps: Tensor, codes: Tensor) -> Tensor:
        """G(x_t, t, z) as [n, c, h, w]; codes [n, code_dim]."""
        gate = None
        if self.settings.feature_gate == "sqrt_alphas_cumprod":
            gate = at(self.schedule.alphas_cumprod, timesteps, codes).sqrt()
        return self.base.unfold(self.estimator(features, codes, gate))

    def loss(self, seen: Seen, codes: Tensor) -> Tensor:
        """Weighted mean squared error of the shifted prediction, given the code of each image [n, code_dim]."""
        gradient = widened(self.gradient(seen.features, seen.timesteps, codes))
        if self.base.parametrisation.prediction_type == "epsilon":
            return epsilon_loss(self.schedule, seen, gradient)
        return x0_loss(self.schedule, seen, gradient, self.settings.loss_weight)

    def predict(self, noisy: Tensor, timesteps: Tensor, codes: Tensor | None) -> Tensor:
        """The shifted prediction of DDIM, [n, c, h, w], from states x_t at `timesteps` int64 [n].

        codes  [n, code_dim]; without them the base alone
        """
        features = self.frozen(noisy, timesteps)
        if codes is None:
            return features.prediction
        gradient = self.gradient(features, timesteps, codes)
        if self.base.parametrisation.prediction_type == "epsilon":
            return shifted_noise(self.schedule, features.prediction, gradient, timesteps)
        return features.prediction + gradient


def epsilon_loss(schedule: Schedule, seen: Seen, gradient: Tensor) -> Tensor:
    """Equation 7: mean of lambda_t (eps - (eps_theta + s_t G))^2 over batch, channels and pixels."""
    s_t = at(schedule.shift_training, seen.timesteps, gradient)
    lambda_t = at(schedule.loss_weight, seen.timesteps, gradient)
    shifted = seen.features.prediction + s_t * gradient
    return (lambda_t * (seen.noise - shifted) ** 2).mean()


def x0_loss(schedule: Schedule, seen: Seen, gradient: Tensor, loss_weight: Literal["lambda", "x0"]) -> Tensor:
    """The same of a predicted image, x0 + G.

    loss_weight  "lambda": lambda_t SNR_t, so that it is equation 10's weight on the error of the noise that the
                 image implies; "x0": min(1 / (1 - abar_t), 5)
    """
    table = schedule.x0_weight if loss_weight == "x0" else schedule.loss_weight * schedule.snr
    shifted = seen.features.prediction + gradient
    return (at(table, seen.timesteps, gradient) * (seen.images - shifted) ** 2).mean()


def shifted_noise(schedule: Schedule, noise: Tensor, gradient: Tensor, timesteps: Tensor) -> Tensor:
    """Equation 6, eps - sqrt(1 - abar_t) G, all [n, c, h, w]: the noise with which DDIM goes on."""
    return noise + at(schedule.shift_ddim, timesteps, gradient) * gradient
