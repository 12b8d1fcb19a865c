"""What training a cell leaves: averaged weights where weights are looked for, curves, and what they depend on."""

import csv
import json
import shutil

import pytest
import torch
from known_training import AVERAGED, RAW, ROWS, apart, known_training
from safetensors.torch import load_file
from tiny_cells import ROOMS, SHAPE, cell, study_values

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.pca import PCA
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import cost_file, curves, result_file
from diffrep.pipelines.core.trainings import training_of
from diffrep.pipelines.stages.train import partial, train
from diffrep.pipelines.trained.cells import build, settings_hash
from diffrep.pipelines.trained.pretrained import checksums

CELL = cell("pdae", 3)


@pytest.fixture
def asked(project, monkeypatch):
    """A cell of seed 3 that is trained without training; what the trainer was asked for."""
    shutil.copytree(cell("pdae").repeat.base, CELL.repeat.base)
    params, asked = parsed(apart(study_values(), ROOMS)), known_training(monkeypatch)
    monkeypatch.setattr("diffrep.pipelines.tracking.sync.live_logger", lambda *whose: whose)
    train(params, CELL)
    asked.params = params
    return asked


def result(of=CELL) -> dict:
    return json.loads(result_file(of.results("train")).read_text())


@pytest.mark.parametrize(("name", "value"), [("weights", AVERAGED), ("raw", RAW)])
def test_weights_are_the_averaged_ones_and_raw_the_last(asked, name, value):
    state = load_file(CELL.weights / f"{name}.safetensors")
    assert state
    assert all((each == value).all() for each in state.values())


def test_raw_weights_are_kept_where_the_row_asks_for_them(project, monkeypatch):
    values = apart(study_values(), ROOMS)
    values["methods"]["pdae"]["training"] = {"weights": "raw", "steps": 9, "batch_size": 3}
    shutil.copytree(cell("pdae").repeat.base, CELL.repeat.base)
    params, asked = parsed(values), known_training(monkeypatch)
    monkeypatch.setattr("diffrep.pipelines.tracking.sync.live_logger", lambda *whose: whose)
    train(params, CELL)
    assert (asked.settings, asked.steps) == (training_of(params, ROOMS, "pdae").settings, 9)
    assert asked.identity["method"]["training"] == values["methods"]["pdae"]["training"]
    assert result()["images_seen"] == 2 * 3
    for name, value in (("weights", RAW), ("ema", AVERAGED)):
        state = load_file(CELL.weights / f"{name}.safetensors")
        assert all((each == value).all() for each in state.values())
    assert not (CELL.weights / "raw.safetensors").exists()


def test_the_precision_of_a_row_is_on_record(project, study_params, monkeypatch):
    values = study_values()
    values["methods"]["pdae"]["training"] = {"precision": "bf16-mixed"}
    for method, precision in (("pdae", "bf16-mixed"), ("diti", "32-true")):
        train(parsed(values), cell(method))
        assert result(cell(method))["precision"] == precision


def test_a_cell_trains_by_its_own_section_budget_and_seed(asked):
    assert (asked.settings, asked.steps, asked.seed) == (asked.params.train, 5, 3)
    assert asked.machine == asked.params.machine
    assert asked.partial == partial(CELL)


def test_a_cell_starts_from_the_weights_of_its_seed(asked):
    fresh = build(asked.params, CELL, SHAPE).state_dict()
    assert all(torch.equal(asked.network.state_dict()[name], value) for name, value in fresh.items())


def test_it_sees_images_alone(asked):
    (images,) = asked.arrays
    assert images is asked.data.images


def test_a_checkpoint_is_known_by_settings_code_and_base_model(asked):
    assert asked.identity == {
        "method": study_values()["methods"]["pdae"],
        "code": {"code of train": "ab", **read_json(CELL.code)["code"]},
        **checksums(["base"], CELL.repeat),
    }


def test_curves_are_sent_under_the_cells_settings(asked):
    assert asked.logger == (CELL, settings_hash(asked.params, CELL))


def test_the_result_holds_the_last_points_and_the_images_seen(asked):
    found = result()
    known = {"steps": 2, "images_seen": 14, "train_loss": 0.25, "valid_loss": 0.75, "seed": 3}
    assert {name: found[name] for name in known} == known
    assert 0 < found["parameters_trained"] < found["parameters"]


def test_the_time_before_a_kill_is_on_record(asked):
    cost = read_json(cost_file(CELL.results("train")))
    assert (cost["wall_seconds"] > 1000, cost["cpu_seconds"] > 900) == (True, True)


def test_curves_are_written_column_by_column(asked):
    with curves(CELL.results("train")).open() as file:
        rows = list(csv.DictReader(file))
    assert rows == [{name: "" if value is None else str(value) for name, value in row.items()} for row in ROWS]


def test_checkpoints_are_removed_when_the_results_are_safe(project, study_params):
    partial(cell("pdae")).mkdir(parents=True)
    train(study_params, cell("pdae"))
    assert not partial(cell("pdae")).exists()


def test_a_training_that_fails_leaves_the_old_weights_and_results(project, study_params, monkeypatch):
    before = {path: path.read_bytes() for path in project.rglob("pdae/0/**/*") if path.is_file()}
    monkeypatch.setattr("diffrep.pipelines.training.training.training", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        train(study_params, cell("pdae"))
    assert before
    assert {path: path.read_bytes() for path in project.rglob("pdae/0/**/*") if path.is_file()} == before


def test_the_same_training_again_leaves_the_same_files(project, study_params):
    folders = (cell("pdae").weights, cell("pdae").results("train"))
    before = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    train(study_params, cell("pdae"))
    assert {path: path.read_bytes() for path in before} == before


def test_a_fit_in_closed_form_sees_the_training_images_alone(studied, study_params):
    data = Prepared(cell("pca").shared.data)
    fitted = PCA(SHAPE, code_dim=4)
    fitted.fit([image_tensor(data.images[data.splits["train"]])])
    found = load_file(cell("pca").weights / "weights.safetensors")
    assert all(torch.equal(found[name], value) for name, value in fitted.state_dict().items())


@pytest.mark.parametrize("method", ["pca", "random"])
def test_without_steps_there_is_no_curve_and_a_reason(studied, method):
    found = result(cell(method))
    assert (found["steps"], found["valid_loss"], found["parameters_trained"]) == (None, None, 0)
    assert found["reasons"]["valid_loss"] == "not applicable: no training by steps"
    assert curves(cell(method).results("train")).read_text().splitlines() == ["step,loss,valid_loss,learning_rate"]
