"""MLflow as a view of a small tree of result files: written once, rewritten where they change, lost without loss."""

import json
import os
import shutil
import time
from types import SimpleNamespace

import pytest
from mlflow import MlflowClient
from PIL import Image
from tracked_tree import (
    CELLS,
    CURVES,
    DATA,
    DATASET,
    SETTINGS,
    settings,
    study,
    write,
    write_curves,
    write_result,
)

from diffrep.pipelines.tracking import trouble
from diffrep.pipelines.tracking.store import open_store
from diffrep.pipelines.tracking.sync import current_runs, live_logger, sync
from diffrep.pipelines.tracking.trouble import StoreError

PROBED = {"average_precision": 0.75, "auroc": 0.75}  # another number
ROWS = {"pdae/0", "pca/0", "anchors/noise/0", "anchors/factors"}


def runs(root):
    store = open_store(root)
    return store.client, {run.info.run_name: run for run in store.runs(store.experiment(DATASET)).values()}


def artifacts(root, run="pdae/0"):
    place = runs(root)[1][run].info.artifact_uri.removeprefix("mlflow-artifacts:/")
    return root / "mlartifacts" / place


def history(root, name="train/loss", run="pdae/0"):
    client, found = runs(root)
    return sorted((m.step, m.value) for m in client.get_metric_history(found[run].info.run_id, name))


def contents(root):
    """All that a person can see of the runs, but for timestamps and whose they are."""
    _, found = runs(root)
    for run in found.values():
        del run.data.tags["workspace"]
    own = {name: (run.data.params, run.data.metrics, run.data.tags) for name, run in found.items()}
    return own, history(root), sorted(path.name for path in (root / "mlartifacts").rglob("*.*"))


def test_one_run_for_each_row_and_seed_and_one_for_all_of_them(root):
    assert sync(root, study(), settings) == 5
    assert set(runs(root)[1]) == ROWS | {"report"}


def test_a_run_holds_numbers_settings_curves_and_what_it_is(synced):
    _, found = runs(synced)
    assert found["pca/0"].data.metrics["average_precision"] == 0.5
    assert found["pca/0"].data.metrics["probe/auroc"] == 0.75
    assert found["pca/0"].data.tags["mlflow.note.content"].startswith("**Control: principal components")
    assert found["pdae/0"].data.params["method.code_dim"] == "4"
    assert dict(history(synced)) == CURVES


def test_a_run_began_and_ended_with_the_work(root):
    made = 1_700_000_000
    for stage, after in (("train", 0), ("reconstruct", 0), ("counterfactual", 0), ("probe", 60)):
        os.utime(root / CELLS[0].results(stage) / "result.json", (made + after, made + after))
    sync(root, study(), settings)
    run = runs(root)[1]["pdae/0"]
    assert (run.info.start_time, run.info.end_time) == ((made - 6) * 1000, (made + 60) * 1000)


def test_a_run_names_its_data_once(synced):
    write_result(synced / CELLS[1].results("probe"), PROBED)
    sync(synced, study(), settings)
    (used,) = runs(synced)[1]["pca/0"].inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == (DATASET, DATA[:12])
    assert json.loads(used.dataset.profile) == {"sha256": DATA}


def test_pictures_and_results_lie_where_the_server_looks(root):
    write(root / "reports" / "figures" / f"{DATASET}-ranks.png", "who stands where")
    sync(root, study(), settings)
    with Image.open(artifacts(root) / "pictures" / "counterfactual-exact.png") as labelled:
        assert labelled.width > 168 + 40  # of which the pictures are 168
    assert json.loads((artifacts(root) / "results" / "probe.json").read_text())["n_test"] == 40
    assert (artifacts(root, "report") / "figures" / f"{DATASET}-ranks.png").read_text() == "who stands where"


def test_a_picture_that_is_cut_short_is_named(root):
    path = root / CELLS[0].pictures("reconstruct") / "main.png"
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(StoreError, match=r"main\.png is no PNG or was cut short: run its stage again"):
        sync(root, study(), settings)


def test_a_second_sync_changes_nothing(synced):
    before = contents(synced)
    assert sync(synced, study(), settings) == 0
    assert contents(synced) == before


TIME: list[float] = []  # seconds that calls have taken


def slow(method):
    """As if each call of it took eight seconds."""

    def called(*arguments, **named):
        TIME.append(8.0)
        return method(*arguments, **named)

    return called


def test_a_slow_store_is_left_after_some_seconds_and_filled_in_steps(root, monkeypatch):
    TIME.clear()
    monkeypatch.setattr(trouble, "time", SimpleNamespace(monotonic=lambda: sum(TIME), sleep=time.sleep))
    monkeypatch.setattr(MlflowClient, "log_batch", slow(MlflowClient.log_batch))
    with pytest.raises(StoreError, match="is slow: not all is written after 20 s; diffrep sync fills in the rest"):
        sync(root, study(), settings, 20.0)
    assert sum(TIME) < 40
    assert 0 < len(runs(root)[1]) < len(ROWS)
    assert sync(root, study(), settings) == 4  # the first one was whole
    assert set(runs(root)[1]) == ROWS | {"report"}
    assert sync(root, study(), settings, 20.0) == 0


def test_a_lost_database_is_filled_again(synced, tmp_path_factory, empty_store):
    other = tmp_path_factory.mktemp("clone")
    shutil.copytree(synced / "results", other / "results")
    shutil.copy(synced / "params.yaml", other)
    shutil.copy(empty_store, other)
    assert sync(other, study(), settings) == 5
    assert contents(other) == contents(synced)


def test_a_copied_tree_goes_on_with_the_runs_of_its_copied_database(root, tmp_path_factory):
    sync(root, study(), settings)
    other = shutil.copytree(root, tmp_path_factory.mktemp("copies") / "copy")
    assert sync(other, study(), settings) == 0
    write_result(other / CELLS[1].results("probe"), PROBED)
    assert sync(other, study(), settings) == 1
    assert set(runs(other)[1]) == ROWS | {"report"}


def test_a_changed_result_updates_the_same_run(synced):
    before = runs(synced)[1]["pca/0"].info.run_id
    write_result(synced / CELLS[1].results("probe"), PROBED)
    assert sync(synced, study(), settings) == 1
    run = runs(synced)[1]["pca/0"]
    assert (run.info.run_id, run.data.metrics["average_precision"]) == (before, 0.75)


@pytest.mark.parametrize("curves", [{50: 0.4, 100: 0.2}, {50: 0.5}], ids=["other values", "fewer points"])
def test_curves_that_cannot_be_taken_back_make_a_new_run(synced, curves):
    write_curves(synced, "pdae", curves)
    sync(synced, study(), settings)
    assert dict(history(synced)) == curves


def test_earlier_settings_stay_and_say_so(synced, monkeypatch):
    monkeypatch.setitem(SETTINGS, "train", {"methods.pca": {"code_dim": 3}})
    write_result(synced / CELLS[1].results("train"), {"average_precision": 0.6}, settings_hash="others")
    write_result(synced / CELLS[1].results("probe"), {"average_precision": 0.6})
    sync(synced, study(), settings)
    _, found = runs(synced)
    assert found["pca/0"].data.params["method.code_dim"] == "3"
    assert found["pca/0 (earlier settings)"].data.tags["state"] == "superseded"
    store = open_store(synced)
    assert {run.info.run_name for run in current_runs(store, store.experiment(DATASET))} == ROWS


def test_live_points_are_not_doubled_and_share_the_run(root):
    logger = live_logger(CELLS[0], "all of pdae", root)
    for step, loss in CURVES.items():
        logger.log_metrics({"train/loss": loss, "train/learning_rate": 0.001}, step)
    sync(root, study(), settings)
    run = runs(root)[1]["pdae/0"]
    assert (run.info.run_id, run.info.status) == (logger.run_id, "FINISHED")
    assert history(root) == sorted(CURVES.items())
    assert history(root, "train/learning_rate") == [(step, 0.001) for step in CURVES]


def test_what_a_live_run_measured_of_the_machine_is_kept(root):
    live_logger(CELLS[0], "all of pdae", root).log_metrics({"train/loss": CURVES[50]}, 50)
    sync(root, study(), settings)
    before = runs(root)[1]["pdae/0"]
    write_result(root / CELLS[0].results("probe"), PROBED)
    sync(root, study(), settings)
    after = runs(root)[1]["pdae/0"]
    assert after.info.run_id == before.info.run_id
    assert "system/cpu_utilization_percentage" in after.data.metrics


def models(root):
    """Whose models there are, by the names of their runs."""
    client, found = runs(root)
    names = {run.info.run_id: name for name, run in found.items()}
    known = client.search_logged_models([run.info.experiment_id for run in found.values()][:1])
    return [names[model.source_run_id] for model in known]


def weights(root, seal):
    write(root / CELLS[0].weights / "settings.json", {"sha256": seal})


def test_a_run_has_its_encoder_as_a_model_once_its_weights_are_here(synced):
    assert models(synced) == []
    weights(synced, "first")
    assert sync(synced, study(), settings) == 1
    assert models(synced) == ["pdae/0"]
    weights(synced, "second")
    sync(synced, study(), settings)
    assert models(synced) == ["pdae/0"]
    (file,) = (synced / "mlartifacts").rglob("MLmodel")
    assert "weights: second" in file.read_text()


def test_a_run_that_is_replaced_takes_its_model_along(root):
    weights(root, "first")
    sync(root, study(), settings)
    write_curves(root, "pdae", {50: 0.25})
    sync(root, study(), settings)
    assert models(root) == ["pdae/0"]
