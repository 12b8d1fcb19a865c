"""The whole pipeline on its smallest grid, run in two fresh workspaces outside the repository.

`calm` runs to its end, two cells side by side. `stormy` runs one of its cells and what that stands on, one stage at a
time, is told to stop while the base model trains, loses all its processes while the method trains, and then runs to its
end. What both have made must be the same.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import ViewType
from mlflow.pyfunc import load_model
from safetensors.torch import load_file
from smoke_runs import CELL_STAGES, ROOMS

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import MACHINE
from diffrep.pipelines.core.paths import Cell, Repeat, Shared


def numbers(folder: Path) -> dict[str, dict]:
    files = [file for file in sorted((folder / "results").rglob("*.json")) if file.name != "cost.json"]
    return {str(file.relative_to(folder)): json.loads(file.read_text()) for file in files}


def test_it_ends_well(calm):
    assert calm.done.returncode == 0, calm.done.stdout + calm.done.stderr
    assert "46 of 46 stages ran" in calm.done.stdout


def test_every_cell_has_every_result(calm):
    cells = [Cell(ROOMS, method, seed) for method in ("pdae", "random") for seed in (0, 1)]
    folders = [calm.folder / cell.results(stage) for cell in cells for stage in CELL_STAGES]
    assert [folder for folder in folders if not {"result.json", "cost.json"} <= set(os.listdir(folder))] == []


@pytest.mark.parametrize("stage", ["autoencoder", "oracle", "references"])
def test_what_a_data_set_shares_has_results(calm, stage):
    assert (calm.folder / Shared(ROOMS).results(stage) / "result.json").exists()


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("stage", ["base", "attribute_loss"])
def test_what_a_seed_shares_has_results(calm, stage, seed):
    assert (calm.folder / Repeat(ROOMS, seed).results(stage) / "result.json").exists()


@pytest.mark.parametrize("name", ["factors", "pca20", "mean_image", "real", "unedited"])
def test_anchors_are_scored_once(calm, name):
    assert list((calm.folder / "results" / ROOMS / "anchors" / name).rglob("result.json"))


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", ["rotation", "noise"])
def test_anchors_that_are_drawn_are_scored_for_every_seed(calm, seed, name):
    assert (calm.folder / Repeat(ROOMS, seed).anchor(name, "probe") / "result.json").exists()


def test_every_null_has_its_reason(calm):
    silent = {
        (name, key)
        for name, content in numbers(calm.folder).items()
        for key, value in content.items()
        if value is None and key not in content["reasons"]
    }
    assert silent == set()


@pytest.mark.parametrize("suffix", ["csv", "md", "tex"])
def test_tables_hold_both_methods(calm, suffix):
    table = (calm.folder / "reports" / "tables" / f"{ROOMS}.{suffix}").read_text()
    assert "pdae" in table
    assert "random" in table


def test_the_page_is_one_file_that_needs_no_network(calm):
    page = (calm.folder / "reports" / "index.html").read_text()
    assert "pdae" in page
    assert 'src="http' not in page
    assert 'href="http' not in page.replace('href="https://arxiv', "")


def test_figures_are_drawn(calm):
    assert list((calm.folder / "reports" / "figures").glob("*.png"))


def test_mlflow_is_filled_and_its_model_gives_the_codes_that_are_kept(calm):
    experiment = MlflowClient(f"sqlite+pysqlite:///{calm.folder}/mlflow.db").get_experiment_by_name(
        f"diffrep/smoke/{ROOMS}"
    )
    models = (calm.folder / "mlartifacts" / experiment.name / "models").rglob("MLmodel")
    (of_pdae,) = [file.parent for file in models if f"{ROOMS}/pdae/1\n" in file.read_text()]
    data = Prepared(calm.folder / Shared(ROOMS).data)
    with np.load(calm.folder / Cell(ROOMS, "pdae", 1).codes) as kept:
        codes = load_model(str(of_pdae)).predict(data.images[data.splits["test"][:20]])
        assert np.array_equal(codes, kept["z_test"][:20])


def test_a_cell_that_trained_live_is_one_run_with_its_curves_and_what_the_machine_did(calm):
    client = MlflowClient(f"sqlite+pysqlite:///{calm.folder}/mlflow.db")
    number = client.get_experiment_by_name(f"diffrep/smoke/{ROOMS}").experiment_id
    everything = client.search_runs([number], run_view_type=ViewType.ALL)
    (run,) = [run for run in everything if run.info.run_name == "pdae/0"]
    assert {"average_precision", "train/loss", "system/cpu_utilization_percentage"} <= run.data.metrics.keys()


def test_nothing_is_left_half_done(calm):
    assert list(calm.folder.rglob(f".*.{MACHINE}.*")) == []
    assert list((calm.folder / "runs" / "partial").rglob("*.ckpt")) == []


def test_a_frozen_base_model_stays_to_the_last_bit(calm):
    runs = calm.folder / "runs" / ROOMS
    base = load_file(runs / "base" / "0" / "unet" / "diffusion_pytorch_model.safetensors")
    for weights in ("weights", "raw"):
        trained = load_file(runs / "pdae" / "0" / f"{weights}.safetensors")
        assert all(trained[f"decoder.base.unet.{name}"].equal(value) for name, value in base.items())


@pytest.mark.long
def test_told_to_stop_it_says_so_and_takes_its_stages_along(stormy):
    assert stormy.process.returncode == 1
    assert stormy.words.splitlines()[-1] == "diffrep: interrupted; finished work is kept"
    assert stormy.survivors == []


@pytest.mark.long
def test_a_killed_training_goes_on_from_its_checkpoint(stormy):
    assert stormy.done.returncode == 0, stormy.done.stdout + stormy.done.stderr
    assert "going on from the last checkpoint" in stormy.log


@pytest.mark.long
def test_neither_jobs_nor_kills_change_a_number(calm, stormy):
    one, other = numbers(calm.folder), numbers(stormy.folder)
    assert len(other) >= len(one) / 3
    assert {name: one[name] for name in other} == other


@pytest.mark.long
@pytest.mark.parametrize(("folder", "suffix", "count"), [("results", "csv", 1), ("runs", "safetensors", 5)])
def test_neither_jobs_nor_kills_change_a_curve_or_a_weight(calm, stormy, folder, suffix, count):
    files = sorted(path.relative_to(stormy.folder) for path in (stormy.folder / folder).rglob(f"*.{suffix}"))
    assert len(files) == count
    assert [str(f) for f in files if (stormy.folder / f).read_bytes() != (calm.folder / f).read_bytes()] == []
