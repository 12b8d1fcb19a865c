"""The page of every number: one table per data set, whose rows are filtered and whose columns are chosen."""

from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.pages.question_page import files_of
from diffrep.reports.pages.readable import table_of
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import TABLE_GROUPS, by_group, numbers_of
from diffrep.reports.rows.scores import metrics_of


def render(found: list[DatasetResults], study: Study) -> str:
    """The page as text; at first it shows the columns of the summary."""
    sections = [
        {
            "name": dataset.name,
            "table": table_of("Every number", numbers_of(metrics_of(dataset.rows)), dataset.rows),
            "shown": [column.name for column in by_group("summary", metrics_of(dataset.rows))],
            "files": files_of(dataset),
        }
        for dataset in found
        if dataset.tables
    ]
    titles = {**TABLE_GROUPS, "detail": "What explains other numbers", "": "In no table"}
    return environment().get_template("numbers.html").render(
        sections=sections, study=study, root="../", titles=titles
    )  # fmt: skip
