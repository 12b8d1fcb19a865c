"""What there is to report is made of the stages' declarations, and of what is there where a data set may lack some."""

import shutil
from dataclasses import replace

import pytest

from diffrep.pipelines import stages
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import params_hash, parsed, value_at
from diffrep.pipelines.core.paths import Cell, Repeat, Shared, Whole, result_file
from diffrep.pipelines.core.sections import Grid
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.study import (
    identity,
    method_section,
    not_run,
    places,
    result_folders,
    settings_of,
    so_far,
    study_of,
)
from diffrep.reports.reading.load import ResultFile

GRID = Grid(dataset=("squares",), method=("alpha", "beta"), seed=(0, 1))
TRAIN = Stage(lambda: None, Cell, ("methods.{method}",), results=lambda cell: (cell.results("train"),))
PROBE = Stage(lambda: None, Cell, ("evaluate.probe",), results=lambda cell: (cell.results("probe"),))
BASE = Stage(lambda: None, Shared, results=lambda shared: (shared.results("base"),))
ANCHORS = Stage(lambda: None, Shared, results=lambda shared: (shared.results("anchors"),))
DRAWN = Stage(lambda: None, Repeat, results=lambda repeat: (repeat.anchors,))


def folders(stage, root):
    return list(result_folders(stage, GRID, root))


def touch(root, folder):
    (root / folder).mkdir(parents=True)
    result_file(root / folder).touch()


def test_every_cell_has_a_folder_whether_it_is_there_or_not(tmp_path):
    found = folders(PROBE, tmp_path)
    assert [(f.kind, f.dataset, f.row, f.seed, f.stage) for f in found] == [
        ("method", "squares", method, seed, "probe") for method in ("alpha", "beta") for seed in (0, 1)
    ]
    assert found[0].folder == Cell("squares", "alpha", 0).results("probe")


def test_settings_are_a_methods_own_where_the_stage_depends_on_them(tmp_path):
    assert len({f.settings for f in folders(TRAIN, tmp_path)}) == 2
    assert len({f.settings for f in folders(PROBE, tmp_path)}) == 1


def test_what_is_shared_has_no_seed(tmp_path):
    (found,) = folders(BASE, tmp_path)
    assert (found.kind, found.row, found.seed, found.stage) == ("shared", "base", None, "base")


def test_anchors_are_those_that_are_there(tmp_path):
    touch(tmp_path, Shared("squares").anchor("real", "counterfactual"))
    touch(tmp_path, Repeat("squares", 1).anchor("noise", "probe"))
    found = [f for stage in (ANCHORS, DRAWN) for f in folders(stage, tmp_path) if f.kind == "anchor"]
    assert [(f.row, f.seed, f.stage) for f in found] == [("real", None, "counterfactual"), ("noise", 1, "probe")]
    assert found[0].folder == Shared("squares").anchor("real", "counterfactual")


@pytest.mark.parametrize("lacking", ["probed", "noise", "base"])
def test_a_seed_that_a_method_an_anchor_or_a_model_lacks_is_told(small_params, tmp_path, lacking):
    (dataset, *_), (method, *_) = small_params.grid.dataset, small_params.grid.method
    for seed in small_params.grid.seed:
        probed = Cell(dataset, method, seed).results("probe")
        noise = Repeat(dataset, seed).anchor("noise", "probe")
        base = Repeat(dataset, seed).results("base")
        for folder in (probed, noise, base):
            touch(tmp_path, folder)
    assert so_far(study_of(small_params, tmp_path), tmp_path) == study_of(small_params, tmp_path)
    gone = tmp_path / {"probed": probed, "noise": noise, "base": base}[lacking]
    shutil.rmtree(gone)
    with pytest.raises(UserError, match=rf"^{gone}/result.json is missing, and other seeds have theirs: run diffrep"):
        so_far(study_of(small_params, tmp_path), tmp_path)


def test_a_seed_that_no_row_has_yet_is_left_out(small_values, tmp_path):
    small_values["grid"]["seed"] = [0, 1, 2, 3]
    params = parsed(small_values)
    (dataset, *_), (method, *_) = params.grid.dataset, params.grid.method
    for seed in (0, 2):
        touch(tmp_path, Cell(dataset, method, seed).results("probe"))
        touch(tmp_path, Repeat(dataset, seed).anchor("noise", "probe"))
    for seed in (0, 1, 2):  # a base model is no row
        touch(tmp_path, Repeat(dataset, seed).results("base"))
    whole = study_of(params, tmp_path)
    found = so_far(whole, tmp_path)
    assert found.seeds == (0, 2)
    assert {folder.seed for folder in found.folders} == {None, 0, 2}
    assert replace(found, seeds=whole.seeds, folders=whole.folders) == whole


def test_without_any_results_there_is_nothing_to_report(small_params, tmp_path):
    with pytest.raises(UserError, match=f"^no results of any method below {tmp_path}/results: run diffrep repro first"):
        so_far(study_of(small_params, tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("seeds", "words"),
    [
        ([3], "seed 3 is not run yet"),
        ([1, 2], "seeds 1, 2 are not run yet"),
        ([1, 2, 3, 4], "seeds 1 to 4 are not run yet"),
        ([1, 3, 4], "seeds 1, 3, 4 are not run yet"),
    ],
)
def test_seeds_that_are_not_run_are_told_in_a_line(seeds, words):
    assert not_run(seeds) == words


def test_a_stage_of_the_whole_has_no_results_to_report(tmp_path):
    assert folders(replace(BASE, place=Whole), tmp_path) == []


def test_a_methods_section_is_that_of_the_file(small_params):
    assert "adapter" not in method_section(small_params, "pdae")
    assert method_section(small_params, "pdae")["code_dim"] == 4


@pytest.mark.parametrize(("made_with", "told"), [("today", True), ("others", False)])
def test_settings_are_told_where_they_made_the_result(small_params, made_with, told):
    cell = Cell("shapes3d_rendered", "pdae", 0)
    stage = stages.load("probe")
    known = params_hash(stage, cell, small_params) if made_with == "today" else "others"
    place = ("method", cell.dataset, cell.method, 0, "probe", cell.results("probe"), "")
    result = ResultFile(*place, record={"params_hash": known})
    assert bool(settings_of(small_params, result)) is told
    assert settings_of(small_params, replace(result, kind="anchor")) == {}


def test_a_rows_own_training_stands_under_the_keys_that_rows_share(small_values):
    small_values["methods"]["pdae"]["training"] = {"steps": 9, "flip": True}
    params, cell, stage = parsed(small_values), Cell("shapes3d_rendered", "pdae", 0), stages.load("train")
    place = ("method", cell.dataset, cell.method, 0, "train", cell.results("train"), "")
    found = settings_of(params, ResultFile(*place, record={"params_hash": params_hash(stage, cell, params)}))
    assert found["train"] == value_at(params, "train") | {"flip": True}
    assert found[f"budgets.{cell.dataset}.method"] == 9
    assert method_section(params, "pdae")["training"] == {"steps": 9, "flip": True}


@pytest.mark.parametrize(
    ("place", "count", "first"),
    [
        (Shared, 1, Shared("squares")),
        (Repeat, 2, Repeat("squares", 0)),
        (Cell, 4, Cell("squares", "alpha", 0)),
        (Whole, 1, Whole()),
    ],
)
def test_a_stage_works_at_every_place_of_the_grid(place, count, first):
    found = places(replace(BASE, place=place), GRID)
    assert len(found) == count
    assert next(iter(found), None) == first


def test_whose_a_result_is_follows_from_its_place():
    shared, repeat, cell = Shared("squares"), Repeat("squares", 1), Cell("squares", "alpha", 1)
    oracle, base = shared.results("oracle"), repeat.results("base")
    probe, anchors = cell.results("probe"), shared.results("anchors")
    assert identity(shared, oracle, oracle) == ("shared", "oracle", None, "oracle")
    assert identity(repeat, base, base) == ("shared", "base", 1, "base")
    assert identity(cell, probe, probe) == ("method", "alpha", 1, "probe")
    assert identity(shared, anchors, shared.anchor("real", "probe")) == ("anchor", "real", None, "probe")
    assert identity(repeat, repeat.anchors, repeat.anchor("noise", "probe")) == ("anchor", "noise", 1, "probe")


def test_a_study_is_the_grid_with_a_folder_for_every_result_and_the_settings_of_pages(small_params, tmp_path):
    found, grid = study_of(small_params, tmp_path), small_params.grid
    cells = len(grid.dataset) * len(grid.method) * len(grid.seed)
    assert (found.datasets, found.methods, found.seeds) == (grid.dataset, grid.method, grid.seed)
    assert found.stages == tuple(name for name in stages.STAGES if stages.load(name).place is Cell)
    assert len([folder for folder in found.folders if folder.kind == "method"]) == cells * len(found.stages)
    assert found.shared_settings["evaluate"]["seed"] == small_params.evaluate.seed
    assert found.method_settings["pdae"] == method_section(small_params, "pdae")
    assert found.reference == small_params.report.reference
