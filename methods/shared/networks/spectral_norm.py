"""Spectral norm: a convolution's weight over its largest singular value, followed by one power iteration a step.

Miyato et al. 2018, arXiv:1802.05957, algorithm 1. Unlike torch's, the iteration moves on only where gradients are
taken: a loss that is only looked at, in training too, leaves no trace.
"""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils import parametrize

WARM_UP = 15  # iterations before the first step


class SpectralNorm(nn.Module):
    """A parametrisation of a weight; `out_dim` is the one of its outputs, 1 of a transposed convolution."""

    left: Tensor
    right: Tensor

    def __init__(self, weight: Tensor, out_dim: int) -> None:
        super().__init__()
        self.out_dim = out_dim
        matrix = self.matrix(weight)
        self.register_buffer("left", F.normalize(torch.randn_like(matrix[:, 0]), dim=0))
        self.register_buffer("right", F.normalize(torch.randn_like(matrix[0]), dim=0))
        for _ in range(WARM_UP):
            self.iterate(matrix)

    def forward(self, weight: Tensor) -> Tensor:
        """The weight with a largest singular value of about 1."""
        matrix = self.matrix(weight)
        if self.training and torch.is_grad_enabled():
            self.iterate(matrix)
        return weight / (self.left.clone()[:, None] * matrix * self.right.clone()).sum()

    @torch.no_grad()
    def iterate(self, matrix: Tensor) -> None:
        """Bring both vectors nearer to those of the largest singular value."""
        self.right.copy_(F.normalize((self.left[:, None] * matrix).sum(0), dim=0))  # no product: autocast rounds those
        self.left.copy_(F.normalize((matrix * self.right).sum(1), dim=0))

    def matrix(self, weight: Tensor) -> Tensor:
        """[out, all else]."""
        return weight.movedim(self.out_dim, 0).flatten(1)


def normed(convolution: Any) -> Any:
    """A convolution with its weight under spectral norm."""
    out_dim = int(isinstance(convolution, nn.ConvTranspose2d))
    parametrize.register_parametrization(convolution, "weight", SpectralNorm(convolution.weight.detach(), out_dim))
    return convolution


def folded(network: nn.Module) -> None:
    """Make all weights of a network under spectral norm plain ones, of the value that they have."""
    for module in network.modules():
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight")
