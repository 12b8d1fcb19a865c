"""A small made-up pipeline whose every stage has run."""

import os
import shutil

import many_stages
import pytest
from dvc.repo import Repo


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A folder with one data set, two methods and one seed: 16 stages."""
    home, folder = os.getcwd(), tmp_path_factory.mktemp("finished")
    os.chdir(folder)
    try:
        many_stages.make(datasets=1, methods=2, seeds=1).close()
    finally:
        os.chdir(home)
    return folder


@pytest.fixture
def pipeline(finished, tmp_path, monkeypatch):
    """DVC's repository of a copy of it, in the working directory."""
    shutil.copytree(finished, tmp_path / "pipeline")
    monkeypatch.chdir(tmp_path / "pipeline")
    with Repo() as repo:
        yield repo
