"""What the judge may be asked about decodes: the factors that it reads well enough on real images."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.edits.counterfactual import oracle_fails
from diffrep.pipelines.edits.oracle import Judge
from diffrep.pipelines.stages.oracle import left_out, load_judge, questions

CORRELATED = 0.2  # attributes whose labels correlate more with the target do not count as damage


@dataclass(frozen=True)
class Asked:
    """The judge and the K factors or attributes that it is asked about.

    kept      [K] which of the data set's factors these are
    names     [K]
    accuracy  [K] of the judge on real test images
    truth     [n, K] their true values on the test split
    counted   [K, K] whether a change of factor j counts against an edit of factor k; None: all do
    left_out  the others, with the judge's accuracy, in words
    """

    judge: Judge
    kept: np.ndarray
    names: list[str]
    accuracy: np.ndarray
    truth: np.ndarray
    counted: np.ndarray | None
    left_out: str

    def read(self, images: Tensor) -> np.ndarray:
        """Images [n, c, h, w] in about [-1, 1] -> the values [n, K] that the judge sees."""
        return self.judge.read(images)[:, self.kept]

    def log_odds(self, images: Tensor, of: np.ndarray, against: np.ndarray) -> np.ndarray:
        """How much rather the judge sees the values `of` [n, K] than `against`: differences of logits [n, K]."""
        logits, rows = self.judge.logits(images), np.arange(len(images))
        columns = [logits[k] for k in self.kept]
        return np.stack([x[rows, of[:, i]] - x[rows, against[:, i]] for i, x in enumerate(columns)], axis=1)

    @property
    def binary(self) -> bool:
        """Whether all that is asked about has two values: attributes."""
        return all(self.judge.sizes[k] == 2 for k in self.kept)

    def presence(self, images: Tensor) -> np.ndarray:
        """The judge's log-odds [n, K] that binary attributes are there."""
        ones = np.ones((len(images), len(self.kept)), int)
        return self.log_odds(images, ones, ones - 1)

    def fails_on(self, readings: np.ndarray, truth: np.ndarray) -> str:
        """The factors, with agreement, that the judge does not read off these decodes [m, K] of known images."""
        agreement = (readings == truth).mean(0)
        majority = np.array([np.bincount(column).max() for column in self.truth.T]) / len(self.truth)
        fails = oracle_fails(agreement, self.accuracy, majority)
        return ", ".join(f"{self.names[k]} ({agreement[k]:.2f})" for k in np.flatnonzero(fails))


def asked(params: dict[str, Any], dataset: str, data: Prepared) -> Asked:
    """The trained judge of a data set, and what it may be asked at the accuracy that the params demand."""
    judge, accuracy = load_judge(params, dataset, data)
    least = params["oracle"]["accuracy"]
    kept = np.array([k for k, value in enumerate(accuracy.values()) if value >= least], dtype=int)
    names, _, values = questions(data)
    truth = values[data.splits["test"]][:, kept]
    return Asked(
        judge,
        kept,
        [names[k] for k in kept],
        np.array(list(accuracy.values()))[kept],
        truth,
        None if data.factors is not None or len(kept) < 2 else np.abs(np.corrcoef(truth, rowvar=False)) < CORRELATED,
        left_out(accuracy, least),
    )
