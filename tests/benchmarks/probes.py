"""What probes that are trained for some steps, as the papers' are, lack beside the solved ones of a workspace's tables.

    python tests/benchmarks/probes.py WORKSPACE [SEED]

Reads codes, data and results of a workspace whose cells were run here; writes nothing. A line per method of the grid:
average precision on test images in the tables; that of a probe trained for 5,000 Adam steps of 128 codes, its best pass
by validation images, mean of two; and what the second lacks.
"""

import math
import os
import sys
from pathlib import Path

import numpy as np

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.means import defined_mean
from diffrep.metrics.probes.scores import average_precision
from diffrep.metrics.probes.trained_probe import BATCH, linear_probe
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Shared, result_file
from diffrep.pipelines.trained.codes import codes_of_images

STEPS = 5_000


def trained(codes: dict[str, np.ndarray], known: dict[str, np.ndarray]) -> float:
    """Average precision of trained probes, mean over two of them and the attributes that have both values."""
    flat = {split: rows.reshape(len(rows), -1) for split, rows in codes.items()}
    found = linear_probe(
        *(flat["train"], known["train"], flat["valid"], known["valid"], flat["test"]),
        seeds=(0, 1),
        epochs=math.ceil(STEPS * BATCH / len(flat["train"])),
    )
    each = [average_precision(logits, known["test"]) for logits in found.test_logits]
    return float(defined_mean(np.mean(each, axis=0), axis=0))


def main(workspace: Path, seed: int) -> None:
    """Print a line per cell of the seed, as soon as it is known."""
    os.chdir(workspace)
    params = load()
    print(f"{'':36} {'tables':>7} {'trained':>7} {'lacks':>7}")
    for dataset in params.grid.dataset:
        data = Prepared(Shared(dataset).data)
        known = {split: np.asarray(data.attributes[rows]) for split, rows in data.splits.items()}
        for method in params.grid.method:
            cell = Cell(dataset, method, seed)
            told = read_json(result_file(cell.results("probe")))["average_precision"]
            short = trained(codes_of_images(cell, data.splits), known)
            print(f"{dataset + ' ' + method:36} {told:7.3f} {short:7.3f} {told - short:+7.3f}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
