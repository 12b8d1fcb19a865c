"""What a denoiser learns from and what it says of the image, whether it predicts the noise or the image.

Ho et al. 2020, arXiv:2006.11239, equation 14, for the noise; the image's weight is the suite's own, for small sizes.
"""

import torch.nn.functional as F
from torch import Tensor

from diffrep.methods.shared.process.schedule import Schedule, at


def denoising_loss(
    schedule: Schedule, prediction_type: str, prediction: Tensor, images: Tensor, noise: Tensor, timesteps: Tensor
) -> Tensor:
    """Mean squared error of the noise ("epsilon"); or of the image ("sample"), weighted by min(1 / (1 - abar_t), 5).

    prediction, images, noise  [n, c, h, w]
    timesteps                  int64 [n]
    """
    if prediction_type == "epsilon":
        return F.mse_loss(prediction, noise)
    return (at(schedule.x0_weight, timesteps, images) * (prediction - images) ** 2).mean()


def predicted_x0(
    schedule: Schedule, prediction_type: str, noisy: Tensor, timesteps: Tensor, prediction: Tensor
) -> Tensor:
    """The image [n, c, h, w] that a prediction from the states `noisy` at `timesteps` [n] implies; not clamped."""
    return schedule.x0_from_noise(noisy, prediction, timesteps) if prediction_type == "epsilon" else prediction
