"""The file of a published autoencoder, in a workspace outside the repository: a whole run stands on it."""

import json
import shutil
import subprocess
from types import SimpleNamespace

import pytest
import yaml
from published_autoencoder import published
from smoke_runs import CELL_STAGES, ENVIRONMENT, ROOMS, command, diffrep, workspace
from tiny_cells import study_values

from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.pipelines.running.plan import Plan

pytestmark = pytest.mark.long

SHARED, CELL = Shared(ROOMS), Cell(ROOMS, "encdiff_latent", 0)


def values() -> dict:
    """A grid of one cell, all scores of which take seconds."""
    found = study_values()
    found["grid"]["method"] = ["encdiff_latent"]
    found["report"] = {"reference": "encdiff_latent", "controls": []}
    edits = {"pairs": 8, "images": 24, "interpolated": 2, "composed": 2, "decode_steps": 2, "invert_steps": 2}
    found["evaluate"]["counterfactual"] |= edits
    return found


def outdated() -> set[str]:
    """The kinds of stages in the current folder that something they read has outdated."""
    plan = Plan(load())
    return {name.partition("@")[0] for name in plan.names if plan.reason(name)}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A workspace run to its end on the imported autoencoder."""
    folder = workspace(tmp_path_factory.mktemp("autoencoder") / "space")
    (folder / "params.yaml").write_text(yaml.safe_dump(values(), sort_keys=False))
    _theirs, path = published(folder.parent)
    imported = diffrep(folder, "import-weights", str(path), "--out", ".")
    return SimpleNamespace(folder=folder, imported=imported, done=diffrep(folder, "repro", "--jobs", "1"))


def result(folder, place, stage) -> dict:
    return json.loads((folder / place.results(stage) / "result.json").read_text())


def test_it_is_imported_and_every_stage_ends_well(run):
    assert run.imported.returncode == 0, run.imported.stderr
    assert run.done.returncode == 0, run.done.stdout + run.done.stderr
    assert all((run.folder / CELL.results(stage) / "result.json").is_file() for stage in CELL_STAGES)


def test_it_took_no_step_and_the_cell_stands_on_it(run):
    made = result(run.folder, SHARED, "autoencoder")
    assert (made["steps"], made["parameters_trained"]) == (None, 0)
    (weights,) = made["weights_sha256"].values()
    trained = result(run.folder, CELL, "train")
    assert (trained["steps"], trained["notes"]["stands_on"]) == (2, {"autoencoder": weights})


def test_another_file_outdates_the_cell_that_stands_on_it_and_nothing_else(run, tmp_path, monkeypatch):
    folder = shutil.copytree(run.folder, tmp_path / "space", symlinks=True)
    _theirs, path = published(tmp_path, attends=False)
    imported = diffrep(folder, "import-weights", str(path), "--out", ".")
    assert imported.returncode == 0, imported.stderr
    monkeypatch.chdir(folder)
    assert outdated() == {
        "code"
    }  # which diffrep repro runs again in any case: it looks into files that DVC does not watch
    hashed = subprocess.run([command("dvc"), "repro", "-f", "-s", "code"], env=ENVIRONMENT, check=False)
    assert hashed.returncode == 0
    assert outdated() == {"code", "autoencoder", "train"}
