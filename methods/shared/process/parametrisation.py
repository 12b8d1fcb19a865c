"""What a denoiser predicts, the noise or the image: what it learns from and which image it sees.

Ho et al. 2020, arXiv:2006.11239, equation 14, for the noise; the image's weight is the suite's own, for small sizes.
"""

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.process.schedule import Schedule, at

PredictionType = Literal["epsilon", "sample"]  # the noise, as published; the image: diffusers' words


class Parametrisation(nn.Module):
    """One of the two on a noise schedule; images, noise, states and predictions are [n, c, h, w], times int64 [n]."""

    def __init__(self, prediction_type: PredictionType, schedule: Schedule) -> None:
        super().__init__()
        self.prediction_type = prediction_type
        self.schedule = schedule

    def loss(self, prediction: Tensor, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """Mean squared error of the noise ("epsilon"); or of the image ("sample"), times min(1 / (1 - abar_t), 5)."""
        if self.prediction_type == "epsilon":
            return F.mse_loss(prediction, noise)
        return (at(self.schedule.x0_weight, timesteps, images) * (prediction - images) ** 2).mean()

    def image(self, prediction: Tensor, noisy: Tensor, timesteps: Tensor) -> Tensor:
        """The image that a prediction from the states `noisy` implies; not clamped."""
        if self.prediction_type == "epsilon":
            return self.schedule.x0_from_noise(noisy, prediction, timesteps)
        return prediction
