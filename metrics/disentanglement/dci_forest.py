"""DCI with random forests."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import KFold
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.disentanglement.dci import Judged, dci_judged_by
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.forests import accuracy_by_depth

DEPTHS = (4, 8, 12)
FOLDS = 3


def dci_forest(
    train_codes: np.ndarray,
    train_factors: np.ndarray,
    test_codes: np.ndarray,
    test_factors: np.ndarray,
    *,
    seed: int,
    trees: int = 100,
) -> Measured:
    """D, C and I with random forests and their impurity importances, of the depth that predicts best.

    codes    [n, L] float in both parts; dimensions that are constant in training are dropped
    factors  [n, K] int in both parts; factors that are constant in training are left out, and with none left all is nan
    returns  `dci_disentanglement_forest`, `dci_completeness_forest`, `dci_informativeness_forest`,
             `dci_train_accuracy_forest`: as `dci`, in [0, 1], higher is better; D and C are 0 where nothing is
             important and low, not 0, by chance; informativeness by chance is the share of the most frequent value
    arrays   `importance` [L, K], `test_accuracy` [K]
    raises   ValueError for nan or infinity, for parts that do not fit together and for fewer than 3 training rows

    Every split looks at all dimensions: scikit-learn's default, a random few of them, spreads importance until a
    perfect code scores D = 0.5. Depth 4, 8 or 12 for each factor by 3 folds of the training rows.

    Eastwood and Williams 2018, section 2, with classes in place of the numbers that cianeastwood/qedr predicts.

    >>> factors = np.random.default_rng(0).integers(3, size=(300, 2))
    >>> result = dci_forest(factors[:200], factors[:200], factors[200:], factors[200:], seed=0, trees=5)
    >>> result["dci_disentanglement_forest"] > 0.98, result["dci_informativeness_forest"]
    (True, 1.0)
    """

    def forest(depth: int) -> RandomForestClassifier:
        return RandomForestClassifier(trees, max_depth=depth, max_features=None, random_state=seed)

    def judge(train: np.ndarray, target: np.ndarray, test: np.ndarray, truth: np.ndarray) -> Judged:
        scaler = StandardScaler().fit(train)  # trees compare in float32, which a large offset would use up
        train, test = scaler.transform(train), scaler.transform(test)
        folds = KFold(FOLDS, shuffle=True, random_state=seed).split(train)
        held_out = [
            accuracy_by_depth(forest(DEPTHS[-1]).fit(train[fit], target[fit]), DEPTHS, train[held], target[held])
            for fit, held in folds
        ]
        model = forest(DEPTHS[np.mean(held_out, axis=0).argmax()]).fit(train, target)
        return model.feature_importances_, model.score(test, truth), model.score(train, target)

    return dci_judged_by(judge, train_codes, train_factors, test_codes, test_factors, "_forest")
