"""The page of every number: one table per data set, whose rows are filtered and whose columns are chosen."""

from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.difference_table import rule_of, with_verdicts
from diffrep.reports.pages.environment import environment
from diffrep.reports.pages.question_page import first_files
from diffrep.reports.pages.readable import Table, table_of
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.columns import TABLE_GROUPS, by_group, numbers_of
from diffrep.reports.rows.scores import metrics_of


def render(found: list[DatasetResults], study: Study) -> str:
    """The page as text; at first it shows the columns of the summary."""
    sections = [
        {
            "name": dataset.name,
            "table": table_with_verdicts(dataset, study),
            "shown": [column.name for column in by_group("summary", metrics_of(dataset.rows))],
            "files": first_files(dataset),
        }
        for dataset in found
        if dataset.tables
    ]
    titles = {**TABLE_GROUPS, "detail": "What explains other numbers", "": "In no table"}
    return environment().get_template("numbers.html").render(
        sections=sections, study=study, root="../", titles=titles
    )  # fmt: skip


def table_with_verdicts(dataset: DatasetResults, study: Study) -> Table:
    """All numbers of a data set, with what is better and worse than the reference marked as in the other tables."""
    table = table_of("Every number", numbers_of(metrics_of(dataset.rows)), dataset.rows)
    if dataset.comparison is None:
        return table
    return with_verdicts(table, dataset.differences, rule_of(dataset.differences, len(study.seeds)))
