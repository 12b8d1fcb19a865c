"""The suite's encoder, told at which time its code will be used: E(x, t) of DRL.

Mittal et al. 2023, arXiv:2105.14257, equation 8. The published encoder is another network (wide_resnet.py); what it
does with the time, a bias after a convolution, this one does after each of its own.
"""

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.networks.time_features import SmoothTime

TIME_WIDTH = 64


class TimedEncoder(nn.Module):
    """An Encoder (same arguments) whose every 3x3 convolution is followed by a bias that the time chooses."""

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, settings: EncoderSettings) -> None:
        super().__init__()
        self.encoder = Encoder(image_shape, code_dim, settings)
        self.time = SmoothTime(width=TIME_WIDTH)
        self.biases = nn.ModuleList(nn.Linear(TIME_WIDTH, width) for width in settings.channels)

    def forward(self, images: Tensor, tau: Tensor) -> Tensor:
        """Images [n, c, h, w] and their times in [0, 1], [n] -> [n, code_dim]."""
        told, biases = F.silu(self.time(tau)), iter(self.biases)
        h = images
        for layer in self.encoder.layers:
            h = layer(h)
            if isinstance(layer, nn.Conv2d):
                h = h + next(biases)(told)[:, :, None, None]
        return h
