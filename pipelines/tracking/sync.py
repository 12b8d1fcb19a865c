"""Tracking: MLflow's runs written from the result files, and again only where those have changed."""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.tracking import encoder
from diffrep.pipelines.tracking.artifacts import lay_out
from diffrep.pipelines.tracking.content import CurvePoints, RunContent
from diffrep.pipelines.tracking.machine import SYSTEM
from diffrep.pipelines.tracking.numbers import Settings
from diffrep.pipelines.tracking.rows import run_contents
from diffrep.pipelines.tracking.store import ARTIFACTS, DIGEST, KIND, STATE, RunKey, Store, is_server, open_store
from diffrep.pipelines.tracking.trouble import Limit, locked, store_errors
from diffrep.reports.reading.study import Study

if TYPE_CHECKING:
    from lightning.pytorch.loggers.logger import Logger
    from mlflow.entities import Run

DIGITS = 12  # of the data's checksum that stand beside its name; MLflow takes no more than 36


def live_logger(cell: Cell, settings_hash: str, root: Path = Path()) -> "Logger":
    """A Lightning logger that sends the curves of a cell to its run while it trains; `sync` then adds the rest."""
    from diffrep.pipelines.tracking.live import LiveLogger

    return LiveLogger(RunKey(cell.dataset, cell.method, int(cell.seed), settings_hash), root)


def sync(root: Path, study: Study, settings: Settings, seconds: float = math.inf) -> int:
    """Bring MLflow in step with the result files below `root`; how many runs had to be written.

    settings  what a result was made with, where that is still what params.yaml says
    seconds   that all of it may take: what is not written by then is left to the next call
    raises    ValueError naming a result file that is cut short; StoreError where MLflow's store cannot be used or
              is too slow

    A run keeps its identity when results change. Only what MLflow cannot take back (another parameter, other points
    of a curve, a metric that is gone) puts a new run in place of the old. Runs of earlier settings stay and say so;
    those of other workspaces are not looked at.
    """
    contents = run_contents(study, root, settings)
    limit = Limit(seconds, root)
    with store_errors(root):
        store = open_store(root)
        with locked(root):
            return sum(_sync_dataset(store, runs, name, limit) for name, runs in contents.items())


def current_runs(store: Store, experiment_id: str) -> list["Run"]:
    """The runs of methods and anchors that hold the results as they are, in no order."""
    runs = store.runs(experiment_id).values()
    return [run for run in runs if run.data.tags.get(DIGEST) and run.data.tags.get(KIND) in ("method", "anchor")]


def _sync_dataset(store: Store, contents: list[RunContent], dataset: str, limit: Limit) -> int:
    limit.check()
    runs = store.runs(store.experiment(dataset))
    wanted = {content.key.text: content for content in contents}
    changed = [c for key, c in wanted.items() if key not in runs or runs[key].data.tags.get(DIGEST) != c.digest]
    for content in changed:
        limit.check()
        _bring_up(store, runs.get(content.key.text), content, limit)
    for run in (run for key, run in runs.items() if key not in wanted):
        if run.data.tags.get(DIGEST):
            limit.check()
            store.client.set_tag(run.info.run_id, DIGEST, "")
            store.client.set_tag(run.info.run_id, STATE, "superseded")
            store.client.update_run(run.info.run_id, name=f"{run.info.run_name} (earlier settings)")
    return len(changed)


def _bring_up(store: Store, run: "Run | None", content: RunContent, limit: Limit) -> None:
    """Make `run` hold what `content` says, in a new run where it cannot; the digest comes last, as the seal."""
    client = store.client
    if run is not None and _contradicts(store, run, content):
        _delete(store, run)
        run = None
    run = run or store.new_run(content.key, content.began)
    for write in (_write_numbers, _write_data, _write_files, _write_model):
        limit.check()
        write(store, run, content)
    client.set_terminated(run.info.run_id, "FINISHED", int(content.ended * 1000))
    client.update_run(run.info.run_id, name=content.key.name)
    for tag, value in (content.tags | {STATE: "current", DIGEST: content.digest}).items():
        client.set_tag(run.info.run_id, tag, value)


def _contradicts(store: Store, run: "Run", content: RunContent) -> bool:
    """Whether `run` holds what MLflow cannot take back and `content` does not have."""
    other = any(content.params.get(key, value) != value for key, value in run.data.params.items())
    gone = {name for name in run.data.metrics if not name.startswith(SYSTEM)} - {*content.metrics, *content.curves}
    return other or bool(gone) or any(_strays(_held(store, run, k), points) for k, points in content.curves.items())


def _strays(held: CurvePoints, points: CurvePoints) -> bool:
    """Whether `held` has a point twice or one that is none of `points`."""
    return len(held) != len(set(held)) or not set(held) <= set(points)


def _held(store: Store, run: "Run", name: str) -> CurvePoints:
    """The points of a curve that the run holds."""
    if name not in run.data.metrics:
        return []
    return [(m.step, m.value) for m in store.client.get_metric_history(run.info.run_id, name)]


def _write_numbers(store: Store, run: "Run", content: RunContent) -> None:
    """Log the metrics, points and parameters that the run does not hold yet, the headline first: so pages show them."""
    from mlflow.entities import Metric, Param

    now = int(time.time() * 1000)
    metrics = [Metric(k, v, now, 0) for k, v in content.metrics.items() if run.data.metrics.get(k) != v]
    for name, points in content.curves.items():
        metrics += [Metric(name, v, now, step) for step, v in sorted(set(points) - set(_held(store, run, name)))]
    for batch in _batches(metrics, 1000):
        store.client.log_batch(run.info.run_id, metrics=batch)
    for batch in _batches([Param(k, v) for k, v in content.params.items() if k not in run.data.params], 100):
        store.client.log_batch(run.info.run_id, params=batch)


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    """`items` in pieces no larger than MLflow takes at once."""
    return (items[i : i + size] for i in range(0, len(items), size))


def _write_data(store: Store, run: "Run", content: RunContent) -> None:
    """Say which data the run has used, by name and digest."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    if content.data is None:
        return
    name, sha256 = content.data
    known = run.inputs.dataset_inputs if run.inputs else []
    if any(each.dataset.digest == sha256[:DIGITS] for each in known):
        return
    place = json.dumps({"uri": f"data/{name}"})
    data = Dataset(name, sha256[:DIGITS], "local", place, profile=json.dumps({"sha256": sha256}))
    store.client.log_inputs(run.info.run_id, [DatasetInput(data, [InputTag("mlflow.data.context", "training")])])


def _write_files(store: Store, run: "Run", content: RunContent) -> None:
    """Put results and pictures with the run."""
    with _artifacts(store, run.info.artifact_uri, partial(store.client.log_artifacts, run.info.run_id)) as folder:
        lay_out(content, folder)


def _write_model(store: Store, run: "Run", content: RunContent) -> None:
    """Make the encoder's file the run's one model."""
    from mlflow.entities import LoggedModelOutput, LoggedModelStatus

    if not content.model:
        return
    known = run.outputs.model_outputs if run.outputs else []
    if known:
        model = store.client.get_logged_model(known[0].model_id)
    else:
        model = store.client.create_logged_model(run.info.experiment_id, encoder.NAME, run.info.run_id)
        store.client.log_outputs(run.info.run_id, [LoggedModelOutput(model.model_id, 0)])
    with _artifacts(
        store, model.artifact_location, partial(store.client.log_model_artifacts, model.model_id)
    ) as folder:
        (folder / encoder.FILE).write_text(content.model)
    store.client.finalize_logged_model(model.model_id, LoggedModelStatus.READY)


def _delete(store: Store, run: "Run") -> None:
    """Delete a run and its model."""
    for output in run.outputs.model_outputs if run.outputs else []:
        store.client.delete_logged_model(output.model_id)
    store.client.delete_run(run.info.run_id)


@contextmanager
def _artifacts(store: Store, uri: str, send: Callable[[str], None]) -> Iterator[Path]:
    """A folder for the artifacts of `uri`: that which the server of `diffrep ui` reads, or one that is sent."""
    if not is_server(store.client.tracking_uri) and uri.startswith(ARTIFACTS):
        folder = store.root / "mlartifacts" / uri.removeprefix(ARTIFACTS)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with TemporaryDirectory() as temporary:
        yield Path(temporary)
        send(temporary)
