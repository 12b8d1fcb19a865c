"""MLflow as a view of a small tree of result files: written once, rewritten where they change, lost without loss."""

import json
import shutil

import pytest
from tracked_tree import CELLS, CURVES, DATASET, SETTINGS, settings, study, write_curves, write_result

from diffrep.pipelines.tracking.store import create_store, experiment, runs_by_key
from diffrep.pipelines.tracking.sync import current_runs, live_logger, sync
from diffrep.pipelines.tracking.ui import links


def runs(root):
    client = create_store(root)
    return client, {run.info.run_name: run for run in runs_by_key(client, experiment(client, DATASET)).values()}


def history(root, name="train/loss", run="pdae/0"):
    client, found = runs(root)
    return sorted((m.step, m.value) for m in client.get_metric_history(found[run].info.run_id, name))


def contents(root):
    """All that a person can see of the runs, timestamps apart."""
    _, found = runs(root)
    own = {name: (run.data.params, run.data.metrics, run.data.tags) for name, run in found.items()}
    return own, history(root), sorted(path.name for path in (root / "mlartifacts").rglob("*.*"))


def test_one_run_for_each_row_and_seed(root):
    assert sync(root, study(), settings) == 4
    assert set(runs(root)[1]) == {"pdae/0", "pca/0", "anchors/noise/0", "anchors/factors"}


def test_a_run_holds_numbers_settings_curves_and_reasons(root):
    sync(root, study(), settings)
    _, found = runs(root)
    assert found["pca/0"].data.metrics["average_precision"] == 0.5
    assert found["pca/0"].info.end_time - found["pca/0"].info.start_time == 12_000
    assert found["pca/0"].data.tags["mlflow.note.content"] == "- rare: f1"
    assert found["pdae/0"].data.params["method.code_dim"] == "4"
    assert dict(history(root)) == CURVES
    assert history(root, "train/valid_loss") == []


def test_pictures_and_results_lie_where_the_server_looks(root):
    sync(root, study(), settings)
    place = runs(root)[1]["pdae/0"].info.artifact_uri.removeprefix("mlflow-artifacts:/")
    folder = root / "mlartifacts" / place
    assert (folder / "pictures" / "reconstruct-main.png").read_text() == "picture of reconstruct"
    assert (folder / "pictures" / "counterfactual-exact.png").read_text() == "picture of counterfactual"
    assert json.loads((folder / "results" / "probe.json").read_text())["n_test"] == 40


def test_a_second_sync_changes_nothing(root):
    sync(root, study(), settings)
    before = contents(root)
    assert sync(root, study(), settings) == 0
    assert contents(root) == before


def test_a_lost_database_is_filled_again(root, tmp_path_factory, empty_store):
    sync(root, study(), settings)
    other = tmp_path_factory.mktemp("clone")
    shutil.copytree(root / "results", other / "results")
    shutil.copy(empty_store, other)
    assert sync(other, study(), settings) == 4
    assert contents(other) == contents(root)


def test_a_changed_result_updates_the_same_run(root):
    sync(root, study(), settings)
    before = runs(root)[1]["pca/0"].info.run_id
    write_result(root / CELLS[1].results("probe"), {"average_precision": 0.75})
    assert sync(root, study(), settings) == 1
    run = runs(root)[1]["pca/0"]
    assert (run.info.run_id, run.data.metrics["average_precision"]) == (before, 0.75)


@pytest.mark.parametrize("curves", [{50: 0.4, 100: 0.2}, {50: 0.5}], ids=["other values", "fewer points"])
def test_curves_that_cannot_be_taken_back_make_a_new_run(root, curves):
    sync(root, study(), settings)
    write_curves(root, "pdae", curves)
    sync(root, study(), settings)
    assert dict(history(root)) == curves


def test_earlier_settings_stay_and_say_so(root, monkeypatch):
    sync(root, study(), settings)
    monkeypatch.setitem(SETTINGS, "train", {"methods.pca": {"code_dim": 3}})
    write_result(root / CELLS[1].results("train"), {"average_precision": 0.6}, settings_hash="others")
    write_result(root / CELLS[1].results("probe"), {"average_precision": 0.6})
    sync(root, study(), settings)
    client, found = runs(root)
    assert found["pca/0"].data.params["method.code_dim"] == "3"
    assert found["pca/0 (earlier settings)"].data.tags["state"] == "superseded"
    assert len(current_runs(client, experiment(client, DATASET))) == 4


def test_live_points_are_not_doubled_and_share_the_run(root):
    logger = live_logger(CELLS[0], "all of pdae", root)
    for step, loss in CURVES.items():
        logger.log_metrics({"train/loss": loss, "train/learning_rate": 0.001}, step)
    sync(root, study(), settings)
    run = runs(root)[1]["pdae/0"]
    assert (run.info.run_id, run.info.status) == (logger.run_id, "FINISHED")
    assert history(root) == sorted(CURVES.items())
    assert history(root, "train/learning_rate") == [(step, 0.001) for step in CURVES]


def test_links_open_on_what_was_measured(root):
    sync(root, study(), settings)
    client, found = runs(root)
    shown = links(client, DATASET, "http://here")
    assert all(found[name].info.run_id in shown[-1] for name in ("pdae/0", "pca/0"))
    view = json.loads(client.get_experiment(experiment(client, DATASET)).tags["mlflow.sharedViewState.runs"])
    assert (view["selectedColumns"], view["searchFilter"]) == (
        ["metrics.`average_precision`"],
        "tags.state = 'current'",
    )
