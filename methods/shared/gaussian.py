"""Codes that are Gaussian: how one is drawn, and how far it lies from N(0, 1).

Kingma & Welling 2014, arXiv:1312.6114, section 2.4 and appendix B.
"""

from torch import Tensor


def sample(mean: Tensor, log_variance: Tensor, noise: Tensor) -> Tensor:
    """The sample of N(mean, exp(log_variance)) that `noise` ~ N(0, 1) makes, through which gradients reach both."""
    return mean + (log_variance / 2).exp() * noise


def kl(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL(N(mean, exp(log_variance)) | N(0, 1)) in nats, summed over the code: [n, d] twice -> [n]."""
    return (mean**2 + log_variance.exp() - 1 - log_variance).sum(1) / 2
