"""What pairing by seed buys: how much of the variance of both methods is left in that of their difference.

    python tests/benchmarks/pairing.py [FOLDER WITH params.yaml AND results]

For each data set and metric of the summary: the variance over seeds of the difference of two methods over the sum of
both variances, each averaged over all pairs of methods that the seeds train. 1: nothing is shared. Pairing shortens an
interval where the ratio is below what is printed first, since it halves the degrees of freedom. The flags `paired` of
metrics/facts were set from this, on the run before the one that they are used on (metrics/comparison.py).
"""

import itertools
import sys
from pathlib import Path

import numpy as np
from scipy import stats

from diffrep.metrics.comparison import is_constant
from diffrep.pipelines.core.params import load as load_params
from diffrep.pipelines.study import study_of
from diffrep.reports.reading.load import load
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.finished import finished_rows
from diffrep.reports.rows.roles import role_of
from diffrep.reports.rows.scores import TableRow, metrics_of
from diffrep.reports.rows.tidy import tidy


def ratio(values: list[np.ndarray]) -> float:
    """Mean variance of the differences of all pairs of methods [s] / mean sum of both variances."""
    pairs = list(itertools.combinations(values, 2))
    apart = np.mean([np.var(mine - theirs, ddof=1) for mine, theirs in pairs])
    return float(apart / np.mean([np.var(mine, ddof=1) + np.var(theirs, ddof=1) for mine, theirs in pairs]))


def worth_it(seeds: int) -> float:
    """The ratio below which the paired interval is the shorter one."""
    unpaired, paired = (stats.t.ppf(0.975, df) for df in (2 * seeds - 2, seeds - 1))
    return float((unpaired / paired) ** 2)


def ratios(rows: list[TableRow], study: Study) -> dict[str, tuple[float, int]]:
    """Metric -> the ratio, and of how many methods."""
    trained = [row for row in rows if row.kind == "method" and role_of(row) == "trained"]
    found = {}
    for column in by_group("summary", metrics_of(rows)):
        scores = (np.array(row.scores[column.name].values) for row in trained)
        values = [each for each in scores if len(each) == len(study.seeds) and not is_constant(each)]
        if len(values) > 1:
            found[column.name] = ratio(values), len(values)
    return found


def main() -> None:
    """Print a line for each data set and metric."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    study = study_of(load_params(root), root)
    print(f"paired is shorter below {', '.join(f'{worth_it(n):.2f} at {n} seeds' for n in (3, 5, 10))}")
    results = load(root, study.folders)
    frame = tidy(results)
    for dataset in study.datasets:
        for metric, (found, methods) in ratios(finished_rows(results, frame, dataset, study), study).items():
            print(f"{dataset:20} {metric:34} {found:5.2f} of {methods} methods")


if __name__ == "__main__":
    main()
