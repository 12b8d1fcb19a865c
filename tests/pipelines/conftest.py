"""A study of the smallest networks, trained and scored once for all test files that look at what stages leave."""

import os
import shutil
from pathlib import Path

import pytest
import torch
from filelock import FileLock
from tiny_cells import ROOMS, STUDIED, cell, study_values, write_code

from diffrep.pipelines.core.params import Params, parsed
from diffrep.pipelines.core.paths import Repeat, Shared


@pytest.fixture(scope="session")
def study(tmp_path_factory) -> Path:
    """A folder with the results of a method of every kind, trained for two steps and scored; not to be changed.

    Made once for all processes of the tests.
    """
    torch.set_num_threads(1)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, whole = shared / "study", shared / "study.whole"
    with FileLock(shared / "study.lock"):
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)  # of a process that could not make all of it
            folder.mkdir()
            make_study(folder)
            whole.touch()
    return folder


def make_study(folder: Path) -> None:
    """Train and score in `folder`."""
    from diffrep.pipelines.stages.autoencoder import autoencoder
    from diffrep.pipelines.stages.base import base
    from diffrep.pipelines.stages.disentangle import disentangle
    from diffrep.pipelines.stages.encode import encode
    from diffrep.pipelines.stages.partway import partway
    from diffrep.pipelines.stages.prepare import prepare
    from diffrep.pipelines.stages.probe import probe
    from diffrep.pipelines.stages.reconstruct import reconstruct
    from diffrep.pipelines.stages.train import train

    params = parsed(study_values())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        untracked(patch)
        write_code(params)
        for of_data in (prepare, autoencoder):
            of_data(params, Shared(ROOMS))
        base(params, Repeat(ROOMS, 0))
        for method in STUDIED:
            for of_cell in (train, encode, probe, disentangle, reconstruct, partway):
                of_cell(params, cell(method))


@pytest.fixture
def project(study, tmp_path, monkeypatch) -> Path:
    """A copy of the study, to work in and to change."""
    shutil.copytree(study, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    untracked(monkeypatch)
    return tmp_path


@pytest.fixture
def no_training(monkeypatch) -> None:
    """Whatever trains fails."""

    def training(*_, **__):
        raise AssertionError("trained")

    monkeypatch.setattr("diffrep.pipelines.training.training.training", training)


@pytest.fixture
def untrainable(project, no_training) -> Path:
    """A copy of the study in which nothing can be trained."""
    return project


@pytest.fixture
def studied(study, monkeypatch) -> Path:
    """The study itself, to read in."""
    monkeypatch.chdir(study)
    return study


@pytest.fixture
def study_params() -> Params:
    """Its params."""
    return parsed(study_values())


def untracked(patch: pytest.MonkeyPatch) -> None:
    """Train without MLflow, which takes longer to open than these trainings."""
    patch.setattr("diffrep.pipelines.tracking.sync.live_logger", lambda *_: False)
