"""Unfinished trainings of stages: gone on with while all that made their checkpoint is as it was, else begun again."""

import pytest
from safetensors.torch import load_file, save_file
from tiny_cells import ROOMS, cell, study_values

from diffrep.pipelines import stages
from diffrep.pipelines.core.cards import said, write_card
from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Repeat, Shared, code
from diffrep.pipelines.training.module import Task

SHARED, REPEAT, CELL = Shared(ROOMS), Repeat(ROOMS, 0), cell("pdae")
PLACES = {"base": REPEAT, "autoencoder": SHARED, "oracle": SHARED, "train": CELL}
STEPS = 2


@pytest.fixture
def taken(project, monkeypatch) -> list[int]:
    """The steps that are taken; the checkpoints of a training stay as if it had been killed before its results."""
    found, plain = [], Task.training_step

    def training_step(task, batch, batch_idx):
        found.append(task.global_step)
        return plain(task, batch, batch_idx)

    monkeypatch.setattr(Task, "training_step", training_step)
    monkeypatch.setattr("diffrep.pipelines.training.training.ended", lambda partial: None)
    return found


def run(name: str, **machine) -> None:
    """Train once more, on a machine with other settings."""
    values = study_values()
    values["machine"] |= machine
    stages.load(name).run(parsed(values), PLACES[name])


def edit(path) -> None:
    """Put another hash of the code on record."""
    write_json(path, read_json(path) | {"code": dict.fromkeys(read_json(path)["code"], "edited")})


@pytest.mark.parametrize("name", PLACES)
def test_what_is_as_it_was_is_gone_on_with(taken, capsys, name):
    run(name)
    run(name, workers=1)  # which only reads ahead
    assert taken == [*range(STEPS)]
    assert "going on from the last checkpoint" in capsys.readouterr().err


@pytest.mark.parametrize("name", PLACES)
def test_other_code_of_the_stage_begins_again(taken, capsys, name):
    run(name)
    edit(code(name))
    run(name)
    assert taken == [*range(STEPS)] * 2
    assert "settings, code or data changed, starting afresh" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["base", "train"])
def test_another_precision_begins_again(taken, name):
    run(name)
    run(name, precision="bf16-mixed")
    assert taken == [*range(STEPS)] * 2


def test_other_code_of_the_adapter_begins_a_cell_again(taken):
    run("train")
    edit(CELL.code)
    run("train")
    assert taken == [*range(STEPS)] * 2


def test_another_base_model_begins_a_cell_again(taken):
    run("train")
    (file,) = (REPEAT.base / "unet").glob("*.safetensors")
    save_file({name: value + 1 for name, value in load_file(file).items()}, file, metadata={"format": "pt"})
    card = REPEAT.base / "card.json"
    write_card(card, said(read_json(card)), of=REPEAT.base)
    run("train")
    assert taken == [*range(STEPS)] * 2
