"""Attribute regression on faces of people never seen: real-valued attributes read from a frozen code by a linear layer.

After the LFW regression of Yue et al. 2024 (DiTi), arXiv:2401.11430, section 5. Unlike there, the epoch is chosen on
training people held out and not on the test rows, and codes are standardised; `compat` does both as there.
"""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.linear_model import Ridge
from torch import Tensor

from diffrep.metrics.codes import active_dimensions, checked_codes, checked_parts
from diffrep.metrics.measured import Measured

HELD_OUT_PEOPLE = 0.1  # of training people
PENALTIES = (0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0)  # of ridge regression, on standardised codes
BATCH = 64
CONSTANT_PREDICTIONS = "every attribute or its prediction is constant on these rows"
CONSTANT_TARGETS = "every attribute is constant on these rows"


class Regressed(NamedTuple):
    """Predictions on test rows, and what they rest on."""

    predictions: np.ndarray  # [n_test, A] float64
    best_epoch: int  # counted from 1
    chosen_on_test: bool  # True flags a number that has seen its own test rows


def regression_scores(predictions: np.ndarray, targets: np.ndarray) -> Measured:
    """How close predictions of real-valued attributes come.

    predictions, targets  [n, A] float
    returns   means over attributes: `lfw_r`, Pearson's correlation in [-1, 1], higher is better, chance 0
              `lfw_mse` in squared units of the attributes, lower is better, chance their variance
              `lfw_nmse`: each error over its attribute's variance on these rows, lower is better, 1 for naming the mean
              `lfw_r_undefined`: attributes with a constant prediction or value, which are out of the mean of r
    arrays    `lfw_r`, `lfw_mse`, `lfw_nmse` [A]

    Rows of one person are no independent rows: resample people (uncertainty.py). ValueError for unequal shapes, nan or
    infinity.

    >>> targets = np.array([[1.0, 0.0], [2.0, 4.0], [3.0, 2.0]])
    >>> found = regression_scores(targets * [1.0, 0.0], targets)
    >>> {name: round(value, 3) for name, value in found.items()}
    {'lfw_r': 1.0, 'lfw_mse': 3.333, 'lfw_nmse': 1.25, 'lfw_r_undefined': 1.0}
    """
    predictions, targets = checked_codes(predictions, targets), checked_codes(targets, predictions)
    if predictions.shape != targets.shape:
        raise ValueError(f"predictions {predictions.shape} of targets {targets.shape}; give the same [n, A]")
    mse, varying = np.square(predictions - targets).mean(axis=0), active_dimensions(targets)
    related = varying & active_dimensions(predictions)
    r, nmse = np.full((2, len(mse)), np.nan)
    moved, known = (x[:, related] - x[:, related].mean(axis=0) for x in (predictions, targets))
    r[related] = (moved * known).sum(axis=0) / np.sqrt(np.square(moved).sum(axis=0) * np.square(known).sum(axis=0))
    nmse[varying] = mse[varying] / targets[:, varying].var(axis=0)
    values = {
        "lfw_r": r[related].mean() if related.any() else np.nan,
        "lfw_mse": mse.mean(),
        "lfw_nmse": nmse[varying].mean() if varying.any() else np.nan,
        "lfw_r_undefined": (~related).sum(),
    }
    reasons = {"lfw_r": CONSTANT_PREDICTIONS, "lfw_nmse": CONSTANT_TARGETS}
    return Measured(values, reasons=reasons, arrays={"lfw_r": r, "lfw_mse": mse, "lfw_nmse": nmse})


@torch.enable_grad()
def lfw_regression(
    train_codes: np.ndarray,
    train_targets: np.ndarray,
    test_codes: np.ndarray,
    test_targets: np.ndarray,
    *,
    identities: np.ndarray,
    seed: int,
    epochs: int = 15,
    learning_rate: float = 1e-3,
    compat: bool = False,
) -> Regressed:
    """Predictions of a linear layer, trained by Adam on the mean squared error in batches of 64.

    codes       [n, d] float; standardised by the rows fitted to, dimensions constant there are dropped
    targets     [n, A] float, on their own scale
    identities  [n_train] labels: who is on each training image; a tenth of them is held out, and the epoch of best mean
                r there is taken, the earliest of equals
    compat      as DiTi's and EncDiff's code: all training rows, codes on their own scale, and the epoch of best mean r
                on the test rows themselves, which `chosen_on_test` says
    returns     `Regressed`; `regression_scores` says what the predictions are worth

    By default the test targets are asked for their shape alone. ValueError for codes that `checked_parts` refuses,
    targets that are not finite, fewer than 2 people.

    >>> codes = np.random.default_rng(0).normal(size=(600, 3))
    >>> parts = codes[:400], codes[:400, :1], codes[400:], codes[400:, :1]
    >>> found = lfw_regression(*parts, identities=np.arange(400) // 4, seed=0, learning_rate=0.1)
    >>> round(regression_scores(found.predictions, codes[400:, :1])["lfw_r"], 1), found.chosen_on_test
    (1.0, False)
    """
    train, test = checked_parts(train_codes, train_targets, test_codes, test_targets)
    known, truth = (checked_codes(x, x) for x in (train_targets, test_targets))
    fitted = np.ones(len(train), dtype=bool) if compat else ~_held_out(identities, len(train), seed)
    parts = (train, test) if compat else _standardised(train, test, fitted)
    seen, asked = (torch.from_numpy(part.astype(np.float32)) for part in parts)
    judged, answer = (asked, truth) if compat else (seen[~fitted], known[~fitted])
    target = torch.from_numpy(known[fitted].astype(np.float32))
    generator = torch.Generator().manual_seed(seed)
    bound = max(seen.shape[1], 1) ** -0.5
    weight, bias = (
        (torch.rand(known.shape[1], *size, generator=generator) * 2 * bound - bound).requires_grad_()
        for size in ((seen.shape[1],), ())
    )
    optimizer = torch.optim.Adam([weight, bias], lr=learning_rate)
    best, kept = -np.inf, Regressed(np.zeros(truth.shape), 1, compat)
    for epoch in range(1, epochs + 1):
        _epoch(weight, bias, optimizer, seen[torch.from_numpy(fitted)], target, generator)
        with torch.no_grad():
            guesses, predictions = (F.linear(x, weight, bias).double().numpy() for x in (judged, asked))
        r = np.nan_to_num(regression_scores(guesses, answer)["lfw_r"], nan=-1.0)
        if r > best:
            best, kept = r, Regressed(predictions, epoch, compat)
    return kept


def ridge_regression(
    train_codes: np.ndarray, train_targets: np.ndarray, test_codes: np.ndarray, *, identities: np.ndarray, seed: int
) -> np.ndarray:
    """Predictions of the same in closed form, [n_test, A]: least squares with a penalty on standardised codes.

    The penalty is that of least error on the people whom `lfw_regression` holds out under the same seed: r hardly says
    how far predictions are shrunk. Arguments as there. A layer that was trained long enough comes within about 0.01 of
    its r.

    >>> codes = np.random.default_rng(0).normal(size=(600, 3))
    >>> found = ridge_regression(codes[:400], codes[:400, :1], codes[400:], identities=np.arange(400) // 4, seed=0)
    >>> round(regression_scores(found, codes[400:, :1])["lfw_r"], 3)
    1.0
    """
    train, known = checked_codes(train_codes, train_targets), checked_codes(train_targets, train_targets)
    held = _held_out(identities, len(train), seed)
    seen, asked = _standardised(train, checked_codes(test_codes, test_codes), ~held)
    if not seen.shape[1]:
        return np.tile(known[~held].mean(axis=0), (len(asked), 1))
    fits = [Ridge(alpha=penalty).fit(seen[~held], known[~held]) for penalty in PENALTIES]
    errors = [np.square(_predicted(fit, seen[held]) - known[held]).mean() for fit in fits]
    return _predicted(fits[int(np.argmin(errors))], asked)


def _predicted(fit: Ridge, codes: np.ndarray) -> np.ndarray:
    """[n, A]; scikit-learn drops the axis of a single attribute."""
    return fit.predict(codes).reshape(len(codes), -1)


def _held_out(identities: np.ndarray, rows: int, seed: int) -> np.ndarray:
    """Rows of every tenth person, bool [n_train]."""
    people = np.unique(identities)
    if np.shape(identities) != (rows,) or len(people) < 2:
        raise ValueError(
            f"identities {np.shape(identities)} of {len(people)} people, {rows} rows; give one a row, 2 people or more"
        )
    chosen = np.random.default_rng(seed).permutation(people)[: max(1, round(HELD_OUT_PEOPLE * len(people)))]
    return np.isin(identities, chosen)


def _standardised(train: np.ndarray, test: np.ndarray, fitted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    dims = active_dimensions(train[fitted])
    mean, deviation = train[fitted][:, dims].mean(axis=0), train[fitted][:, dims].std(axis=0)
    return (train[:, dims] - mean) / deviation, (test[:, dims] - mean) / deviation


def _epoch(
    weight: Tensor,
    bias: Tensor,
    optimizer: torch.optim.Optimizer,
    codes: Tensor,
    target: Tensor,
    generator: torch.Generator,
) -> None:
    for rows in torch.randperm(len(codes), generator=generator).split(BATCH):
        optimizer.zero_grad()
        F.mse_loss(F.linear(codes[rows], weight, bias), target[rows]).backward()
        optimizer.step()
