"""A disk that takes no more: one clear line, a non-zero exit, no half file, and what was there before still there.

A limit on the size of files gives the same system error at the same places, without filling anything.
"""

import resource
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
import yaml

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines import command
from diffrep.pipelines.core.errors import one_line
from diffrep.pipelines.core.files import read_json, write_arrays, write_json
from diffrep.pipelines.core.paths import Repeat, Shared, Whole
from diffrep.pipelines.core.results import written
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.stages.base import base
from diffrep.pipelines.stages.code import code
from diffrep.pipelines.stages.prepare import prepare
from diffrep.pipelines.stages.train import save
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.trained.record import Record

ROOMS = "shapes3d_rendered"
LINE = r"no space left on the disk.*: free some and run the same command again, finished work is kept"


@contextmanager
def full_disk(limit: int = 0) -> Iterator[None]:
    """No file can grow beyond `limit` bytes inside the block."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def line_of(write, limit: int = 0) -> str | None:
    """The line that tells of the error of `write` on a full disk."""
    with full_disk(limit):
        try:
            write()
        except Exception as error:
            return one_line(error)
    return "nothing went wrong"


def files(folder) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def project(tmp_path, monkeypatch, small_values, small_params):
    """A folder with params.yaml and prepared data, to work in."""
    torch.set_num_threads(1)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_values))
    code(small_params, Whole())
    prepare(small_params, Shared(ROOMS))
    return tmp_path


def stage(name: str, *seed: str) -> None:
    command.main([name, "--dataset", ROOMS, *seed])


RECORD = Record("ab", ROOMS, "pdae", 0, "pdae", {}, (3, 16, 16), "cd", {}, None)
WRITERS = {
    "json": lambda folder: write_json(folder / "a.json", {"text": "x" * 2000}),
    "arrays": lambda folder: write_arrays(folder / "a.npz", {"z": np.zeros(2000)}),
    "weights": lambda folder: save(folder / "cell", {"weights": {"w": torch.zeros(2000)}}, RECORD, "a page"),
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("limit", [0, 1000])
def test_every_writer_tells_one_line_and_leaves_nothing(tmp_path, write, limit):
    assert line_of(lambda: write(tmp_path), limit).startswith("no space left on the disk")
    assert files(tmp_path) == set()


def probe(params, shared) -> None:
    """A stage."""


def test_a_result_that_finds_no_space_leaves_the_old_one(tmp_path, monkeypatch, small_params):
    monkeypatch.chdir(tmp_path)
    stage = Stage(probe, Shared, results=lambda shared: (shared.results("probe"),))
    folder = Shared(ROOMS).results("probe")

    def write(score: float, text: str) -> None:
        with written(stage, Shared(ROOMS), small_params) as result:
            result["score"], result.notes["text"] = score, text

    write(0.5, "short")
    assert line_of(lambda: write(0.6, "x" * 5000), limit=3000).startswith("no space left on the disk")
    assert read_json(folder / "result.json")["score"] == 0.5
    assert files(tmp_path) == {"result.json", "cost.json"}


def test_prepare_ends_with_the_line_and_keeps_the_data_that_was_there(project):
    before = Prepared(project / "data" / ROOMS).checksum
    with full_disk(5000), pytest.raises(SystemExit, match=f"^diffrep: error: {LINE}$"):
        stage("prepare")
    assert Prepared(project / "data" / ROOMS).checksum == before


def test_prepare_leaves_no_half_data_set_and_goes_on_when_there_is_space(project):
    shutil.rmtree(project / "data")
    with full_disk(5000), pytest.raises(SystemExit):
        stage("prepare")
    assert not (project / "data" / ROOMS).exists()
    stage("prepare")
    assert len(Prepared(project / "data" / ROOMS).images) == 144
    assert [path.name for path in (project / "data").iterdir() if "partial" in path.name] == []


def test_training_ends_with_the_line_where_its_checkpoint_finds_no_space(project):
    with full_disk(20_000), pytest.raises(SystemExit, match=f"^diffrep: error: {LINE}$"):
        stage("base", "--seed", "0")
    assert files(project / "runs" / "partial") == {"settings.json"}
    assert not (project / "results" / ROOMS / "base" / "0").exists()


def test_training_ends_with_the_line_where_its_weights_find_no_space(project, small_params):
    """The checkpoint, which is larger, is there already; diffusers writes the model."""
    base(small_params, Repeat(ROOMS, 0))
    weights = project / "runs" / ROOMS / "base" / "0" / "unet" / "diffusion_pytorch_model.safetensors"
    before = weights.read_bytes()
    network = pretrained.load("base", Repeat(ROOMS, 0), (3, 16, 16))
    assert line_of(lambda: network.unet.save_pretrained("model"), 5000).startswith("no space left")
    assert weights.read_bytes() == before


def test_training_goes_on_when_there_is_space_again(project):
    with full_disk(20_000), pytest.raises(SystemExit):
        stage("base", "--seed", "0")
    stage("base", "--seed", "0")
    assert pretrained.load("base", Repeat(ROOMS, 0), (3, 16, 16)) is not None
    assert not (project / "runs" / "partial" / ROOMS / "base" / "0").exists()
