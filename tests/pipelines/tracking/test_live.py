"""Curves while a training runs: none doubled, and no training stopped by a store."""

import pytest
from tracked_tree import CELLS, CURVES

from diffrep.pipelines.tracking import live
from diffrep.pipelines.tracking.live import LiveLogger
from diffrep.pipelines.tracking.store import RunKey, open_store
from diffrep.pipelines.tracking.sync import live_logger


def log(root, curves):
    logger = live_logger(CELLS[0], "all of pdae", root)
    for step, loss in curves.items():
        logger.log_metrics({"train/loss": loss}, step)
    return logger


def history(root, logger):
    return sorted((m.step, m.value) for m in open_store(root).client.get_metric_history(logger.run_id, "train/loss"))


def test_only_curves_are_sent_which_results_have_too(root):
    logger = live_logger(CELLS[0], "all of pdae", root)
    logger.log_metrics({"epoch": 1, "valid_loss": 0.5}, 50)
    assert logger.run_id is None
    logger.log_metrics({"epoch": 1, "train/loss": 0.5}, 50)
    names = open_store(root).client.get_run(logger.run_id).data.metrics
    assert [name for name in names if not name.startswith("system/")] == ["train/loss"]


def test_what_the_machine_does_goes_along(root):
    logger = log(root, {50: 0.5})
    metrics = open_store(root).client.get_run(logger.run_id).data.metrics
    assert 0 < metrics["system/system_memory_usage_percentage"] < 100
    assert "system/cpu_utilization_percentage" in metrics


def warned(capfd) -> str:
    """The one line on the error stream."""
    (line,) = capfd.readouterr().err.splitlines()
    assert line.startswith("diffrep: warning: no live curves of pdae/0 from now on: ")
    return line


def test_a_resumed_training_doubles_no_points(root):
    log(root, {50: 0.5, 100: 0.25}).finalize("failed")
    logger = log(root, {100: 0.25, 150: 0.125})
    assert history(root, logger) == sorted(CURVES.items())


def test_it_is_known_by_the_cell_and_its_settings(root):
    logger = live_logger(CELLS[0], "all of pdae", root)
    assert (logger.name, logger.version) == ("pdae/0", "all of pdae")


def test_a_store_that_cannot_be_written_stops_no_training(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/nowhere/mlflow.db")
    logger = LiveLogger(RunKey("squares", "pdae", 0, "0"), tmp_path)
    logger.log_metrics({"train/loss": 1.0}, 1)
    logger.log_metrics({"train/loss": 1.0}, 2)
    assert warned(capfd)


def test_a_slow_store_is_left_alone_after_its_first_point(root, monkeypatch, capfd):
    monkeypatch.setattr(live, "SLOW_SECONDS", 0.0)
    logger = live_logger(CELLS[0], "all of pdae", root)
    logger.log_metrics({"train/loss": 1.0}, 1)
    logger.log_metrics({"train/loss": 2.0}, 2)
    assert "one point took" in warned(capfd)
    assert history(root, logger) == [(1, 1.0)]


@pytest.mark.parametrize("error", [RuntimeError("no database"), ImportError("mlflow"), KeyError(), MemoryError()])
def test_whatever_is_raised_stops_no_training(tmp_path, monkeypatch, capfd, error):
    def fail(*arguments):
        raise error

    monkeypatch.setattr(live, "open_store", fail)
    LiveLogger(RunKey("squares", "pdae", 0, "0"), tmp_path).log_metrics({"train/loss": 1.0}, 1)
    assert warned(capfd)
