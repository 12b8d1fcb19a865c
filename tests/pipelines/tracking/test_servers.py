"""A server of MLflow's that two workspaces share: neither touches what is the other's."""

import shutil
import uuid

import pytest
from mlflow import MlflowClient
from tracked_tree import CELLS, CURVES, DATASET, fill, settings, study, write, write_result

from diffrep.pipelines.tracking.store import DIGEST, STATE, open_store
from diffrep.pipelines.tracking.sync import live_logger, sync
from diffrep.pipelines.tracking.ui import serve

ROWS = {"pdae/0", "pca/0", "anchors/noise/0", "anchors/factors", "report"}


@pytest.fixture(scope="module")
def grown(address, tmp_path_factory):
    """Two workspaces that have filled one experiment: its name, both, and all that was there after each of them."""
    folder, name, seen = tmp_path_factory.mktemp("grown"), uuid.uuid4().hex, []
    fill(folder / "mine")
    fill(shutil.copytree(folder / "mine", folder / "yours"), precision=0.625)
    write(folder / "mine" / CELLS[0].weights / "settings.json", {"sha256": "of the weights"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", address)
        patch.setenv("MLFLOW_EXPERIMENT_NAME", name)
        for root in (folder / "mine", folder / "yours"):
            assert sync(root, study(), settings) == 5
            seen.append(everything(root))
    return name, folder, seen


@pytest.fixture
def filled(server, grown, monkeypatch):
    """Both workspaces, as they are found by all tests that ask for them."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", grown[0])
    return grown[1] / "mine", grown[1] / "yours"


@pytest.fixture
def mine(server, tmp_path, monkeypatch):
    """A workspace whose experiments no other test writes to."""
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", uuid.uuid4().hex)
    fill(tmp_path / "mine")
    return tmp_path / "mine"


@pytest.fixture
def yours(mine):
    """Another of the same settings, whose numbers are others; a copy, as whoever begins from somebody's work has it."""
    copied = shutil.copytree(mine, mine.with_name("yours"))
    fill(copied, precision=0.625)
    return copied


def runs(root):
    store = open_store(root)
    return {run.info.run_name: run for run in store.runs(store.experiment(DATASET)).values()}


def everything(root):
    """Name, precision, state and digest of whatever run lies in the experiment, by its id."""
    store = open_store(root)
    found = MlflowClient(store.client.tracking_uri).search_runs([store.experiment(DATASET)])
    tags = {run.info.run_id: run.data.tags for run in found}
    told = {run.info.run_id: (run.info.run_name, run.data.metrics.get("average_precision")) for run in found}
    return {key: (*told[key], tags[key].get(STATE), tags[key].get(DIGEST)) for key in told}


def test_each_has_runs_of_its_own_and_leaves_the_others(filled, grown):
    after_mine, after_both = grown[2]
    assert after_mine.items() <= after_both.items()
    assert (len(after_mine), len(after_both)) == (5, 10)
    assert [runs(root)["pca/0"].data.metrics["average_precision"] for root in filled] == [0.5, 0.625]
    assert [sync(root, study(), settings) for root in filled] == [0, 0]


def test_a_copy_that_was_filled_before_is_another_too(filled, tmp_path):
    mine, _ = filled
    before = everything(mine)
    copied = shutil.copytree(mine, tmp_path / "copy")
    write_result(copied / CELLS[1].results("train"), {"steps": 9}, settings_hash="others")
    assert sync(copied, study(), settings) == 5
    assert before.items() <= everything(mine).items()


def test_settings_that_one_leaves_behind_are_not_the_others(filled):
    mine, yours = filled
    write_result(yours / CELLS[1].results("train"), {"steps": 9}, settings_hash="others")
    assert sync(yours, study(), settings) == 1
    assert set(runs(yours)) == ROWS | {"pca/0 (earlier settings)"}
    assert set(runs(mine)) == ROWS


def test_a_live_run_is_found_again_by_its_own_workspace_only(mine, yours):
    loggers = [live_logger(CELLS[0], "all of pdae", root) for root in (mine, yours)]
    for logger in loggers:
        logger.log_metrics({"train/loss": CURVES[50]}, 50)
        logger.finalize("success")
    sync(mine, study(), settings)
    assert runs(mine)["pdae/0"].info.run_id == loggers[0].run_id != loggers[1].run_id
    assert not runs(yours)["pdae/0"].data.tags.get(DIGEST)


def test_the_smoke_run_has_an_experiment_of_its_own(filled):
    mine, _ = filled
    params, before = (mine / "params.yaml").read_text(), open_store(mine).experiment(DATASET)
    write(mine / "params.yaml", "evaluate: {preset: smoke}")
    try:
        assert sync(mine, study(), settings) == 5
        assert open_store(mine).experiment(DATASET) != before
        assert set(runs(mine)) == ROWS
    finally:
        write(mine / "params.yaml", params)


def test_the_server_holds_results_pictures_and_the_model(filled):
    mine, _ = filled
    client, run_id = open_store(mine).client, runs(mine)["pdae/0"].info.run_id
    models = client.search_logged_models([open_store(mine).experiment(DATASET)])
    (model,) = [model for model in models if model.source_run_id == run_id]
    assert model.name == "encoder"
    assert [file.path for file in client.list_logged_model_artifacts(model.model_id)] == ["MLmodel"]
    assert {file.path for file in client.list_artifacts(run_id)} == {"results", "pictures"}
    assert "pictures/reconstruct-main.png" in {file.path for file in client.list_artifacts(run_id, "pictures")}


def test_ui_fills_a_server_that_is_there_and_prints_its_link(mine, server, capsys):
    serve(study(), settings, 5000, mine)
    number = open_store(mine).experiment(DATASET)
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{server}/#/experiments/{number}/runs?")
    key = line.rpartition("=")[2]
    assert f"mlflow.sharedViewState.{key}" in open_store(mine).client.get_experiment(number).tags


def test_views_are_of_one_workspace(filled, capsys):
    for root in filled:
        serve(study(), settings, 5000, root)
    first, second = (line.rpartition("=")[2] for line in capsys.readouterr().out.splitlines())
    assert first.startswith("mine-")
    assert second.startswith("yours-")
