"""The rows of a data set as every table, page and command has them."""

import pandas as pd

from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.flags import flagged, overshot, set_apart, unread_of
from diffrep.reports.rows.scores import TableRow, notes_of, on_models, rows_of


def finished_rows(results: list[ResultFile], frame: pd.DataFrame, dataset: str, study: Study) -> list[TableRow]:
    """The rows with all that is known of them: remarks, models that they stand on, warnings, what is not compared.

    frame  of these results, as `tidy` gives it
    """
    here = [result for result in results if result.dataset == dataset]
    rows = on_models(rows_of(frame, dataset, study, notes_of(here, dataset)), here)
    return flagged(overshot(set_apart(rows)), unread_of(here, dataset))
