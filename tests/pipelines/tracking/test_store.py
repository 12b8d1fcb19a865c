"""The store, and the one run in it of each key."""

import shutil

import pytest
from tracked_tree import write

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.tracking.store import RunKey, experiment_name, is_server, open_store, store_uri


def test_names_and_keys():
    pdae, factors = RunKey("squares", "pdae", 0, "ab"), RunKey("squares", "factors", None, "cd", "anchor")
    assert (pdae.name, pdae.text) == ("pdae/0", "squares/pdae/0/ab")
    assert (factors.name, factors.text) == ("anchors/factors", "squares/anchors/factors/cd")


def test_the_same_run_is_found_again(root):
    store, key = open_store(root), RunKey("squares", "pdae", 0, "abc")
    assert store.find_or_create(key).info.run_id == store.find_or_create(key).info.run_id


def test_other_settings_are_another_run(root):
    store = open_store(root)
    assert len({store.find_or_create(RunKey("squares", "pdae", 0, of)).info.run_id for of in ("a", "b")}) == 2


@pytest.mark.parametrize("preset", ["quick", "smoke"])
def test_an_experiment_is_of_one_preset_and_one_data_set(tmp_path, no_server_of_mine, preset):
    write(tmp_path / "params.yaml", f"evaluate: {{preset: {preset}}}")
    assert experiment_name("squares", tmp_path) == f"diffrep/{preset}/squares"


def test_its_name_begins_as_mlflows_own_variable_says(root, monkeypatch):
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "thesis")
    assert experiment_name("squares", root) == "thesis/quick/squares"


def test_without_params_there_is_no_experiment(tmp_path):
    with pytest.raises(UserError, match=r"params\.yaml"):
        experiment_name("squares", tmp_path)


def test_an_experiment_that_was_deleted_is_taken_back(root):
    store = open_store(root)
    number = store.experiment("squares")
    store.client.delete_experiment(number)
    assert store.experiment("squares") == number
    assert store.client.get_experiment(number).lifecycle_stage == "active"


def test_an_experiment_that_another_makes_meanwhile_is_used(root, monkeypatch):
    store = open_store(root)
    number = store.experiment("squares")
    known = store.client.get_experiment_by_name
    answers = iter([None, *[known("diffrep/quick/squares")] * 2])
    monkeypatch.setattr(store.client, "get_experiment_by_name", lambda name: next(answers))
    assert store.experiment("squares") == number


def test_another_store_is_respected(tmp_path, monkeypatch):
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    assert store_uri(tmp_path) == f"sqlite+pysqlite:///{tmp_path}/mlflow.db"
    assert store_uri(tmp_path / "50%25 of a?b").endswith("/50%2525%20of%20a%3Fb/mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://tracking.example")
    assert store_uri(tmp_path) == "http://tracking.example"


def test_a_server_keeps_its_own_files():
    assert [is_server(uri) for uri in ("http://here", "databricks", "sqlite:///x")] == [True, True, False]


@pytest.mark.parametrize("name", ["feature%2Flogin", "100%", "what?", "a b'c\"d", "#1; $x & y", "日本 ü", "two\nlines"])
def test_the_database_lies_where_the_folder_is_called_so(empty_store, tmp_path, no_server_of_mine, name):
    root = tmp_path / name
    write(root / "params.yaml", "evaluate: {preset: quick}")
    shutil.copy(empty_store, root)
    open_store(root).find_or_create(RunKey("squares", "pdae", 0, "abc"))
    assert (root / "mlflow.db").read_bytes() != empty_store.read_bytes()
    assert set(tmp_path.iterdir()) == {root}
