"""What the report gathers of the one data set of a `results_tree`."""

from collections.abc import Sequence

from diffrep.reports.pages.dataset import DatasetResults, results_of
from diffrep.reports.rows.differences import Difference
from diffrep.reports.rows.tidy import tidy
from tests.helpers.results_tree import ResultsTree


def gathered(tree: ResultsTree, compared: Sequence[Difference] = ()) -> DatasetResults:
    """Its results, with differences as given."""
    return results_of(
        tree.root, tree.root / "reports", "squares", tree.study, tree.results, tidy(tree.results), compared
    )
