"""Tiny rooms, ready for the stages that edit and for their anchors."""

import shutil

import pytest
import tiny_cells
from tiny_edits import PCA, RANDOM, ROOMS, rooms_params, run, write_oracle

from diffrep.pipelines.core.params import Params


@pytest.fixture
def rooms(small_values, tmp_path, monkeypatch) -> Params:
    """Params of a folder where tiny rooms are prepared, and an oracle says that it reads them."""
    monkeypatch.chdir(tmp_path)
    params = rooms_params(small_values)
    run(params, "prepare", ROOMS)
    write_oracle()
    return params


@pytest.fixture(scope="session")
def encoded_once(tmp_path_factory):
    """The same folder with the trained cells and the features of real images; not to be changed."""
    folder, params = tmp_path_factory.mktemp("encoded"), rooms_params(tiny_cells.small_values())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for stage in ("prepare", "references"):
            run(params, stage, ROOMS)
        write_oracle()
        for cell in (PCA, RANDOM):
            run(params, "train", cell)
            run(params, "encode", cell)
    return folder


@pytest.fixture
def encoded_rooms(encoded_once, tmp_path, monkeypatch) -> Params:
    """Params of a copy of that folder, to work in and to change."""
    shutil.copytree(encoded_once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return rooms_params(tiny_cells.small_values())
