"""Presets of three papers at their smallest, whole pipelines in fresh workspaces: faces with attributes, faces of which
nothing is known, and rooms with factors in a latent space.
"""

import json
from types import SimpleNamespace

import pytest
from smoke_runs import CELL_STAGES, ROOT, diffrep

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Cell, Repeat, Shared
from diffrep.pipelines.presets.published import unbuilt

pytestmark = pytest.mark.long

PRESETS = {
    "pdae-celeba64": "CelebA, 336 of the 202,599 aligned pictures, official splits, crop d2c",
    "diffae-ffhq128": "FFHQ, 336 of the 70,000 pictures, stored at 64x64, drawn splits",
    "encdiff-shapes3d": "arrays of shapes3d.npz: images 336 x 64 x 64 x 3 uint8",
}


@pytest.fixture(scope="module", params=PRESETS)
def run(request, tmp_path_factory):
    """A workspace run to its end."""
    folder = tmp_path_factory.mktemp(request.param) / "space"
    made = diffrep(ROOT, "workspace", "--preset", request.param, "--tiny", str(folder))
    told = unbuilt(request.param)
    assert (made.returncode, made.stdout, made.stderr) == (0, told and f"{told}\n", "")
    done = diffrep(folder, "repro", "--jobs", "2")
    return SimpleNamespace(name=request.param, folder=folder, done=done, params=load(folder))


def test_it_ends_well_with_a_result_of_every_stage_for_every_row(run):
    assert run.done.returncode == 0, run.done.stdout + run.done.stderr
    (dataset,) = run.params.grid.dataset
    cells = [Cell(dataset, row, 0) for row in run.params.grid.method]
    places = [cell.results(stage) for cell in cells for stage in CELL_STAGES]
    places += [Shared(dataset).results(stage) for stage in ("prepare", "autoencoder", "oracle")]
    places.append(Repeat(dataset, 0).results("base"))
    assert [place for place in places if not (run.folder / place / "result.json").exists()] == []


def test_its_data_are_made_files_in_the_published_format(run):
    (dataset,) = run.params.grid.dataset
    assert read_json(run.folder / Shared(dataset).data / "card.json")["source"] == PRESETS[run.name]


def test_its_rows_have_taken_the_steps_of_the_budget(run):
    (dataset,) = run.params.grid.dataset
    for row in run.params.grid.method:
        assert read_json(run.folder / Cell(dataset, row, 0).results("train") / "result.json")["steps"] == 8


def test_what_cannot_be_had_has_its_reason(run):
    for file in (run.folder / "results").rglob("result.json"):
        content = json.loads(file.read_text())
        assert {key for key, value in content.items() if value is None} <= {*content["reasons"]}, file


def test_the_report_has_its_rows(run):
    page = (run.folder / "reports" / "index.html").read_text()
    assert all(row in page for row in run.params.grid.method)
    assert (run.folder / "reports" / "datasets" / f"{run.params.grid.dataset[0]}.html").exists()
