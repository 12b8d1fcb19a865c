"""How much faster the grid metrics of the default table are with our boosting than with scikit-learn's, and how equal.

Run with `python tests/benchmarks/boosting.py`, some minutes of which nearly all are scikit-learn's; with `wide` behind
it, DCI of 512 dimensions alone, which scikit-learn would take hours for. Processor seconds of one thread, 10,000 rows
to fit on and 5,000 to test on, factors of the sizes of 3D Shapes.
"""

import os
import resource
import sys
import time
from collections.abc import Callable

os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = "1"

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from diffrep.metrics.disentanglement.dci import dci, dci_scores
from diffrep.metrics.disentanglement.factor_vae import factor_vae
from diffrep.metrics.disentanglement.mig import mig
from diffrep.metrics.measured import Measured
from diffrep.metrics.numerics.boosting import fit

SIZES = (10, 10, 10, 8, 4, 15)
TRAIN, TEST, DIMENSIONS, WIDE = 10_000, 5_000, 10, 512
Parts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def noisy_mixture(dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes [n, dimensions] that tell the factors [n, 6] partly by one dimension each, partly by all."""
    generator = np.random.default_rng(0)
    factors = np.column_stack([generator.integers(size, size=TRAIN + TEST) for size in SIZES])
    standard = (factors - factors.mean(axis=0)) / factors.std(axis=0)
    mixing = 0.2 * generator.normal(size=(len(SIZES), dimensions))
    mixing[:, : len(SIZES)] += np.eye(len(SIZES))
    return standard @ mixing + 0.4 * generator.normal(size=(len(factors), dimensions)), factors


def reference(train: np.ndarray, targets: np.ndarray, test: np.ndarray, truths: np.ndarray, seed: int) -> Measured:
    """DCI as `dci` has it, with scikit-learn's trees."""
    importances, accuracies = [], []
    for target, truth in zip(targets.T, truths.T, strict=True):
        model = GradientBoostingClassifier(random_state=seed).fit(train, target)
        importances.append(model.feature_importances_.clip(min=0.0))
        accuracies.append([model.score(test, truth), model.score(train, target)])
    informativeness, fitted = np.mean(accuracies, axis=0)
    scores = dci_scores(np.array(importances).T)
    return Measured({**scores, "dci_informativeness": informativeness, "dci_train_accuracy": fitted})


def timed(action: Callable[[], Measured]) -> tuple[float, Measured]:
    """Processor seconds of a call, and what it returned."""
    start = time.process_time()
    result = action()
    return time.process_time() - start, result


def main() -> None:
    """Print times, ratios and scores."""
    start = time.process_time()
    fit(np.eye(3), np.arange(3), rounds=1).predict(np.eye(3))
    print(f"first call, compiling or reading what was compiled: {time.process_time() - start:.1f} s")
    wide = sys.argv[1:] == ["wide"]
    codes, factors = noisy_mixture(WIDE if wide else DIMENSIONS)
    parts: Parts = codes[:TRAIN], factors[:TRAIN], codes[TRAIN:], factors[TRAIN:]
    ours, scores = timed(lambda: dci(*parts))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # KiB to GiB
    print(f"dci of {codes.shape[1]} dimensions: {ours:.1f} s, process at most {peak:.2f} GiB")
    if wide:
        return
    others = timed(lambda: factor_vae(codes, factors, seed=0))[0] + timed(lambda: mig(*parts[:2]))[0]
    theirs, expected = timed(lambda: reference(*parts, seed=0))
    print(f"scikit-learn's: {theirs:.1f} s, {theirs / ours:.1f} times as long")
    table, before = ours + others, theirs + others
    print(f"factor_vae, mig and dci: {table:.1f} s, with scikit-learn's trees {before / table:.1f} times as long")
    for name, value in scores.items():
        print(f"  {name}: {value:.5f}, scikit-learn's {expected[name]:.5f}, apart {value - expected[name]:+.5f}")


if __name__ == "__main__":
    main()
