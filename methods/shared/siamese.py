"""Siamese losses on the codes of two views of the same images, and the heads that they need.

SimSiam: Chen & He 2021, arXiv:2011.10566, sections 3 and 4; heads as in yue-zhongqi/diti, model/representation/ssl:
narrower than the paper's, Linear layers before a norm keep their bias. SimCLR: Chen et al. 2020, arXiv:2002.05709,
section 2.1. Batch norm sees one view of a batch, of all GPUs together: the trainer synchronises it there, as DiTi's
code does; not yet seen on several. SimCLR's negatives are those of one device.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.precision import widened

TEMPERATURE = 0.5

SiameseKind = Literal["simsiam", "without_predictor", "without_stop_gradient", "simclr"]


def siamese_heads(kind: SiameseKind, code_dim: int, width: int) -> "SimSiamHeads | SimCLRHead":
    """The heads of one loss on codes [n, code_dim]: called with the codes of both views, they give its scalars.

    kind   "simsiam"; "without_predictor" and "without_stop_gradient", which collapse and are there to show it; "simclr"
    width  of the projector; 512 as published. A multiple of 4
    """
    if width < 4 or width % 4:
        raise ValueError(f"head_width={width} must be a multiple of 4")
    if kind == "simclr":
        return SimCLRHead(code_dim, width)
    return SimSiamHeads(
        code_dim, width, predictor=kind != "without_predictor", stop_gradient=kind != "without_stop_gradient"
    )


class SimSiamHeads(nn.Module):
    """Projector P and predictor H. Neither belongs to the representation: evaluation reads the encoder's code alone."""

    def __init__(self, code_dim: int, width: int, *, predictor: bool = True, stop_gradient: bool = True) -> None:
        super().__init__()
        self.stop_gradient = stop_gradient
        self.projector = projector(code_dim, width)
        self.predictor = predictor_of(width) if predictor else nn.Identity()

    def forward(self, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """L = 1/2 D(p_1, q_2) + 1/2 D(p_2, q_1), in [-1, 1], as "siamese", and q's "spread"; codes [n, code_dim]."""
        q_1, q_2 = self.projector(first), self.projector(second)
        p_1, p_2 = self.predictor(q_1), self.predictor(q_2)
        stop = self.stop_gradient
        loss = 0.5 * negative_cosine(p_1, q_2, stop) + 0.5 * negative_cosine(p_2, q_1, stop)
        return {"siamese": loss, "spread": spread(q_1)}


class SimCLRHead(nn.Module):
    """One projector of two layers; the other images of the batch are the negatives."""

    def __init__(self, code_dim: int, width: int) -> None:
        super().__init__()
        self.projector = nn.Sequential(nn.Linear(code_dim, width), nn.ReLU(), nn.Linear(width, width // 2))

    def forward(self, first: Tensor, second: Tensor) -> dict[str, Tensor]:
        """NT-Xent as "siamese", and the "spread" of what it compares; codes [n, code_dim]."""
        q_1, q_2 = self.projector(first), self.projector(second)
        return {"siamese": nt_xent(q_1, q_2), "spread": spread(q_1)}


def projector(code_dim: int, width: int) -> nn.Sequential:
    """Linear and batch norm three times, code_dim -> width -> width -> width, ReLU between them and none at the end."""
    layers: list[nn.Module] = []
    for before in (code_dim, width, width):
        layers += [nn.Linear(before, width), nn.BatchNorm1d(width), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def predictor_of(width: int) -> nn.Sequential:
    """width -> width / 4 -> width, a norm and ReLU in the bottleneck only."""
    narrow = width // 4
    return nn.Sequential(nn.Linear(width, narrow), nn.BatchNorm1d(narrow), nn.ReLU(), nn.Linear(narrow, width))


def negative_cosine(p: Tensor, q: Tensor, stop_gradient: bool = True) -> Tensor:
    """D(p, q) = -mean of <p / |p|, stopgrad(q / |q|)> over the batch; p and q [n, d]."""
    target = unit(q.detach() if stop_gradient else q)
    return -(unit(p) * target).sum(1).mean()


def nt_xent(first: Tensor, second: Tensor) -> Tensor:
    """Cross entropy of finding an image's other view among all 2 n - 1 others by cosine over temperature 0.5."""
    both = unit(torch.cat([first, second]))
    count = len(both)
    similarity = (both @ both.T / TEMPERATURE).fill_diagonal_(-torch.inf)
    return F.cross_entropy(similarity, torch.arange(count, device=both.device).roll(count // 2))


def spread(q: Tensor) -> Tensor:
    """Standard deviation over the batch of each dim of q / |q|, averaged; about 1 / sqrt(d), 0 if all q are the same.

    1 / sqrt(d) alone proves no health: while its bias is small, the batch norm before q can hold it there although the
    views agree by collapse, with a loss of -0.99.
    """
    return unit(q.detach()).std(0, correction=0).mean()


def unit(vectors: Tensor) -> Tensor:
    """Vectors [n, d] of length 1."""
    return F.normalize(widened(vectors))


def with_gradient_scaled(codes: Tensor, weight: float) -> Tensor:
    """The same numbers, whose gradient reaches what made them times `weight`; what reads them learns in full."""
    constant = codes.detach()
    return constant + weight * (codes - constant)
