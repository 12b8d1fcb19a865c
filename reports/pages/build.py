"""Everything the report consists of, made in memory and then written: an error leaves the old report as it was."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diffrep.reports.drawing.overview import overview
from diffrep.reports.pages import data_page, method_page, page, sure_page
from diffrep.reports.pages.dataset import DatasetResults, figures, page_section, results_of, tables
from diffrep.reports.reading.load import ResultFile, load
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.differences import Difference, compare
from diffrep.reports.rows.tidy import tidy

REPORT_FOLDERS = ("tables", "figures", "methods", "datasets")


def build(root: Path, out: Path, study: Study) -> None:
    """Write `out`/tables, figures, methods, datasets and the pages from the result files of the study, nothing else.

    root  the top of the repository: what the study's folders are relative to, and data/<dataset>/card.json where the
          data are on this machine

    Same results, same bytes. ValueError, one line: a result, curve or picture that cannot be read, or results that
    cannot share a table (load.load).
    """
    results = load(root, study.folders)
    files = contents(root, study, results, compare(tidy(results), study))
    for name, content in files.items():
        if content is not None:
            write(out / name, content)
    for path in (path for folder in REPORT_FOLDERS for path in (out / folder).glob("*")):
        if str(path.relative_to(out)) not in files:
            path.unlink()  # of a method or a data set that left the grid


def contents(
    root: Path, study: Study, results: list[ResultFile], compared: Sequence[Difference]
) -> dict[str, str | bytes | None]:
    """The files of the report by their names; None for a figure that stays as it is.

    A clone has results and no pictures to draw an overview of; that which it has is of the same results.

    compared  every method with the reference, in the metrics of the summary; without them nothing is bold
    """
    frame = tidy(results)
    found = [results_of(root, dataset, study, results, frame, compared) for dataset in study.datasets]
    drawn = {dataset.name: figures(dataset) for dataset in found}
    front = overview({(data.name, row.title): data.pictures[row.name] for data in found for row in data.trained})
    sections = [page_section(root, dataset, study, drawn[dataset.name]) for dataset in found]
    return {
        **{f"tables/{name}": text for dataset in found for name, text in tables(dataset, study).items()},
        **{f"figures/{name}-{kind}.png": png for name, kinds in drawn.items() for kind, png in kinds.items()},
        **({"figures/overview.png": front} if any(data.trained for data in found) else {}),
        "index.html": page.render(sections, study, front),
        sure_page.FILE: sure_page.render([sure_page.section(data, study) for data in found], study),
        **{f"datasets/{data.name}.html": data_page.render(root, data.name, data.results, study) for data in found},
        **{f"methods/{method}.html": _method_page(method, found, study) for method in study.methods},
    }


def _method_page(method: str, found: list[DatasetResults], study: Study) -> str:
    sections: list[dict[str, Any]] = [
        method_page.section(dataset.name, row, dataset.pictures[method], dataset.results, study)
        for dataset in found
        for row in dataset.rows
        if (row.kind, row.name) == ("method", method)
    ]
    return method_page.render(method, sections, study)


def write(path: Path, content: str | bytes) -> None:
    """Write `content` under a temporary name and rename: a reader finds the old file or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    os.replace(partial, path)
