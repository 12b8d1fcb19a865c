"""The store, and the one run in it of each key."""

import shutil

import pytest

from diffrep.pipelines.tracking.store import RunKey, create_store, find_or_create_run, is_server, store_uri


def test_names_and_keys():
    pdae, factors = RunKey("squares", "pdae", 0, "ab"), RunKey("squares", "factors", None, "cd", "anchor")
    assert (pdae.name, pdae.text) == ("pdae/0", "squares/pdae/0/ab")
    assert (factors.name, factors.text) == ("anchors/factors", "squares/anchors/factors/cd")


def test_the_same_run_is_found_again(root):
    client, key = create_store(root), RunKey("squares", "pdae", 0, "abc")
    assert find_or_create_run(client, key, root).info.run_id == find_or_create_run(client, key, root).info.run_id


def test_other_settings_are_another_run(root):
    client = create_store(root)
    ids = {find_or_create_run(client, RunKey("squares", "pdae", 0, of), root).info.run_id for of in ("a", "b")}
    assert len(ids) == 2


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
    root.mkdir()
    shutil.copy(empty_store, root)
    find_or_create_run(create_store(root), RunKey("squares", "pdae", 0, "abc"), root)
    assert (root / "mlflow.db").read_bytes() != empty_store.read_bytes()
    assert set(tmp_path.iterdir()) == {root}
