"""Whether a budget is enough: precision on validation images after parts of the training, and what the last one adds.

    python tests/benchmarks/budget.py WORKSPACE

Reads the results of a workspace whose grid has `evaluate.partway: [0.25, 0.5]`; trains and scores nothing. A line per
trained method: the mean over seeds after each share of its steps, what each share adds to the one before, and whether
the last one, from half of the steps to all of them, moves it by no more than ENOUGH in either direction. Ends with exit
code 1 where one is moved by more.
"""

import sys
from pathlib import Path

import pandas as pd

from diffrep.pipelines.core.params import load as load_params
from diffrep.pipelines.study import study_of
from diffrep.reports.reading.load import load
from diffrep.reports.reading.partway import budget_curves

ENOUGH = 0.02
MEASURE = "valid_average_precision"


def means(curves: pd.DataFrame) -> pd.DataFrame:
    """Mean over seeds by data set and method (lines) and share (columns, rising), of rows that are trained by steps."""
    known = curves[(curves["metric"] == MEASURE) & curves["images"].notna()]
    return known.pivot_table("value", ["dataset", "row"], "share", sort=True)


def gains(found: pd.DataFrame) -> pd.DataFrame:
    """What each share adds to the one before."""
    return found.diff(axis=1).iloc[:, 1:]


def lines(found: pd.DataFrame) -> list[str]:
    """The table in words, and under it what is decided."""
    added = gains(found)
    heads = [f"{share:g}" for share in found.columns] + [f"to {share:g}" for share in added.columns]
    told = [f"{'':34}" + "".join(f"{head:>9}" for head in heads)]
    for (dataset, row), values in found.iterrows():
        steps = added.loc[(dataset, row)]
        numbers = "".join(f"{value:9.3f}" for value in values) + "".join(f"{value:+9.3f}" for value in steps)
        told.append(f"{dataset + ' ' + row:34}{numbers}{'' if abs(steps.iloc[-1]) <= ENOUGH else '  moves'}")
    moved = moving(found)
    last = f"from {found.columns[-2]:g} of the steps to all of them"
    verdict = f"{last} no method moves by more than {ENOUGH}" if not moved else f"{last} {', '.join(moved)} still move"
    return [*told, f"{verdict} (precision on validation images, mean over seeds)"]


def moving(found: pd.DataFrame) -> list[str]:
    """The rows that the last share moves by more than ENOUGH."""
    last = gains(found).iloc[:, -1].abs()
    return [" ".join(place) for place in last.index[last > ENOUGH]]


def main(workspace: Path) -> int:
    """Print the table of a workspace."""
    study = study_of(load_params(workspace), workspace)
    found = means(budget_curves(load(workspace, study.folders)))
    if found.shape[1] < 2:
        print(f"{workspace} has no scores of parts of a training: set evaluate.partway and run diffrep repro")
        return 1
    print("\n".join(lines(found)))
    return int(bool(moving(found)))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
