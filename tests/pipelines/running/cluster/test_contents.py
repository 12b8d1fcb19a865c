"""Hashes of tasks are DVC's, taken once of what is large, and the first difference has a name."""

import os
from pathlib import Path

import pytest
from dvc.repo import Repo

from diffrep.pipelines.running.cluster import contents
from diffrep.pipelines.running.cluster.contents import ABSENT, Contents, contents_here, difference, hash_of, keep_hash
from diffrep.pipelines.running.cluster.recording import locked_of
from diffrep.pipelines.running.cluster.tree import Tree

SAID = Contents(command="true", deps={"a": "1"}, params={"train": "2"}, outs={"b": "3"})


def test_a_task_hashes_as_dvc_does(pipeline):
    for stage in pipeline.index.stages:
        found = Tree().contents(stage)
        assert contents_here(found.command, found.deps, found.params, found.outs) == found
        assert locked_of(stage) == found


def test_what_is_not_there_has_no_hash(tmp_path):
    assert hash_of(tmp_path / "nothing") == ABSENT


@pytest.fixture
def large(tmp_path, monkeypatch):
    """A folder with a large file, whose hashing is counted."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data", "images").write_bytes(bytes(contents.LARGE))
    hashed, computed = [], contents.computed
    monkeypatch.setattr(contents, "computed", lambda path: hashed.append(path) or computed(path))
    return hashed


def test_a_large_folder_is_hashed_once_until_it_changes(large):
    first = hash_of(Path("data"))
    assert hash_of(Path("data")) == first
    assert len(large) == 1
    os.utime("data/images", ns=(1, 1))
    assert hash_of(Path("data")) == first
    Path("data", "more").write_text("a")
    assert hash_of(Path("data")) != first
    assert len(large) == 3


def test_what_dvc_knows_already_is_not_hashed(large):
    keep_hash(Path("data"), "known")
    assert hash_of(Path("data")) == "known"
    assert large == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ""),
        ({"command": "false"}, "its command has changed"),
        ({"deps": {"a": "9"}}, "a has changed"),
        ({"params": {"train": "9"}}, "params.yaml: train has changed"),
        ({"params": {}}, "params.yaml: train has changed"),
        ({"outs": {"b": "9"}}, "b has changed"),
        ({"outs": {"b": "3", "c": "4"}}, "c has changed"),
    ],
)
def test_the_first_difference_is_named(changed, words):
    assert difference(SAID, SAID.model_copy(update=changed)) == words


def test_a_stage_that_has_never_run_has_nothing_in_the_lock(pipeline):
    Path("dvc.lock").unlink()
    with Repo() as repo:
        assert {locked_of(stage) for stage in repo.index.stages} == {None}
