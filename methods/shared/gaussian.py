"""Codes that are Gaussian: how one is drawn, and how far it lies from N(0, 1).

Kingma & Welling 2014, arXiv:1312.6114, section 2.4 and appendix B.
"""

import torch
from torch import Tensor


def drawn(mean: Tensor, log_variance: Tensor, generator: torch.Generator) -> Tensor:
    """One sample of N(mean, exp(log_variance)) for each entry, through which gradients reach both."""
    noise = torch.randn(mean.shape, generator=generator, device=mean.device)
    return mean + (log_variance / 2).exp() * noise


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) | N(0, 1)) in nats, summed over the code: [n, d] twice -> [n]."""
    return (mean**2 + log_variance.exp() - 1 - log_variance).sum(1) / 2
