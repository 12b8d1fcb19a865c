"""How far the probes of a workspace's tables are from probes that are solved: average precision on its test images.

    python tests/benchmarks/probes.py WORKSPACE [SEED]

Reads codes, data and results of a workspace whose cells were run here; trains and writes nothing. A line per method of
the grid: the tables' number, of a probe that ends after `evaluate.probe.steps` steps of Adam; that of logistic
regression on the same standardised rows, its penalty chosen by validation rows; and what the first lacks.
"""

import os
import sys
from pathlib import Path

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.means import defined_mean
from diffrep.metrics.probes.logistic_probe import logistic_probe
from diffrep.metrics.probes.scores import average_precision
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Shared, result_file
from diffrep.pipelines.trained.codes import codes_of_images


def solved(codes: dict[str, np.ndarray], known: dict[str, np.ndarray]) -> float:
    """Average precision of logistic regression, mean over the attributes that have both values."""
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    logits = logistic_probe(flat["train"], known["train"], flat["valid"], known["valid"], flat["test"])
    return float(defined_mean(average_precision(logits, known["test"]), axis=0))


def main(workspace: Path, seed: int) -> None:
    """Print a line per cell of the seed, as soon as it is known."""
    os.chdir(workspace)
    params = load()
    print(f"{'':36} {'tables':>7} {'solved':>7} {'lacks':>7}")
    for dataset in params.grid.dataset:
        data = Prepared(Shared(dataset).data)
        known = {split: np.asarray(data.attributes[rows]) for split, rows in data.splits.items()}
        for method in params.grid.method:
            cell = Cell(dataset, method, seed)
            told = read_json(result_file(cell.results("probe")))["average_precision"]
            exact = solved(codes_of_images(cell, data.splits), known)
            print(f"{dataset + ' ' + method:36} {told:7.3f} {exact:7.3f} {exact - told:+7.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
