"""What the runs of a data set should hold, read from the result files of a study."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.paths import Cell, Shared, cost_file, curves
from diffrep.pipelines.tracking import encoder
from diffrep.pipelines.tracking.about import description
from diffrep.pipelines.tracking.content import RunContent
from diffrep.pipelines.tracking.numbers import (
    PREPARED,
    TRAINING,
    Settings,
    curves_of,
    headline_numbers,
    metrics,
    parameters,
)
from diffrep.pipelines.tracking.store import RunKey
from diffrep.pipelines.tracking.times import committed, span
from diffrep.reports.reading.load import ResultFile, read
from diffrep.reports.reading.study import Study

TAGS = {k: k for k in ("device", "preset", "data_sha256", "note")} | {"suite_commit": "commit"}
REPORT = "report"
REPORTS = Path("reports")
COPIES = REPORTS / "pictures"  # of pictures that the report has shown


@dataclass(frozen=True)
class Source:
    """What runs are read from.

    root      what the study's folders are relative to
    settings  what a result was made with, where that is still what params.yaml says
    commits   `committed` of the tree
    """

    root: Path
    study: Study
    settings: Settings
    commits: Mapping[Path, float]


def run_contents(study: Study, root: Path, settings: Settings) -> dict[str, list[RunContent]]:
    """Data set -> every row and seed that has results, anchors after methods, in the order of the tables."""
    source = Source(root, study, settings, committed(root))
    return {name: of_data_set(name, source) for name in study.datasets}


def of_data_set(dataset: str, source: Source) -> list[RunContent]:
    """The runs of one data set, at their end the one that holds its tables and figures."""
    found: dict[tuple[str, str, int | None], list[ResultFile]] = {}
    study = source.study
    for result in read(source.root, (folder for folder in study.folders if folder.dataset == dataset)):
        found.setdefault((result.kind, result.row, result.seed), []).append(result)
    seeds = (*study.seeds, None)
    rows = [("method", name) for name in study.methods] + [("anchor", name) for name in study.anchors]
    wanted = [(kind, name, seed) for kind, name in rows for seed in seeds if (kind, name, seed) in found]
    runs = [of_row(found[run], shared_at(found, run[2]), source) for run in wanted]
    return runs + ([of_report(dataset, source.root, runs)] if runs else [])


def shared_at(found: Mapping[tuple[str, str, int | None], list[ResultFile]], seed: int | None) -> dict[str, ResultFile]:
    """Stage -> what the rows of a seed share, be it one for all seeds or made anew with each."""
    return {row: own[0] for (kind, row, at), own in found.items() if kind == "shared" and at in (None, seed)}


def of_row(results: list[ResultFile], shared: Mapping[str, ResultFile], source: Source) -> RunContent:
    """The results of one row at one seed, in the order of the stages.

    shared  those of the data set itself, by stage
    """
    key = run_key(results)
    adapter = str(source.study.method_settings.get(key.row, {}).get("adapter") or key.row)
    began, ended = span(results, source.commits)
    lines = curves_of(curves(next((r.path.parent for r in results if r.stage == TRAINING), Path())))
    return RunContent(
        key,
        began,
        ended,
        files=artifact_files(results),
        pictures=pictures_of(key, results, source.root),
        model=encoder.reference(key, source.root),
        params=parameters(key, results, shared, source.settings),
        metrics=metrics(results, lines),
        curves=lines,
        tags=tags_of(results) | {"mlflow.note.content": description(key, adapter, headline_numbers(results))},
        data=data_of(results),
    )


def of_report(dataset: str, root: Path, runs: list[RunContent]) -> RunContent:
    """A run for what is of all rows together: the last report's tables and figures, and what the data look like."""
    places = [
        *sorted((root / REPORTS / "tables").glob(f"{dataset}*")),
        *sorted((root / REPORTS / "figures").glob(f"{dataset}-*.png")),
    ]
    files = {f"{path.parent.name}/{path.name}": path for path in places}
    began, ended = min(run.began for run in runs), max(run.ended for run in runs)
    note = f"Tables and figures of all rows on `{dataset}`: see Artifacts."
    tags = {"mlflow.note.content": note}
    sheets = drawn(root, Shared(dataset).pictures(PREPARED), PREPARED)
    return RunContent(RunKey(dataset, REPORT, None, REPORT, REPORT), began, ended, files, sheets, tags=tags)


def run_key(results: list[ResultFile]) -> RunKey:
    """What a run is found by: the hash of the settings that its weights were made with, or of an anchor's stage."""
    first = results[0]
    made_with = first.record.get("settings_hash") or first.record.get("params_hash")
    return RunKey(first.dataset, first.row, first.seed, str(made_with), first.kind)


def artifact_files(results: list[ResultFile]) -> dict[str, Path]:
    """Name in the run -> file: results/<stage>.json, its cost and curves."""
    found: dict[str, Path] = {}
    for result in results:
        name, folder = f"results/{result.stage}", result.path.parent
        found |= {f"{name}.json": result.path, f"{name}-cost.json": cost_file(folder), f"{name}.csv": curves(folder)}
    return {name: path for name, path in found.items() if path.exists()}


def pictures_of(key: RunKey, results: list[ResultFile], root: Path) -> dict[str, Path]:
    """pictures/<stage>-<kind>.png -> file, of all pictures of a method that are here."""
    if key.kind != "method" or key.seed is None:
        return {}
    cell = Cell(key.dataset, key.row, key.seed)
    return {name: path for r in results for name, path in drawn(root, cell.pictures(r.stage), r.stage).items()}


def drawn(root: Path, folder: Path, stage: str) -> dict[str, Path]:
    """The pictures of one folder by their names in the run: its own where they are here, else the report's copies."""
    found = (path for top in (root / COPIES, root) for path in sorted((top / folder).glob("*.png")))
    return {f"pictures/{stage}-{path.name}": path for path in found}


def tags_of(results: list[ResultFile]) -> dict[str, str]:
    """Where the numbers come from."""
    record: dict[str, Any] = results[0].record | results[0].cost
    tags = {tag: str(record[key]) for key, tag in TAGS.items() if record.get(key) is not None}
    return tags | {"mlflow.source.git.commit": tags.get("commit", "")}


def data_of(results: list[ResultFile]) -> tuple[str, str] | None:
    """Name and sha256 of the data set."""
    found = (result.record.get("data_sha256") for result in results)
    return next(((results[0].dataset, str(sha256)) for sha256 in found if sha256), None)
