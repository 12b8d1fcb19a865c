"""DiTi's learned choice of the dimensions that an attribute is edited along: a classifier and a probabilistic mask.

Yue et al. 2024, arXiv:2401.11430, as their released code does it (eval/manipulation.py). Each weight of a linear
classifier is kept with a probability, and both are learned together, while ever fewer weights may be kept. Here, unlike
there: any number of attributes side by side, each with its own mask, and rows in another order every epoch.
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from diffrep.metrics.codes import active_dimensions, checked_codes
from diffrep.metrics.probes.scores import checked_logits

LARGEST_GRADIENT = 3.0  # norm of each mask's
ROUNDS = 20  # of bisection: a millionth of the shift
EDGE = 1e-6  # a probability is kept so far from 0 and 1 where its logit is taken


class ProMask(NamedTuple):
    """What was learned for each target; nan, and nothing kept, for a target that is constant."""

    weights: np.ndarray  # [T, d] float64: of the classifier, for z-scored codes
    probabilities: np.ndarray  # [T, d] float64 in [0, 1]: that a weight is kept; a row sums to at most `dims`
    mask: np.ndarray  # [T, d] bool: drawn once from the probabilities


def kept_share(step: int, total: int, share: float) -> float:
    """How many of the weights may be kept at a step: all, then ever fewer, then the share asked for.

    step, total  the step, from 0, and the number of steps and one
    share        in (0, 1]: from 0.4 of the total on; 1 up to 0.1 of it, between them it falls by a cubic

    >>> [round(kept_share(step, 12_721, 16 / 512), 4) for step in (1272, 2000, 3000, 5088)]
    [1.0, 0.5446, 0.19, 0.0312]
    """
    start, end = int(0.1 * total), int(0.4 * total)
    if step >= end:
        return share
    return share + (1 - share) * (1 - max(step - start, 0) / (end - start)) ** 3


def sharpness(step: int, total: int) -> float:
    """The factor on the mask's logits at a step: 1 at first, 33 at the end, where what is drawn is nearly 0 or 1.

    step, total  the step, from 0, and the number of steps and one

    >>> [round(sharpness(step, 12_721), 3) for step in (0, 6000, 12_720)]
    [1.0, 1.843, 33.249]
    """
    return 1 / (0.97 * (1 - step / total) + 0.03)


def projected(scores: Tensor, budget: float) -> Tensor:
    """The nearest probabilities whose sum is within the budget: all lowered by one shift, then cut to [0, 1].

    scores   [T, d] real, each row on its own
    budget   at least 0: the largest sum of a row
    returns  [T, d] in [0, 1]; rows within the budget are cut only. The sum falls short of the budget by at most d
             millionths of the row's largest score

    >>> projected(torch.tensor([[0.9, 0.5, 0.1], [0.2, -0.3, 0.1]]), budget=1.0)
    tensor([[0.7000, 0.3000, 0.0000],
            [0.2000, 0.0000, 0.1000]])
    """
    above = scores.clamp(0, 1).sum(1, keepdim=True) > budget
    low, high = torch.zeros_like(scores[:, :1]), scores.amax(1, keepdim=True)
    for _ in range(ROUNDS if above.any() else 0):
        middle = (low + high) / 2
        over = (scores - middle).clamp(0, 1).sum(1, keepdim=True) > budget
        low, high = torch.where(over, middle, low), torch.where(over, high, middle)
    return (scores - torch.where(above, high, 0.0)).clamp(0, 1)


def pro_mask(
    codes: np.ndarray,
    targets: np.ndarray,
    *,
    dims: int,
    seed: int,
    epochs: int = 30,
    batch_size: int = 128,
    learning_rate: float = 1e-2,
) -> ProMask:
    """Learn for each target which `dims` dimensions of the code to keep, and the classifier's weights on them.

    codes          [n, d] float; z-scored by their own mean and deviation
    targets        [n, T] bool or in {0, 1}
    dims           how many are kept on average, at least 1; at most d are there. 16, 32 and 128 of 512 as published
    learning_rate  of Adam, for weights and probabilities. Times the number of steps it is how far a probability can go,
                   and below about 5 many stay between 0 and 1; 10 epochs at 1e-4 for 162,770 rows as published
    returns        `ProMask`; dimensions that are constant are never kept. An edit goes along weights · mask

    Binary cross-entropy, each target on its own; initial weights, order, noise and the mask come from the seed. A
    target that the code says nothing of keeps dimensions by chance. ValueError for codes that `checked_codes` refuses,
    targets other than 0 and 1, fewer than one dimension.

    >>> codes = np.random.default_rng(0).normal(size=(1000, 5))
    >>> pro_mask(codes, codes[:, 3:4] > 0, dims=1, seed=0).probabilities.round(2) + 0.0
    array([[0., 0., 0., 1., 0.]])
    """
    codes, targets = checked_codes(codes, targets), checked_logits(np.zeros(np.shape(targets)), targets)[1]
    if dims < 1:
        raise ValueError(f"dims = {dims}: keep at least 1")
    active, varying = active_dimensions(codes), (targets != targets[:1]).any(axis=0)
    weights = np.full((targets.shape[1], codes.shape[1]), np.nan)
    weights[varying], mask = 0.0, np.zeros(weights.shape, bool)
    probabilities = weights.copy()
    if active.any() and varying.any():
        normed = (codes[:, active] - codes[:, active].mean(axis=0)) / codes[:, active].std(axis=0)
        x, y = (torch.from_numpy(part.astype(np.float32)) for part in (normed, targets[:, varying]))
        generator, chosen = torch.Generator().manual_seed(seed), np.ix_(varying, active)
        learned, kept = _learned(x, y, generator, dims, epochs, batch_size, learning_rate)
        weights[chosen], probabilities[chosen] = learned.numpy(), kept.numpy()
        mask[chosen] = torch.bernoulli(kept, generator=generator).numpy() > 0
    return ProMask(weights, probabilities, mask)


@torch.enable_grad()
def _learned(
    codes: Tensor,
    targets: Tensor,
    generator: torch.Generator,
    dims: int,
    epochs: int,
    batch_size: int,
    learning_rate: float,
) -> tuple[Tensor, Tensor]:
    """Weights and probabilities [T, d] after all epochs."""
    d, steps = codes.shape[1], epochs * -(-len(codes) // batch_size)
    weights = ((2 * torch.rand(targets.shape[1], d + 1, generator=generator) - 1) * d**-0.5).requires_grad_()
    scores = torch.ones(targets.shape[1], d, requires_grad=True)
    optimizer = torch.optim.Adam([weights, scores], lr=learning_rate)
    orders = (torch.randperm(len(codes), generator=generator) for _ in range(epochs))
    for step, rows in enumerate(batch for order in orders for batch in order.split(batch_size)):
        kept = _drawn(scores, sharpness(step, steps + 1), generator)
        logits = codes[rows] @ (weights[:, :d] * kept).T + weights[:, d]
        optimizer.zero_grad()
        F.binary_cross_entropy_with_logits(logits, targets[rows], reduction="none").mean(0).sum().backward()
        assert scores.grad is not None
        scores.grad *= (LARGEST_GRADIENT / scores.grad.norm(dim=1, keepdim=True)).clamp(max=1)
        optimizer.step()
        with torch.no_grad():
            scores.copy_(projected(scores, d * kept_share(step, steps + 1, min(dims / d, 1.0))))
    return weights.detach()[:, :d], scores.detach()


def _drawn(scores: Tensor, sharp: float, generator: torch.Generator) -> Tensor:
    """A mask in (0, 1) that leans to 1 with the probabilities given, and can be learned through."""
    inside = scores + (scores.clamp(EDGE, 1 - EDGE) - scores).detach()  # at 0 and 1 the gradient goes on
    u, v = torch.rand(2, *scores.shape, generator=generator).clamp(1e-12, 1 - EDGE)
    noise = -(u.log() / v.log()).log()
    return torch.sigmoid((inside.logit() + noise) * sharp)
