"""DCI-ES: how large a probe must be to read the factors, and how large the code is.

Eastwood et al. 2023, "DCI-ES: an extended disentanglement framework with connections to identifiability",
arXiv:2210.00364, section 4; reference: andreinicolicioiu/DCI-ES, metrics/explitcitness.py and src/simple_gather.py.
Here, unlike there: forests see all dimensions at every split, all factors are classes, and one forest, grown to the
largest depth, is read at all of them.
"""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.codes import CONSTANT_FACTORS, active_dimensions, checked_parts, varying_factors, whole
from diffrep.metrics.disentanglement.dci import dci_scores
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.numerics.forests import accuracy_by_depth

DEPTHS = (1, 2, 3, 4, 8, 10, 12, 14, 16, 18, 20, 32)
OWN_NUMBERS = ("dci_es_explicitness", "dci_es_size", "dci_es_depth")
BESIDE = ("dci_es_disentanglement", "dci_es_completeness", "dci_es_informativeness")


def dci_es(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    trees: int = 100,
    compat: bool = False,
) -> Measured:
    """How little capacity a random forest needs to read the factors, and how few dimensions the code takes.

    codes    [n, L] float in both parts; dimensions that are constant in training are dropped
    factors  [n, K] int in both parts; factors that are constant in training are left out, and with none left all is nan
    compat   as published: a split sees a random root of L dimensions, each depth has a fit of its own, and constant
             dimensions are kept
    returns  `dci_es_explicitness`: mean over factors of `explicitness_of_curve`, for the share of test rows told wrong
             over the largest depth, 1 to 32; up to 1, higher is better. Never without informativeness beside it: a code
             that says nothing has nothing to gain from capacity, and scores near 1 by chance
             `dci_es_size`: factors over dimensions, above 0, higher is better; above 1 a code cannot be complete
             `dci_es_depth`: of the forests with the best mean test accuracy, the least of equals; 1 to 32, no direction
             `dci_es_disentanglement`, `dci_es_completeness`, `dci_es_informativeness`: of that depth, by
             impurity importances, as `dci`; in [0, 1], higher is better. The depth is chosen on the rows it is scored
             on, as published; where informativeness is chance, so are the depth, D and C
             without a dimension that varies E, S, depth, D and C are 0
    arrays   `explicitness` and `test_accuracy` [K], `importance` [L, K], `loss` [depths, K]
    raises   ValueError for nan or infinity and for parts that do not fit together

    Eastwood et al. 2023, arXiv:2210.00364, section 4.

    >>> factors = np.random.default_rng(0).integers(2, size=(300, 2))
    >>> result = dci_es(factors[:200], factors[:200], factors[200:], factors[200:], seed=0, trees=5)
    >>> result["dci_es_explicitness"], result["dci_es_size"], result["dci_es_informativeness"]
    (1.0, 1.0, 1.0)
    """
    train, test = checked_parts(train_codes, train_factors, test_codes, test_factors)
    targets, truths = np.asarray(train_factors), np.asarray(test_factors)
    varying, kept = active_dimensions(train), varying_factors(targets)
    names = (*OWN_NUMBERS, *BESIDE)
    if not kept.any():
        return missing(names, CONSTANT_FACTORS)
    targets, truths = targets[:, kept], truths[:, kept]
    if not varying.any():
        return Measured(dict.fromkeys(names, 0.0) | {BESIDE[2]: _most_frequent(targets, truths)})
    dims = np.ones_like(varying) if compat else varying
    scaler = StandardScaler().fit(train[:, dims])  # trees compare in float32, which a large offset would use up
    train, test = scaler.transform(train[:, dims]), scaler.transform(test[:, dims])

    def forest(depth: int, target: np.ndarray) -> RandomForestClassifier:
        model = RandomForestClassifier(
            trees, max_depth=depth, max_features="sqrt" if compat else None, random_state=seed
        )
        return model.fit(train, target)

    def curve(target: np.ndarray, truth: np.ndarray) -> np.ndarray:
        if compat:
            return np.array([forest(depth, target).score(test, truth) for depth in DEPTHS])
        return accuracy_by_depth(forest(DEPTHS[-1], target), DEPTHS, test, truth)

    accuracy = np.array([curve(target, truth) for target, truth in zip(targets.T, truths.T, strict=True)])
    guessing = np.array([1.0 - 1.0 / len(np.unique(target)) for target in targets.T])
    explicitness = explicitness_of_curve(1.0 - accuracy.T, np.array(DEPTHS), guessing)
    best = accuracy.mean(axis=0).round(12).argmax()  # means of equal accuracies differ by rounding
    importance = np.array([forest(DEPTHS[best], target).feature_importances_ for target in targets.T])
    scores = dci_scores(importance.T)
    values = dict(zip(OWN_NUMBERS, (explicitness.mean(), kept.sum() / dims.sum(), DEPTHS[best]), strict=True))
    values |= dict(zip(BESIDE, [*scores.values(), accuracy[:, best].mean()], strict=True))
    return Measured(
        values,
        reasons={name.replace("dci_", "dci_es_"): why for name, why in scores.reasons.items()},
        arrays={
            "explicitness": whole(explicitness, kept),
            "test_accuracy": whole(accuracy[:, best], kept),
            "importance": whole(importance.T, dims, kept),
            "loss": whole(1.0 - accuracy.T, np.ones(len(DEPTHS), dtype=bool), kept),
        },
    )


def explicitness_of_curve(losses: np.ndarray, capacities: np.ndarray, baselines: np.ndarray) -> np.ndarray:
    """How early a probe of growing capacity reaches its least loss.

    losses      [m, K] at least 0: test losses of each factor at each capacity; the least so far counts
    capacities  [m] ascending
    baselines   [K] above 0: loss of a predictor that knows nothing
    returns     [K]: 1 where the smallest capacity has the least loss, 0 where the loss falls along a line from the
                baseline to 0, -1 where it stays at the baseline and falls to 0 at the end

    Eastwood et al. 2023, section 4, with the least loss of 0 in the denominator that the published numbers have.

    >>> line, at_once = [0.8, 0.4, 0.0], [0.0, 0.0, 0.0]
    >>> explicitness_of_curve(np.array([line, at_once]).T, np.arange(3), np.array([0.8, 0.8])).tolist()
    [0.0, 1.0]
    """
    lowest = np.minimum.accumulate(losses, axis=0)
    area = np.trapezoid(lowest - lowest[-1], capacities, axis=0)
    return 1.0 - 2.0 * area / (np.ptp(capacities) * baselines)


def _most_frequent(targets: np.ndarray, truths: np.ndarray) -> float:
    """Mean test accuracy of naming each factor's most frequent training value."""
    guesses = [labels[counts.argmax()] for labels, counts in (np.unique(t, return_counts=True) for t in targets.T)]
    return float((truths == np.array(guesses)).mean())
