"""Tracking: MLflow's runs written from the result files, and again only where those have changed."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.tracking.runs import CurvePoints, RunContent, Settings, parameters, run_contents
from diffrep.pipelines.tracking.store import (
    ARTIFACTS,
    DIGEST,
    STATE,
    RunKey,
    create_run,
    create_store,
    experiment,
    runs_by_key,
)
from diffrep.pipelines.tracking.trouble import locked, store_errors
from diffrep.reports.reading.study import Study

if TYPE_CHECKING:
    from lightning.pytorch.loggers.logger import Logger
    from mlflow import MlflowClient
    from mlflow.entities import Run


def live_logger(cell: Cell, settings_hash: str, root: Path = Path()) -> "Logger":
    """A Lightning logger that sends the curves of a cell to its run while it trains; `sync` then adds the rest."""
    from diffrep.pipelines.tracking.live import LiveLogger

    return LiveLogger(RunKey(cell.dataset, cell.method, int(cell.seed), settings_hash), root)


def sync(root: Path, study: Study, settings: Settings) -> int:
    """Bring MLflow in step with the result files below `root`; how many runs had to be written.

    settings  what a result was made with, where that is still what params.yaml says
    raises    ValueError naming a result file that is cut short; StoreError where MLflow's store cannot be used

    A run keeps its identity when results change. Only what MLflow cannot take back (another parameter, other points
    of a curve, a metric that is gone) puts a new run in place of the old. Runs of earlier settings stay and say so.
    """
    contents = {name: run_contents(study, name, root) for name in study.datasets}
    with store_errors(root):
        client = create_store(root)
        with locked(root):
            return sum(_sync_dataset(client, runs, name, settings) for name, runs in contents.items())


def current_runs(client: "MlflowClient", experiment_id: str) -> list["Run"]:
    """The runs that hold the results as they are, in no order."""
    return [run for run in runs_by_key(client, experiment_id).values() if run.data.tags.get(DIGEST)]


def _sync_dataset(client: "MlflowClient", contents: list[RunContent], dataset: str, settings: Settings) -> int:
    runs = runs_by_key(client, experiment(client, dataset))
    wanted = {content.key.text: content for content in contents}
    changed = [c for key, c in wanted.items() if key not in runs or runs[key].data.tags.get(DIGEST) != c.digest]
    for content in reversed(changed):  # the page shows the latest first: methods above anchors, in the grid's order
        _bring_up(client, runs.get(content.key.text), content, parameters(content, settings))
    for run in (run for key, run in runs.items() if key not in wanted):
        if run.data.tags.get(DIGEST):
            client.set_tag(run.info.run_id, DIGEST, "")
            client.set_tag(run.info.run_id, STATE, "superseded")
            client.update_run(run.info.run_id, name=f"{run.info.run_name} (earlier settings)")
    return len(changed)


def _bring_up(client: "MlflowClient", run: "Run | None", content: RunContent, params: dict[str, str]) -> None:
    """Make `run` hold what `content` says, in a new run where it cannot; the digest comes last, as the seal."""
    if run is not None and _contradicts(client, run, content, params):
        client.delete_run(run.info.run_id)
        run = None
    run = run or create_run(client, content.key)
    _write_numbers(client, run, content, params)
    _write_files(client, run, content)
    client.set_terminated(
        run.info.run_id, "FINISHED", run.info.start_time + int(content.seconds("wall_seconds") * 1000)
    )
    client.update_run(run.info.run_id, name=content.key.name)
    for tag, value in (content.tags | {STATE: "current", DIGEST: content.digest}).items():
        client.set_tag(run.info.run_id, tag, value)


def _contradicts(client: "MlflowClient", run: "Run", content: RunContent, params: dict[str, str]) -> bool:
    """Whether `run` holds what MLflow cannot take back and `content` does not have."""
    other = any(params.get(key, value) != value for key, value in run.data.params.items())
    gone = set(run.data.metrics) - set(content.metrics) - set(content.curves)
    return other or bool(gone) or any(_strays(_held(client, run, k), points) for k, points in content.curves.items())


def _strays(held: CurvePoints, points: CurvePoints) -> bool:
    """Whether `held` has a point twice or one that is none of `points`."""
    return len(held) != len(set(held)) or not set(held) <= set(points)


def _held(client: "MlflowClient", run: "Run", name: str) -> CurvePoints:
    """The points of a curve that the run holds."""
    return [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, name)]


def _write_numbers(client: "MlflowClient", run: "Run", content: RunContent, params: dict[str, str]) -> None:
    """Log the parameters, metrics and points that the run does not hold yet."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics = [Metric(k, v, now, 0) for k, v in content.metrics.items() if run.data.metrics.get(k) != v]
    for name, points in content.curves.items():
        metrics += [Metric(name, v, now, step) for step, v in sorted(set(points) - set(_held(client, run, name)))]
    for batch in _batches(metrics, 1000):
        client.log_batch(run.info.run_id, metrics=batch)
    for batch in _batches([Param(k, v) for k, v in params.items() if k not in run.data.params], 100):
        client.log_batch(run.info.run_id, params=batch)


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    """`items` in pieces no larger than MLflow takes at once."""
    return (items[i : i + size] for i in range(0, len(items), size))


def _write_files(client: "MlflowClient", run: "Run", content: RunContent) -> None:
    """Lay the artifacts where MLflow's server looks for them, or send them."""
    for name, path in content.artifacts.items():
        if run.info.artifact_uri.startswith(ARTIFACTS):
            target = content.root / "mlartifacts" / run.info.artifact_uri.removeprefix(ARTIFACTS) / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        else:
            with TemporaryDirectory() as folder:
                named = shutil.copyfile(path, Path(folder, Path(name).name))
                client.log_artifact(run.info.run_id, str(named), str(Path(name).parent))
