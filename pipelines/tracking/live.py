"""Curves in MLflow while a training runs: what `sync` would write at its end, seen earlier."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers.logger import Logger
from lightning.pytorch.utilities import rank_zero_only

from diffrep.pipelines.tracking.machine import measured
from diffrep.pipelines.tracking.store import RunKey, open_store
from diffrep.pipelines.tracking.trouble import SILENT, StoreError, reason, store_errors

CURVES = "train/"  # how names begin that result files have too; Lightning adds some of its own, such as the epoch
SLOW_SECONDS = 15.0  # that a point may take; the first one makes the database, which takes a few
ENDS = {"success": "FINISHED", "finished": "FINISHED", "failed": "FAILED"}


class LiveLogger(Logger):
    """Sends metrics to the run of `key`, which is looked up at the first of them and by the first process only.

    A point at a step that the run already holds is not sent again, so that a resumed training doubles none. A store
    that cannot be written, or is slow, stops the logging and never the training: `sync` fills in what is missing. What
    the machine does meanwhile goes along with each point, for MLflow's page of system metrics.
    """

    def __init__(self, key: RunKey, root: Path = Path()) -> None:
        super().__init__()
        self.key, self.root = key, root
        self.run_id: str | None = None
        self.steps: dict[str, int] = {}
        self.silent = SILENT in os.environ

    @property
    def name(self) -> str:
        """The run's name."""
        return self.key.name

    @property
    def version(self) -> str:
        """The settings' hash."""
        return self.key.settings_hash

    @rank_zero_only
    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Add one point to each curve of `metrics`, unless it is there."""
        self.forgiving(lambda: self.send(metrics, step or 0))

    @rank_zero_only
    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """Nothing: `sync` writes the parameters with the results."""

    @rank_zero_only
    def finalize(self, status: str) -> None:
        """Close the run, as Lightning says that it ended."""
        if self.run_id is not None:
            run_id, end = self.run_id, ENDS.get(status, "FAILED")
            self.forgiving(lambda: self.client.set_terminated(run_id, end))

    def send(self, metrics: dict[str, float], step: int) -> None:
        """Write those of `metrics` that are curves and that the run does not hold at `step` or later."""
        from mlflow.entities import Metric

        curves = {name: float(value) for name, value in metrics.items() if name.startswith(CURVES)}
        if not curves:
            return
        run_id, now = self.open(), int(time.time() * 1000)
        fresh = [Metric(name, value, now, step) for name, value in curves.items() if step > self.last(run_id, name)]
        if fresh:
            system = [Metric(name, value, now, step) for name, value in measured().items()]
            self.client.log_batch(run_id, metrics=fresh + system)
        self.steps.update((metric.key, step) for metric in fresh)

    def open(self) -> str:
        """The id of the run, found or created once."""
        if self.run_id is None:
            store = open_store(self.root)
            self.client = store.client
            self.run_id = store.find_or_create(self.key).info.run_id
            self.client.update_run(self.run_id, status="RUNNING")
        return self.run_id

    def last(self, run_id: str, name: str) -> int:
        """The last step at which the run holds `name`; -1 where it holds none."""
        if name not in self.steps:
            self.steps[name] = max((m.step for m in self.client.get_metric_history(run_id, name)), default=-1)
        return self.steps[name]

    def forgiving(self, write: Callable[[], None]) -> None:
        """Write, until that fails for the first time; that is a line."""
        if self.silent:
            return
        start = time.monotonic()
        try:
            with store_errors(self.root):
                write()
                seconds = time.monotonic() - start
                if seconds > SLOW_SECONDS:
                    raise TimeoutError(f"one point took {seconds:.0f} s")
        except Exception as error:  # a bug of ours too: hours of training are worth more than their curves
            self.silent = True
            told = str(error) if isinstance(error, StoreError) else f"{type(error).__name__}: {reason(error)}"
            print(f"diffrep: warning: no live curves of {self.name} from now on: {told}", file=sys.stderr)
