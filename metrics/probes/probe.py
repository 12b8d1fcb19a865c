"""The standard linear probe: one linear layer from a frozen code to all attributes.

After the multi-task classification of Yue et al. 2024 (DiTi, arXiv:2401.11430, section 5). Unlike there, codes are
standardised by the training rows, which makes the result independent of their scale, and the rows are shuffled;
`compat` leaves both away, as there. Solved exactly, the same problem is logistic_probe.py.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from diffrep.metrics.codes import active_dimensions, checked_codes, checked_parts
from diffrep.metrics.measured import Measured
from diffrep.metrics.probes.scores import attribute_scores, average_precision, checked_logits


class Probed(NamedTuple):
    """Logits of each probe seed at its best epoch, and that epoch, counted from 1."""

    valid_logits: np.ndarray  # [seeds, n_valid, A] float32
    test_logits: np.ndarray  # [seeds, n_test, A] float32
    best_epochs: np.ndarray  # [seeds] int


class _Layers:
    """One linear layer per seed, stacked: weight [s, d, A], bias [s, 1, A], each drawn from its own seed."""

    def __init__(self, generators: list[torch.Generator], dims: int, attributes: int) -> None:
        bound = max(dims, 1) ** -0.5
        drawn = [torch.rand(dims + 1, attributes, generator=g) * 2 * bound - bound for g in generators]
        self.weight, self.bias = (part.contiguous() for part in torch.stack(drawn).split([dims, 1], dim=1))

    def __call__(self, codes: Tensor) -> Tensor:
        """[n, d] or [s, n, d] -> logits [s, n, A]."""
        return torch.matmul(codes, self.weight) + self.bias


class _Best:
    """Of each seed the logits at its best epoch so far, by mean average precision on the validation rows."""

    def __init__(self, seeds: int, truth: np.ndarray, n_test: int) -> None:
        valid, test = (np.zeros((seeds, n, truth.shape[1]), np.float32) for n in (len(truth), n_test))
        self.truth, self.precision = truth, np.full(seeds, -1.0)
        self.probed = Probed(valid, test, np.zeros(seeds, dtype=np.int64))

    def see(self, epoch: int, valid_logits: np.ndarray, test_logits: np.ndarray) -> None:
        precision = np.array([np.nanmean(average_precision(mine, self.truth)) for mine in valid_logits])
        better = precision > self.precision
        self.precision[better], self.probed.best_epochs[better] = precision[better], epoch
        self.probed.valid_logits[better], self.probed.test_logits[better] = valid_logits[better], test_logits[better]


@torch.enable_grad()
def linear_probe(
    train_codes: np.ndarray,
    train_attributes: np.ndarray,
    valid_codes: np.ndarray,
    valid_attributes: np.ndarray,
    test_codes: np.ndarray,
    *,
    seeds: Sequence[int],
    epochs: int = 15,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    compat: bool = False,
) -> Probed:
    """Logits of linear probes trained on one code, one probe per seed, all in one pass over the epochs.

    codes       [n, d] float; standardised by the training rows, dimensions constant there are dropped
    attributes  [n, A] in {0, 1}
    compat      as DiTi's code: codes on their own scale, none dropped, and rows in the order given, epoch after epoch;
                only the initial weights come from the seed
    returns     `Probed`: of each seed the logits at the epoch of best mean average precision on the validation rows,
                the earliest of equals

    Mean binary cross-entropy over rows and attributes, Adam without weight decay. Initial weights and the order of rows
    come from the seed alone; the last, smaller batch of an epoch is used. Flipped copies, where a data set has them,
    are more training rows.

    It is the number of steps that counts: 15 epochs of 10,000 rows end about 0.01 mean AP or less below logistic
    regression solved exactly, 3,000 rows want 50 to 100 epochs for that.

    ValueError for codes that `checked_codes` refuses, attributes other than 0 and 1, or validation rows on which no
    attribute has both values.

    >>> codes = np.random.default_rng(0).normal(size=(900, 3))
    >>> known = (codes[:, :1] > 0).astype(int)
    >>> parts = codes[:600], known[:600], codes[600:750], known[600:750], codes[750:]
    >>> told = linear_probe(*parts, seeds=[0], learning_rate=0.1).test_logits[0]
    >>> bool(average_precision(told, known[750:]) > 0.99)
    True
    """
    codes = checked_parts(train_codes, train_attributes, valid_codes, valid_attributes)
    scaled = _scaled(*codes, test_codes, compat=compat)
    train, valid, test = (torch.from_numpy(part) for part in scaled)
    target = torch.from_numpy(_checked_attributes(train_attributes)).float()
    truth = _checked_attributes(valid_attributes)
    if not (truth != truth[:1]).any():
        raise ValueError("no attribute has both values in the validation rows; give more rows to choose an epoch by")
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    layers = _Layers(generators, train.shape[1], target.shape[1])
    optimizer = torch.optim.Adam([layers.weight.requires_grad_(), layers.bias.requires_grad_()], lr=learning_rate)
    best = _Best(len(seeds), truth, len(test))
    for epoch in range(1, epochs + 1):
        _epoch(layers, optimizer, train, target, _orders(generators, len(train), compat), batch_size)
        with torch.no_grad():
            best.see(epoch, layers(valid).numpy(), layers(test).numpy())
    return best.probed


def probe_scores(
    probed: Probed, valid_attributes: np.ndarray, test_attributes: np.ndarray, *, groups: Sequence[str] = ()
) -> Measured:
    """The scores of `attribute_scores`, each the mean over probe seeds.

    attributes  [n, A] in {0, 1} of the rows that the logits are of
    groups      the group of each attribute, or empty
    returns     all in [0, 1], higher is better, AP with `prevalence` as its chance; undefined for one is so for all
    arrays      the same per attribute [A]

    >>> logits, known = np.array([[[2.0], [0.0], [1.0]], [[1.0], [2.0], [0.0]]]), np.array([[1], [0], [0]])
    >>> found = probe_scores(Probed(logits, logits, np.array([1, 1])), known, known)
    >>> found["average_precision"], found["auroc"]
    (0.75, 0.75)
    """
    scored = [
        attribute_scores(
            told, test_attributes, valid_logits=chosen_by, valid_attributes=valid_attributes, groups=groups
        )
        for chosen_by, told in zip(probed.valid_logits, probed.test_logits, strict=True)
    ]
    values = {name: float(np.mean([scores[name] for scores in scored])) for name in scored[0]}
    arrays = {name: np.mean([scores.arrays[name] for scores in scored], axis=0) for name in scored[0].arrays}
    return Measured(values, reasons=scored[0].reasons, arrays=arrays)


def _checked_attributes(attributes: np.ndarray) -> np.ndarray:
    """Attributes [n, A] as float64, once they are found to be 0 or 1."""
    return checked_logits(np.zeros(np.shape(attributes)), attributes)[1]


def _scaled(train: np.ndarray, valid: np.ndarray, test: np.ndarray, *, compat: bool) -> list[np.ndarray]:
    """All parts z-scored by the first, without the dimensions that are constant there, as float32; compat: as given."""
    test = checked_codes(test, test)
    if test.shape[1] != train.shape[1]:
        raise ValueError(
            f"test codes have {test.shape[1]} columns, training codes {train.shape[1]}; give the same code"
        )
    if compat:
        return [part.astype(np.float32) for part in (train, valid, test)]
    dims = active_dimensions(train)
    mean, deviation = train[:, dims].mean(axis=0), train[:, dims].std(axis=0)
    return [((part[:, dims] - mean) / deviation).astype(np.float32) for part in (train, valid, test)]


def _orders(generators: list[torch.Generator], rows: int, compat: bool) -> Tensor:
    """[s, rows]: in which order each seed meets the rows."""
    if compat:
        return torch.arange(rows).expand(len(generators), rows)
    return torch.stack([torch.randperm(rows, generator=generator) for generator in generators])


def _epoch(
    layers: _Layers,
    optimizer: torch.optim.Optimizer,
    codes: Tensor,
    target: Tensor,
    orders: Tensor,
    batch_size: int,
) -> None:
    """Every row once for every seed, in that seed's order; summing the losses keeps the seeds' gradients apart."""
    for rows in orders.split(batch_size, dim=1):
        loss = F.binary_cross_entropy_with_logits(layers(codes[rows]), target[rows], reduction="none")
        optimizer.zero_grad()
        loss.mean(dim=(1, 2)).sum().backward()
        optimizer.step()
