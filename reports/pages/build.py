"""Everything the report consists of, made in memory and then written: an error leaves the old report as it was."""

import os
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.reports.drawing.pictures import PREPARE, copies_of
from diffrep.reports.drawing.side_by_side import kind_of, kind_of_edits
from diffrep.reports.pages import (
    data_page,
    findings_page,
    front_page,
    headline,
    method_page,
    numbers_page,
    papers_page,
    question_page,
    sure_page,
)
from diffrep.reports.pages.dataset import COPIES, DatasetResults, figures, gathered, tables
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.questions import QUESTIONS

REPORT_FOLDERS = ("tables", "figures", "metrics", "curves", "pictures", "questions", "methods", "datasets")
SHOW_PICTURES = ("decoded", "edited")  # figures


def build(root: Path, out: Path, study: Study) -> list[str]:
    """Write `out`/tables, figures, pictures, pages and index.html from the result files of the study, nothing else.

    root     the top of the repository: what the study's folders are relative to, and data/<dataset>/card.json where the
             data are on this machine
    returns  what was written, relative to `out`

    Same results, same bytes. Pictures that the stages drew are copied to `out`/pictures, where they may be passed on;
    where they are not on this machine, as in a clone, the copies are shown. ValueError, one line: a result, curve or
    picture that cannot be read, or results that cannot share a table (load.load).
    """
    files = contents(root, gathered(root, out, study), study)
    for folder in REPORT_FOLDERS:  # of which DVC expects all, also where there is nothing to put
        (out / folder).mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write(out / name, content)
    for path in (path for folder in REPORT_FOLDERS for path in (out / folder).rglob("*") if path.is_file()):
        if str(path.relative_to(out)) not in files:
            path.unlink()  # of a method or a data set that left the grid
    return list(files)


def contents(root: Path, found: list[DatasetResults], study: Study) -> dict[str, str | bytes]:
    """The files of the report by their names, out of what was gathered of each data set."""
    drawn = {dataset.name: figures(dataset, study) for dataset in found}
    fronts = {dataset.name: front_page.front_of(dataset, study) for dataset in found}
    return {
        **{f"tables/{name}": text for dataset in found for name, text in tables(dataset, study).items()},
        **{name: text for dataset in found for name, text in headline.files(dataset, fronts[dataset.name]).items()},
        **{
            f"figures/{data.name}-{kind}.png": png
            for data in found
            for kind, png in kept_figures(data, drawn[data.name]).items()
        },
        **{f"{COPIES}/{name}": copy for dataset in found for name, copy in kept_pictures(dataset).items()},
        "index.html": front_page.render(list(fronts.values()), drawn, study),
        **{
            f"questions/{question.key}.html": question_page.render(question, found, drawn, study)
            for question in QUESTIONS
        },
        "questions/findings.html": findings_page.render(
            [findings_page.section(data, study, front.scale if (front := fronts[data.name]) else "") for data in found],
            study,
        ),
        "questions/sure.html": sure_page.render([sure_page.section(data, study) for data in found], study),
        "questions/numbers.html": numbers_page.render(found, study),
        "questions/papers.html": papers_page.render(found, study),
        **{
            f"datasets/{data.name}.html": data_page.render(root, data, fronts[data.name], drawn[data.name], study)
            for data in found
        },
        **{f"methods/{method}.html": _method_page(method, found, study) for method in study.methods},
    }


def kept_pictures(dataset: DatasetResults) -> dict[str, bytes]:
    """Copies of what the figures of decodes and edits are drawn of, and of the contact sheet; git stays small.

    Nothing where the pictures may not be passed on.
    """
    if not dataset.may_be_shown:
        return {}
    kinds = ("reconstruct", kind_of_edits(dataset.pictures))
    drawn = [
        (Cell(dataset.name, method, picture.seed).pictures(picture.stage), picture)
        for method, pictures in dataset.pictures.items()
        for picture in pictures
        if picture.seed is not None and kind_of(picture) in kinds
    ]
    sheets = [(Shared(dataset.name).pictures(PREPARE), dataset.sheet)] if dataset.sheet else []
    return {name: content for folder, picture in drawn + sheets for name, content in copies_of(folder, picture).items()}


def kept_figures(dataset: DatasetResults, drawn: dict[str, bytes]) -> dict[str, bytes]:
    """The figures that git keeps: those that show pictures only where these may be passed on."""
    return {name: png for name, png in drawn.items() if dataset.may_be_shown or name not in SHOW_PICTURES}


def _method_page(method: str, found: list[DatasetResults], study: Study) -> str:
    sections: list[dict[str, Any]] = [
        method_page.section(dataset, row, study)
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
