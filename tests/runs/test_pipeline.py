"""The whole pipeline on its smallest grid, run in two fresh workspaces outside the repository.

`calm` runs to its end, two cells side by side. `stormy` runs one cell at a time, is told to stop while the base model
trains, loses all its processes while a method trains, and then runs to its end. Both must give the same numbers.
"""

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file
from smoke_runs import CELL_STAGES, ROOMS

COST = {"wall_seconds", "peak_memory_mib", "suite_commit"}  # somebody may commit between the runs
pytestmark = pytest.mark.xdist_group("pipeline")


def numbers(folder: Path) -> dict[str, dict]:
    files = sorted((folder / "results").rglob("*.json"))
    found = {str(file.relative_to(folder)): json.loads(file.read_text()) for file in files}
    return {name: {k: v for k, v in content.items() if k not in COST} for name, content in found.items()}


def test_it_ends_well(calm):
    assert calm.done.returncode == 0, calm.done.stdout + calm.done.stderr
    assert "21 of 21 stages ran" in calm.done.stdout


def test_every_cell_has_every_result(calm):
    cells = [(method, stage, seed) for method in ("pdae", "random") for stage in CELL_STAGES for seed in (0, 1)]
    missing = [c for c in cells if not (calm.folder / "results" / ROOMS / c[0] / c[1] / f"{c[2]}.json").exists()]
    assert missing == []


def test_base_and_oracle_have_results(calm):
    assert {"base.json", "oracle.json"} <= {path.name for path in (calm.folder / "results" / ROOMS).iterdir()}


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


def test_mlflow_is_filled(calm):
    assert (calm.folder / "mlflow.db").stat().st_size > 0


def test_nothing_is_left_half_done(calm):
    assert [p for p in calm.folder.rglob(".*.[0-9]*") if p.name.split(".")[2].isdigit()] == []
    assert list((calm.folder / "runs" / "partial").rglob("*.ckpt")) == []


def test_a_frozen_base_model_stays_to_the_last_bit(calm):
    runs = calm.folder / "runs" / ROOMS
    base = load_file(runs / "base" / "unet" / "diffusion_pytorch_model.safetensors")
    for weights in ("weights", "raw"):
        trained = load_file(runs / "pdae" / "0" / f"{weights}.safetensors")
        assert all(trained[f"decoder.base.unet.{name}"].equal(value) for name, value in base.items())


def test_told_to_stop_it_says_so_and_takes_its_stages_along(stormy):
    assert stormy.process.returncode == 1
    assert stormy.words.splitlines()[-1] == "diffrep: interrupted; finished work is kept"
    assert stormy.survivors == []


def test_a_killed_training_goes_on_from_its_checkpoint(stormy):
    assert stormy.done.returncode == 0, stormy.done.stdout + stormy.done.stderr
    assert "going on from the last checkpoint" in stormy.log


def test_neither_jobs_nor_kills_change_a_number(calm, stormy):
    assert numbers(stormy.folder) == numbers(calm.folder)


def test_neither_jobs_nor_kills_change_a_curve(calm, stormy):
    curves = sorted(path.relative_to(calm.folder) for path in (calm.folder / "results").rglob("*.csv"))
    assert curves
    assert all((stormy.folder / path).read_text() == (calm.folder / path).read_text() for path in curves)


def test_neither_jobs_nor_kills_change_a_weight(calm, stormy):
    files = sorted(path.relative_to(calm.folder) for path in (calm.folder / "runs").rglob("*.safetensors"))
    assert files
    assert [str(f) for f in files if (stormy.folder / f).read_bytes() != (calm.folder / f).read_bytes()] == []
