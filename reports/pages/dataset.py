"""All that the report shows of one data set."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from diffrep.metrics.catalogue import CARRY_OVER
from diffrep.reports.drawing import budget as budget_figure
from diffrep.reports.drawing import exact, maps, over_time, precision, ranks
from diffrep.reports.drawing.curves import training_curves
from diffrep.reports.drawing.pictures import PREPARE, Picture, pictures_of, sheet_of
from diffrep.reports.drawing.side_by_side import decoded, edited
from diffrep.reports.pages import difference_table, doubts, facts, formats
from diffrep.reports.pages.readable import Table, readable, unmeasured
from diffrep.reports.reading.load import ResultFile, load
from diffrep.reports.reading.partway import budget_curves
from diffrep.reports.reading.reference import ReferenceRun, reference_run
from diffrep.reports.reading.study import Study
from diffrep.reports.rows import budget, cost
from diffrep.reports.rows.columns import by_group
from diffrep.reports.rows.cost import RowCost
from diffrep.reports.rows.differences import Difference, compare
from diffrep.reports.rows.finished import finished_rows
from diffrep.reports.rows.noise import noise_of
from diffrep.reports.rows.questions import headline
from diffrep.reports.rows.scores import TableRow, metrics_of, remarks_of
from diffrep.reports.rows.tidy import tidy
from diffrep.reports.rows.views import view_rows

COPIES = "pictures"


@dataclass(frozen=True)
class DatasetResults:
    """The results of one data set, gathered.

    differences  of its methods from the reference
    tables       as they are read, what is better than the reference in bold
    comparison   the differences as they are read; None where there is nothing to lay them beside
    pictures     method -> what it drew
    budget       what the methods are worth after parts of their training
    sheet        some of the images, where the stage `prepare` has left them or a copy is kept
    reference    what the committed reference run has of it
    """

    name: str
    results: list[ResultFile]
    rows: list[TableRow]
    views: list[TableRow]
    costs: list[RowCost]
    differences: list[Difference]
    tables: list[Table]
    comparison: difference_table.DifferenceTable | None
    pictures: dict[str, list[Picture]]
    budget: pd.DataFrame
    sheet: Picture | None
    reference: ReferenceRun | None

    @property
    def optimised(self) -> list[TableRow]:
        """Methods that took any optimiser step; closed forms and untrained controls are left out."""
        return [row for row in self.rows if row.kind == "method" and (row.mean("steps") or 0) > 0]

    @property
    def prepared(self) -> ResultFile | None:
        """The result of the stage `prepare`."""
        return next((r for r in self.results if (r.kind, r.row) == ("shared", PREPARE)), None)

    @property
    def may_be_shown(self) -> bool:
        """Whether the licence of the data lets its pictures be passed on, as far as it is known."""
        return bool(self.prepared and (self.prepared.notes.get("about") or {}).get("may_be_shown"))

    @cached_property
    def unmeasured(self) -> list[str]:
        """Columns that no row has, with the reason."""
        return unmeasured(self.rows)


def gathered(root: Path, out: Path, study: Study) -> list[DatasetResults]:
    """All that there is to show of each data set of the study, from its result files.

    root  what the study's folders are relative to
    out   the report's folder, which keeps copies of the pictures that it has shown
    """
    results = load(root, study.folders)
    return [
        results_of(root, out / COPIES, dataset, study, [result for result in results if result.dataset == dataset])
        for dataset in study.datasets
    ]


def results_of(root: Path, copies: Path, dataset: str, study: Study, results: list[ResultFile]) -> DatasetResults:
    """What there is to show of one data set; `results` are its own."""
    frame = tidy(results)
    rows = finished_rows(results, frame, dataset, study)
    remarks = remarks_of(rows)
    views = view_rows(frame, dataset, study, remarks)
    differences = compare(dataset, rows, study)
    marked, comparison = difference_table.compared(readable(rows, views), differences, len(study.seeds))
    return DatasetResults(
        name=dataset,
        results=results,
        rows=rows,
        views=views,
        costs=cost.costs_of(results, dataset, study, remarks),
        differences=differences,
        tables=doubts.doubted(marked, dataset, rows, noise_of(results), study),
        comparison=comparison,
        pictures={method: pictures_of(root, copies, dataset, method, study.seeds) for method in study.methods},
        budget=budget.budget_points(budget_curves(results), dataset, study),
        sheet=sheet_of(root, copies, dataset),
        reference=reference_run(root, dataset),
    )


def tables(dataset: DatasetResults, study: Study) -> dict[str, str]:
    """The files of tables by their names: full precision as CSV, the readable form as Markdown and LaTeX."""
    name = dataset.name
    files = {f"{name}-differences.csv": difference_table.to_csv(dataset.differences)} if dataset.comparison else {}
    files |= {f"{name}-views.csv": formats.to_csv(dataset.views)} if dataset.views else {}
    files |= {f"{name}-carry-over.csv": formats.to_csv(carried)} if (carried := carry_over(dataset.rows)) else {}
    files |= {f"{name}-budget.csv": budget.to_csv(dataset.budget)} if len(dataset.budget) else {}
    return files | {
        f"{name}.csv": formats.to_csv(dataset.rows),
        f"{name}.md": formats.to_markdown(name, dataset.tables, dataset.unmeasured, facts.joint_facts(dataset.results)),
        f"{name}.tex": formats.to_latex(name, dataset.tables),
        f"{name}-cost.csv": cost.to_csv(dataset.costs, study.stages),
    }


def carry_over(rows: list[TableRow]) -> list[TableRow]:
    """The methods with what they carry over of factors that went together in training alone; none of other data."""
    names = [column.name for column in by_group(CARRY_OVER, metrics_of(rows))]
    kept = [replace(row, scores={name: row.scores[name] for name in names}) for row in rows if row.kind == "method"]
    return kept if names else []


def figures(dataset: DatasetResults, study: Study) -> dict[str, bytes]:
    """The figures that there is something to draw in, by their names."""
    results, rows = dataset.results, dataset.rows
    drawn_by = {row.title: dataset.pictures[row.name] for row in dataset.optimised}
    lost = over_time.lost_order(results)
    drawn = {
        "decoded": decoded(drawn_by),
        "edited": edited(drawn_by),
        "ranks": ranks.ranks(rows, headline(rows), study.controls),
        "groups": precision.groups(rows),
        "exact": exact.gain_against_spill(rows, results),
        "cost": precision.cost_against_precision(rows, dataset.costs),
        "curves": training_curves(results, rows),
        "budget": budget_figure.budget(dataset.budget, rows),
        "denoising": over_time.denoising(rows),
        "attribute-loss": over_time.attribute_loss(results),
        "factor-map": maps.part_maps(results, rows, "disentangle", lost),
        "attribute-map": maps.part_maps(results, rows, "probe", {}),
        "times": over_time.precision_over_times(rows),
    }
    return {name: png for name, png in drawn.items() if png is not None}
