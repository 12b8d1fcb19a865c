"""Whether a stage is out of date: what DVC compares, and three things that it cannot see."""

from dvc.stage import Stage as DvcStage

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import Params, params_hash
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.waiting import busy_errors, held
from diffrep.pipelines.stages.code import data_files

OUTSIDE = "an adapter, a metric or a model from outside the repository may have changed"
FILES = "files that a data set is made from have changed"


def changed(stage: DvcStage) -> bool:
    """Whether DVC would run the stage: its command, dependencies, parameters or outputs differ from the lock's.

    BusyError where another process is writing one of these files.
    """
    with held(stage.repo.lock), busy_errors():
        return bool(stage.changed())


def comes_from_outside(params: Params) -> bool:
    """Whether an adapter or a metric is named as package.module:..., or a model imported: DVC watches none."""
    named = [("methods", name) for name in params.grid.method] + [("datasets", name) for name in params.grid.dataset]
    adapters = any(":" in params.adapter(kind, name) for kind, name in named)
    return adapters or bool(params.evaluate.metrics) or any(map(params.imports, ("base", "autoencoder")))


def files_changed(params: Params) -> bool:
    """Whether files that data sets are made from are not those that the stage `code` has seen; gone ones are."""
    return any(not path.exists() or read_json(path) != now for path, now in data_files(params).items() if now)


def otherwise_made(stage: Stage, place: Place, params: Params) -> str:
    """What is wrong with the first result that other settings have made than params.yaml holds; empty where none is.

    A lock can be in step with params.yaml while a result is not: after `dvc commit`, or when files were copied.
    """
    wanted = params_hash(stage, place, params)
    for file in stage.result_files(place):
        found = read_json(file).get("params_hash")
        if found != wanted:
            return f"{file} was made with other settings than params.yaml has ({found}, not {wanted})"
    return ""
