"""Disentanglement, completeness and informativeness, from what a predictor of each factor looks at.

Eastwood and Williams 2018, "A framework for the quantitative evaluation of disentangled representations", section 2.
"""

from collections.abc import Callable

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors, whole
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.boosting import fit

FLOOR = 1e-11  # added to importances, so that an unused dimension counts as spread over all factors
CHANCE_ERRORS = (
    3.0  # standard errors of test accuracy above the most frequent value's, for a predictor to know anything
)
NUMBERS = ("dci_disentanglement", "dci_completeness", "dci_informativeness", "dci_train_accuracy")
Judged = tuple[np.ndarray, float, float]  # importance [L], test accuracy, training accuracy
Judge = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], Judged]


def dci(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    rounds: int = 100,
    compat: bool = False,
    seed: int = 0,
) -> Measured:
    """D, C and I with gradient boosted trees and their impurity importances, the literature's choice.

    codes    [n, L] float in both parts; dimensions that are constant in training are dropped
    factors  [n, K] int in both parts; factors that are constant in training are left out, and with none left all is nan
    compat   as disentanglement_lib has it: constant dimensions stay, which only makes the base of C larger, codes are
             not standardised, so that those of a tiny scale are told apart by less, and `seed` draws which of equal
             splits is made, as scikit-learn draws it: same mean and spread over seeds, not the same draw
    returns  `dci_disentanglement`, `dci_completeness`: in [0, 1], higher is better, near 0 by chance, see `dci_scores`
             `dci_informativeness`: mean test accuracy over factors, in [0, 1], higher is better, by chance the share
             of the most frequent value
             `dci_train_accuracy`: the same on the training part; far above test, D and C count what trees memorised
    arrays   `importance` [L, K], `test_accuracy` [K]

    raises   ValueError for nan or infinity, codes that overflow float32 and parts that do not fit together; with
             `compat` also for a constant factor

    Trees of depth 3, rate 0.1, `rounds` trees per factor value: the cost grows with the number of values. Without
    `compat` nothing is drawn: dimensions that split equally well share the importance, so C of a factor told twice
    is that of even halves, a little below the published code's mean.
    Locatello et al. 2019, arXiv:1811.12359, appendix C.

    >>> factors = np.random.default_rng(0).integers(4, size=(300, 2))
    >>> scores = dci(factors[:200], factors[:200], factors[200:], factors[200:], rounds=10)
    >>> round(scores["dci_disentanglement"], 6)
    1.0
    """

    generator = np.random.default_rng(seed) if compat else None

    def judge(train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray) -> Judged:
        if not compat:  # trees take values within 1e-7 for one, whatever the code's scale
            scaler = StandardScaler().fit(train)
            train, test = scaler.transform(train), scaler.transform(test)
        trees = fit(train, target, rounds=rounds, generator=generator)
        accuracy, fitted = (trees.predict(test) == truth).mean(), (trees.fitted == target).mean()
        return trees.importances, float(accuracy), float(fitted)

    return dci_judged_by(judge, train_codes, train_factors, test_codes, test_factors, "", keep_constant=compat)


def dci_permutation(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    rounds: int = 100,
    repeats: int = 5,
) -> Measured:
    """D, C and I with histogram boosting, importance = drop of test accuracy when a dimension is shuffled.

    As `dci`, every name with the suffix `_permutation`; what trees memorise is not counted.
    All dimensions and factors are shuffled by the same `repeats` orders of the test rows; a drop below 0 counts as 0.
    So does every drop of a predictor that is no better on test rows than naming the most frequent value (within three
    standard errors): what is left of its drops once cut at 0 is chance, and would score D near 0.4 for pure noise.

    >>> factors = np.random.default_rng(0).integers(4, size=(300, 2))
    >>> scores = dci_permutation(factors[:200], factors[:200], factors[200:], factors[200:], seed=0, rounds=10)
    >>> round(scores["dci_disentanglement_permutation"], 6)
    1.0
    """
    generator = np.random.default_rng(seed)
    orders = [generator.permutation(len(test_codes)) for _ in range(repeats)]

    def judge(train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray) -> Judged:
        model = HistGradientBoostingClassifier(max_iter=rounds, max_depth=3, early_stopping=False, random_state=seed)
        accuracy = model.fit(train, target).score(test, truth)
        drops = np.zeros(test.shape[1])
        if _knows_something(accuracy, _majority(train, target, test, truth)[1], len(test)):
            drops += [
                accuracy - _shuffled_accuracy(model, test, truth, column, orders) for column in range(test.shape[1])
            ]
        return drops.clip(min=0.0), accuracy, model.score(train, target)

    return dci_judged_by(judge, train_codes, train_factors, test_codes, test_factors, "_permutation")


def dci_scores(importance: np.ndarray) -> Measured:
    """D and C of a matrix of importances.

    importance  [L, K] at least 0: how much a predictor of factor k looks at dimension l
    returns     `dci_disentanglement`: 1 - entropy of a dimension's importances over factors in base K, dimensions
                weighed by their share of all importance; nan with K = 1
                `dci_completeness`: 1 - entropy of a factor's importances over dimensions in base L, factors
                weighed by their share of all importance; nan with L = 1
                both in [0, 1], higher is better, 0 where nothing is important or L = 0
    arrays      `disentanglement` [L], `completeness` [K]: before weighing

    ValueError for other shapes, values below 0, nan or infinity. Eastwood and Williams 2018, section 2.

    >>> scores = dci_scores(np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 2.0]]))  # the first factor is told twice
    >>> {name: round(value, 3) for name, value in scores.items()}
    {'dci_disentanglement': 1.0, 'dci_completeness': 0.685}
    """
    importance = np.asarray(importance, dtype=np.float64)
    if importance.ndim != 2 or not np.isfinite(importance).all() or (importance < 0).any():
        raise ValueError(f"importance of shape {importance.shape} must be [L, K], finite and at least 0")
    if not importance.size:
        return Measured({NUMBERS[0]: 0.0, NUMBERS[1]: 0.0})
    by_dimension, by_factor = _concentration(importance), _concentration(importance.T)
    values = {NUMBERS[0]: _weighed(by_dimension, importance), NUMBERS[1]: _weighed(by_factor, importance.T)}
    reasons = {NUMBERS[0]: "one factor: nothing to keep apart", NUMBERS[1]: "one dimension: nothing to spread over"}
    return Measured(values, reasons=reasons, arrays={"disentanglement": by_dimension, "completeness": by_factor})


def _concentration(importance: np.ndarray) -> np.ndarray:
    """1 - entropy of each row in base of its length, [m, j] -> [m]; nan with j = 1."""
    if importance.shape[1] == 1:
        return np.full(len(importance), np.nan)
    share = (importance + FLOOR) / (importance + FLOOR).sum(axis=1, keepdims=True)
    return 1.0 + (share * np.log(share)).sum(axis=1) / np.log(importance.shape[1])


def _weighed(concentration: np.ndarray, importance: np.ndarray) -> float:
    """Mean over rows weighed by their importance, by all alike where there is none."""
    weights = importance.sum(axis=1) if importance.any() else np.ones(len(importance))
    return float(np.clip(concentration @ weights / weights.sum(), 0.0, 1.0))


def dci_judged_by(
    judge: Judge,
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    suffix: str,
    *,
    keep_constant: bool = False,
) -> Measured:
    """D, C and I of any predictor: `judge` fits it to one factor; every name of the result ends in `suffix`.

    judge          (codes [n, L], one factor [n], test codes [m, L], the factor there [m]) -> importance of each
                   dimension [L], at least 0, accuracy on the test rows, accuracy on the training rows
    keep_constant  constant dimensions and factors are shown to the judge too
    returns        ranges, direction, chance and arrays as in `dci`

    ValueError for what `checked_parts` refuses.

    >>> def judge(train, target, test, truth):
    ...     return np.abs(np.corrcoef(train.T, target)[-1, :-1]).round(6), 1.0, 1.0
    >>> factors = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    >>> scores = dci_judged_by(judge, factors, factors, factors, factors, "_correlation")
    >>> round(scores["dci_disentanglement_correlation"], 6)
    1.0
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    dims, kept = active_dimensions(train) | keep_constant, varying_factors(targets) | keep_constant
    names = [name + suffix for name in NUMBERS]
    if not kept.any():
        return missing(names, CONSTANT_FACTORS)
    chosen = judge if dims.any() else _majority
    judged = [chosen(train[:, dims], targets[:, k], test[:, dims], truths[:, k]) for k in np.flatnonzero(kept)]
    importance, accuracy, fitted = (np.array(part) for part in zip(*judged, strict=True))
    scores = dci_scores(importance.T)
    values = dict(zip(names, [*scores.values(), accuracy.mean(), fitted.mean()], strict=True))
    return Measured(
        values,
        reasons={name + suffix: why for name, why in scores.reasons.items()},
        arrays={"importance": whole(importance.T, dims, kept), "test_accuracy": whole(accuracy, kept)},
    )


def _majority(train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray) -> Judged:
    """What can be said of a factor by a code that says nothing: its most frequent training value."""
    labels, counts = np.unique(target, return_counts=True)
    guess = labels[counts.argmax()]
    return np.zeros(train.shape[1]), float((truth == guess).mean()), float((target == guess).mean())


def _knows_something(accuracy: float, guess: float, rows: int) -> bool:
    return accuracy - guess > CHANCE_ERRORS * np.sqrt(guess * (1.0 - guess) / rows)


def _shuffled_accuracy(
    model: HistGradientBoostingClassifier, test: np.ndarray, truth: np.ndarray, column: int, orders: list[np.ndarray]
) -> float:
    """Accuracy over all shuffled copies of one column, in one prediction."""
    copies = np.tile(test, (len(orders), 1))
    copies[:, column] = np.concatenate([test[order, column] for order in orders])
    return float((model.predict(copies) == np.tile(truth, len(orders))).mean())
