"""What reports and MLflow are made from: the results that the stages declare, and the settings that made them."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params, as_yaml, params_hash, value_at, values_of
from diffrep.pipelines.core.paths import RESULTS, Cell, Repeat, Shared, result_file
from diffrep.pipelines.core.sections import Grid
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.core.trainings import training_at
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import ResultFolder, Study

SHARED_SECTIONS = ("train", "evaluate")  # sections that all methods share


def study_of(params: Params, root: Path = Path()) -> Study:
    """The grid, where its results lie below `root`, and the settings that pages print."""
    grid = params.grid
    declared = [stages.load(name) for name in stages.STAGES]
    return Study(
        grid.dataset,
        grid.method,
        grid.seed,
        tuple(folder for stage in declared for folder in result_folders(stage, grid, root)),
        params.report.reference,
        params.report.controls,
        {name: value_at(params, name) for name in SHARED_SECTIONS},
        {name: method_section(params, name) for name in grid.method},
        {name: value_at(params, f"datasets.{name}") for name in grid.dataset},
    )


def so_far(study: Study, root: Path = Path()) -> Study:
    """The study without the seeds that no row has a result of yet.

    UserError where there are no results at all, or a result is missing that another seed of its row has.
    """
    found = [place for place in study.folders if result_file(root / place.folder).exists()]
    if not any(place.kind == "method" for place in found):
        raise UserError(f"no results of any method below {root / RESULTS}: run diffrep repro first")
    run = {place.seed for place in found if place.kind != "shared"}
    seeds = tuple(seed for seed in study.seeds if seed in run)
    seeded = [(place, seed) for place in found if place.seed is not None for seed in seeds]
    for file in (result_file(root / folder_at(place, seed)) for place, seed in seeded):
        if not file.exists():
            raise UserError(f"{file} is missing, and other seeds have theirs: run diffrep repro to make it")
    return replace(study, seeds=seeds, folders=tuple(f for f in study.folders if f.seed in (None, *seeds)))


def not_run(seeds: Sequence[int]) -> str:
    """The words for seeds that are not run yet; consecutive ones by their ends."""
    runs = len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[-1] + 1))
    told = f"{seeds[0]} to {seeds[-1]}" if runs else ", ".join(map(str, seeds))
    return f"seed{'s' * (len(seeds) > 1)} {told} {'are' if len(seeds) > 1 else 'is'} not run yet"


def folder_at(place: ResultFolder, seed: int) -> Path:
    """Where the results of the same method, model or drawn anchor, data set and stage lie at a seed."""
    if place.kind == "method":
        return Cell(place.dataset, place.row, seed).results(place.stage)
    if place.kind == "shared":
        return Repeat(place.dataset, seed).results(place.stage)
    return Repeat(place.dataset, seed).anchor(place.row, place.stage)


def method_section(params: Params, name: str) -> dict[str, Any]:
    """A method's section as in params.yaml: with an adapter only where that is not the section's own name."""
    given: dict[str, Any] = value_at(params, f"methods.{name}")
    return {key: value for key, value in given.items() if (key, value) != ("adapter", "")}


def result_folders(stage: Stage, grid: Grid, root: Path) -> Iterator[ResultFolder]:
    """The folders of results of a stage: those of cells and shared models as declared, those of anchors as they are."""
    for place in places(stage, grid) if stage.axes else ():  # the report's own tables are no results
        settings = f"{stage.name}: {', '.join(stage.keys(place))}"
        for declared in stage.results(place):
            for folder in anchors_below(root, declared) or [declared]:
                kind, row, seed, name = identity(place, declared, folder)
                yield ResultFolder(kind, place.dataset, row, seed, name, folder, settings)


def anchors_below(root: Path, declared: Path) -> list[Path]:
    """<name>/<stage> below a declared folder, where anchors put their results: a data set may not have them all."""
    found = (root / declared).glob(str(Path("*", "*") / result_file(Path()).name))
    folders = sorted(path.parent.relative_to(root) for path in found)
    return [folder for folder in folders if not folder.name.startswith(".")]  # what a kill has left


def identity(place: Shared | Repeat | Cell, declared: Path, folder: Path) -> tuple[str, str, int | None, str]:
    """Kind, row, seed and stage of the results in a folder."""
    if isinstance(place, Cell):
        return "method", place.method, int(place.seed), folder.name
    if folder == declared:
        stage = folder.parent.name if isinstance(place, Repeat) else folder.name
        return "shared", stage, seed_of(place), stage
    return "anchor", folder.parent.name, seed_of(place), folder.name


def seed_of(place: Shared | Repeat) -> int | None:
    """The seed of a place that has one."""
    return int(place.seed) if isinstance(place, Repeat) else None


def places(stage: Stage, grid: Grid) -> list[Any]:
    """Every place of the grid at which a stage works."""
    return [stage.place(*values) for values in product(*(getattr(grid, axis) for axis in stage.axes))]


def settings_of(params: Params, result: ResultFile) -> dict[str, Any]:
    """What a result of a cell or a shared stage was made with, by dotted key, where params.yaml still says the same."""
    if result.kind == "anchor":
        return {}
    stage = stages.load(result.stage)
    axes = {"dataset": result.dataset, "method": result.row, "seed": result.seed or 0}
    place = stage.place(**{axis: axes[axis] for axis in stage.axes})
    if params_hash(stage, place, params) != result.record.get("params_hash"):
        return {}
    return values_of(params, stage.keys(place)) | in_force(params, stage, place)


def in_force(params: Params, stage: Stage, place: Shared | Repeat | Cell) -> dict[str, Any]:
    """How a row is trained, under the keys that all rows share, whatever its own section says otherwise."""
    training = training_at(params, stage.name, place)
    if training is None or not training.own:
        return {}
    return {training.section: as_yaml(training.settings), f"budgets.{place.dataset}.method": training.steps}
