"""MLflow as a view of a small tree of result files: written once, rewritten where they change, lost without loss."""

import json
import shutil

import pytest

from diffrep.pipelines.tracking.live import LiveLogger
from diffrep.pipelines.tracking.store import Row, create_store, experiment, find_or_create_run, runs_by_key, store_uri
from diffrep.pipelines.tracking.sync import current_runs, live_logger, sync
from diffrep.pipelines.tracking.ui import links
from diffrep.pipelines.trained.cells import params_hash

DATASET = "squares"
PARAMS = {
    "grid": {"dataset": [DATASET], "method": ["pdae", "pca"], "seed": [0]},
    "train": {"batch_size": 32, "learning_rate": 1e-3},
    "base": {"seed": 0, "network": {"channels": [8, 16]}},
    "evaluate": {"preset": "quick"},
    "budgets": {DATASET: {"base": 100, "method": 300}},
    "datasets": {DATASET: {"size": 8}},
    "methods": {"pdae": {"code_dim": 4}, "pca": {"code_dim": 2}},
}
CURVES = {50: 0.5, 100: 0.25, 150: 0.125}


@pytest.fixture(autouse=True)
def no_server_of_mine(monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def write_result(root, method, stage, metrics, *, anchor=False, params=PARAMS, **provenance):
    key = "0" * 12 if anchor else params_hash(params, DATASET, method)
    record = {"dataset": DATASET, "method": method, "seed": 0, "stage": stage, "params_hash": key, "wall_seconds": 6.0}
    folder = root / "results" / DATASET / ("anchors" if anchor else "") / method
    write(folder / stage / "0.json", record | {"preset": "quick", "reasons": {}} | metrics | provenance)


def write_curves(root, method, curves):
    lines = [f"{step},{loss},,0.001" for step, loss in curves.items()]
    path = root / "results" / DATASET / method / "train" / "0.csv"
    write(path, "\n".join(["step,loss,valid_loss,learning_rate", *lines]) + "\n")


def fill(root):
    for method in PARAMS["methods"]:
        write_result(root, method, "train", {"steps": 150, "train_loss": 0.125}, device="cpu")
        write_result(
            root, method, "probe", {"average_precision": 0.5, "f1": None, "n_test": 40}, reasons={"f1": "rare"}
        )
    write_curves(root, "pdae", CURVES)
    write(root / "results" / DATASET / "pdae" / "pictures" / "reconstruct" / "0.png", "picture")
    write(root / "results" / DATASET / "pdae" / "pictures" / "counterfactual" / "0-exact.png", "truth")
    write_result(root, "noise", "probe", {"average_precision": 0.1}, anchor=True)


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """A database as MLflow makes it, which takes seconds: each test gets a copy."""
    root = tmp_path_factory.mktemp("store")
    create_store(root)
    return root / "mlflow.db"


@pytest.fixture
def root(empty_store, tmp_path):
    shutil.copy(empty_store, tmp_path)
    fill(tmp_path)
    return tmp_path


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
    assert sync(root, PARAMS) == 3
    assert set(runs(root)[1]) == {"pdae/0", "pca/0", "anchors/noise/0"}


def test_a_run_holds_metrics_under_their_own_names_and_its_cost(root):
    sync(root, PARAMS)
    run = runs(root)[1]["pca/0"]
    assert run.data.metrics == {
        "average_precision": 0.5,
        "steps": 150,
        "train_loss": 0.125,
        "cost/minutes": 0.2,
        "cost/peak_memory_mib": 0,
    }
    assert run.info.end_time - run.info.start_time == 12_000


def test_a_metric_without_value_is_told_with_its_reason(root):
    sync(root, PARAMS)
    assert runs(root)[1]["pca/0"].data.tags["mlflow.note.content"] == "- f1: rare"


def test_settings_are_parameters_and_methods_share_their_columns(root):
    sync(root, PARAMS)
    found = runs(root)[1]
    assert [found[name].data.params["method.code_dim"] for name in ("pdae/0", "pca/0")] == ["4", "2"]
    assert found["pdae/0"].data.params["base.network.channels"] == "[8, 16]"


def test_curves_keep_their_steps(root):
    sync(root, PARAMS)
    assert dict(history(root)) == CURVES
    assert history(root, "train/valid_loss") == []


def test_pictures_and_results_lie_where_the_server_looks(root):
    sync(root, PARAMS)
    place = runs(root)[1]["pdae/0"].info.artifact_uri.removeprefix("mlflow-artifacts:/")
    assert (root / "mlartifacts" / place / "pictures" / "reconstruct.png").read_text() == "picture"
    assert (root / "mlartifacts" / place / "pictures" / "counterfactual-exact.png").read_text() == "truth"
    assert json.loads((root / "mlartifacts" / place / "results" / "probe.json").read_text())["n_test"] == 40


def test_a_second_sync_changes_nothing(root):
    sync(root, PARAMS)
    before = contents(root)
    assert sync(root, PARAMS) == 0
    assert contents(root) == before


def test_a_lost_database_is_filled_again(root, tmp_path_factory, empty_store):
    sync(root, PARAMS)
    other = tmp_path_factory.mktemp("clone")
    shutil.copytree(root / "results", other / "results")
    shutil.copy(empty_store, other)
    assert sync(other, PARAMS) == 3
    assert contents(other) == contents(root)


def test_a_changed_result_updates_the_same_run(root):
    sync(root, PARAMS)
    before = runs(root)[1]["pca/0"].info.run_id
    write_result(root, "pca", "probe", {"average_precision": 0.75})
    assert sync(root, PARAMS) == 1
    run = runs(root)[1]["pca/0"]
    assert (run.info.run_id, run.data.metrics["average_precision"]) == (before, 0.75)


@pytest.mark.parametrize("curves", [{50: 0.4, 100: 0.2}, {50: 0.5}], ids=["other values", "fewer points"])
def test_curves_that_cannot_be_taken_back_make_a_new_run(root, curves):
    sync(root, PARAMS)
    write_curves(root, "pdae", curves)
    sync(root, PARAMS)
    assert dict(history(root)) == curves


def test_earlier_settings_stay_and_say_so(root):
    sync(root, PARAMS)
    changed = PARAMS | {"methods": PARAMS["methods"] | {"pca": {"code_dim": 3}}}
    for stage in ("train", "probe"):
        write_result(root, "pca", stage, {"average_precision": 0.6}, params=changed)
    sync(root, changed)
    client, found = runs(root)
    assert found["pca/0"].data.params["method.code_dim"] == "3"
    assert found["pca/0 (earlier settings)"].data.tags["state"] == "superseded"
    assert len(current_runs(client, experiment(client, DATASET))) == 3


def test_results_of_other_settings_do_not_take_those_of_today(root):
    changed = PARAMS | {"methods": PARAMS["methods"] | {"pca": {"code_dim": 3}}}
    sync(root, changed)
    assert "method.code_dim" not in runs(root)[1]["pca/0"].data.params


def log(root, curves):
    logger = live_logger(DATASET, "pdae", 0, params_hash(PARAMS, DATASET, "pdae"), root)
    for step, loss in curves.items():
        logger.log_metrics({"train/loss": loss, "train/learning_rate": 0.001}, step)
    return logger


def test_live_points_are_not_doubled_by_sync(root):
    log(root, CURVES).finalize("success")
    sync(root, PARAMS)
    assert history(root) == sorted(CURVES.items())
    assert history(root, "train/learning_rate") == [(step, 0.001) for step in CURVES]


def test_a_resumed_training_doubles_no_points(root):
    log(root, {50: 0.5, 100: 0.25}).finalize("failed")
    log(root, {100: 0.25, 150: 0.125})
    assert history(root) == sorted(CURVES.items())


def test_live_and_sync_share_the_run(root):
    logger = log(root, CURVES)
    sync(root, PARAMS)
    run = runs(root)[1]["pdae/0"]
    assert (run.info.run_id, run.info.status) == (logger.run_id, "FINISHED")


def test_a_store_that_cannot_be_written_stops_no_training(tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:////proc/nowhere/mlflow.db")
    monkeypatch.setenv("MLFLOW_SQLALCHEMYSTORE_MAX_RETRIES", "0")
    logger = LiveLogger(Row(DATASET, "pdae", 0, "0"), tmp_path)
    with pytest.warns(UserWarning, match="no live curves of pdae/0"):
        logger.log_metrics({"train/loss": 1.0}, 1)
    logger.log_metrics({"train/loss": 1.0}, 2)


def test_the_same_run_is_found_again(root):
    client, row = create_store(root), Row(DATASET, "pdae", 0, "abc")
    assert find_or_create_run(client, row, root).info.run_id == find_or_create_run(client, row, root).info.run_id


def test_another_store_is_respected(tmp_path, monkeypatch):
    assert store_uri(tmp_path) == f"sqlite:///{tmp_path}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example")
    assert store_uri(tmp_path) == "http://tracking.example"


def test_links_open_on_what_was_measured(root):
    sync(root, PARAMS)
    client, found = runs(root)
    shown = links(client, DATASET, "http://here")
    assert all(found[name].info.run_id in shown[-1] for name in ("pdae/0", "pca/0"))
    view = json.loads(client.get_experiment(experiment(client, DATASET)).tags["mlflow.sharedViewState.runs"])
    assert (view["selectedColumns"], view["searchFilter"]) == (
        ["metrics.`average_precision`"],
        "tags.state = 'current'",
    )
