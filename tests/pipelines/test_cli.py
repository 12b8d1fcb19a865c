"""The command line: a cell that is not in the grid, a device that is not there, and help that names the right files."""

import sys

import pytest
import torch
import yaml
from click.testing import CliRunner

from diffrep.pipelines.cli import cli, run
from diffrep.pipelines.core import paths

ROOMS = "shapes3d_rendered"
CELL = ("DATASET", "METHOD", "SEED")
WRITTEN = {  # what each stage writes, beside the results of a cell's stages
    "prepare": [paths.data("DATASET")],
    "base": [paths.base("DATASET"), paths.base_result("DATASET"), paths.partial("DATASET", "base")],
    "autoencoder": [
        paths.autoencoder("DATASET"),
        paths.autoencoder_result("DATASET"),
        paths.partial("DATASET", "autoencoder"),
    ],
    "oracle": [paths.oracle("DATASET"), paths.oracle_result("DATASET"), paths.partial("DATASET", "oracle")],
    "train": [paths.cell(*CELL), paths.curves(*CELL), paths.partial(*CELL)],
    "encode": [paths.codes(*CELL), paths.parts(*CELL)],
    **{name: [paths.arrays("DATASET", "METHOD", name, "SEED")] for name in ("probe", "disentangle")},
    **{
        name: [place("DATASET", "METHOD", name, "SEED") for place in (paths.arrays, paths.picture)]
        for name in ("reconstruct", "counterfactual")
    },
    "anchors": [paths.anchor("DATASET", "NAME", "STAGE", "SEED")],
    "adapters": [paths.adapters() / kind / "NAME.json" for kind in ("methods", "datasets")]
    + [paths.grid_code(), paths.needs(), paths.cell_needs("DATASET", "NAME")],
}
READ = {  # beside data/DATASET
    "autoencoder": [paths.needs()],
    "train": [paths.base("DATASET"), paths.autoencoder("DATASET"), paths.adapters() / "methods" / "METHOD.json"],
    "encode": [paths.cell(*CELL), paths.base("DATASET"), paths.autoencoder("DATASET")],
    "probe": [paths.codes(*CELL)],
    "disentangle": [paths.codes(*CELL)],
    "reconstruct": [paths.cell(*CELL), paths.base("DATASET"), paths.codes(*CELL)],
    "counterfactual": [
        paths.cell(*CELL),
        paths.base("DATASET"),
        paths.codes(*CELL),
        paths.oracle("DATASET"),
    ],
    "anchors": [paths.grid_code(), paths.oracle_result("DATASET")],
}
CELL_STAGES = ("train", "encode", "probe", "disentangle", "reconstruct", "counterfactual")


def told(monkeypatch, *words: str) -> str:
    """How the command `diffrep words` ends."""
    monkeypatch.setattr(sys, "argv", ["diffrep", *words])
    with pytest.raises(SystemExit) as caught:
        run(cli.main)
    return str(caught.value)


@pytest.fixture
def folder(tmp_path, monkeypatch, small_params):
    """A folder with a params.yaml and nothing else."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_params))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("dataset", "method", "seed", "line"),
    [
        ("shapes3d", "random", "0", f"no dataset 'shapes3d' in grid.dataset of params.yaml: did you mean '{ROOMS}'?"),
        (ROOMS, "pdea", "0", "no method 'pdea' in grid.method of params.yaml: did you mean 'pdae'?"),
        (ROOMS, "nope", "0", "no method 'nope' in grid.method of params.yaml: there are pdae, random"),
        (ROOMS, "random", "7", "no seed '7' in grid.seed of params.yaml: there are 0, 1"),
    ],
)
def test_a_cell_that_is_not_in_the_grid_is_one_line(folder, monkeypatch, dataset, method, seed, line):
    words = ("train", "--dataset", dataset, "--method", method, "--seed", seed)
    assert told(monkeypatch, *words) == f"diffrep: error: {line}"


@pytest.mark.parametrize("stage", ["prepare", "base", "autoencoder", "oracle", "encode", "probe", "anchors"])
def test_every_stage_looks_its_cell_up(folder, monkeypatch, stage):
    method = ("--method", "random") if stage in CELL_STAGES else ()
    assert "no dataset 'nope' in grid.dataset" in told(monkeypatch, stage, "--dataset", "nope", *method)


@pytest.mark.parametrize("stage", ["base", "autoencoder", "oracle", "train", "encode", "reconstruct", "counterfactual"])
@pytest.mark.parametrize("device", ["gpu", "cuda", "mps"])
def test_a_device_that_is_not_there_is_one_line(folder, monkeypatch, small_params, stage, device):
    if torch.backends.mps.is_available() if device == "mps" else torch.cuda.is_available():
        pytest.skip(f"this machine has {device}")
    small_params["machine"]["device"] = device
    (folder / "params.yaml").write_text(yaml.safe_dump(small_params))
    cell = [*(("--method", "random") if stage in CELL_STAGES else ()), *(("--seed", "0") if stage == "train" else ())]
    line = f"params.yaml: machine.device is {device!r}, but torch finds no such device here: set it to cpu"
    assert told(monkeypatch, stage, "--dataset", ROOMS, *cell) == f"diffrep: error: {line}"


def test_a_stage_that_needs_no_device_asks_for_none(folder, monkeypatch, small_params):
    small_params["machine"]["device"] = "mps"
    (folder / "params.yaml").write_text(yaml.safe_dump(small_params))
    assert "machine.device" not in told(monkeypatch, "probe", "--dataset", ROOMS, "--method", "random")


@pytest.mark.parametrize("stage", WRITTEN)
def test_help_says_what_a_stage_reads_and_writes(stage):
    files = WRITTEN[stage] + READ.get(stage, [])
    if stage in CELL_STAGES:
        files.append(paths.result("DATASET", "METHOD", stage, "SEED"))
    words = CliRunner().invoke(cli, [stage, "--help"], terminal_width=110).output
    assert [str(path) for path in files if str(path) not in words] == []


def test_help_says_how_to_see_a_traceback():
    assert "DIFFREP_TRACEBACK=1" in CliRunner().invoke(cli, ["--help"]).output
