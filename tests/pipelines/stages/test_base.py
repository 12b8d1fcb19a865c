"""The base model's stage: averaged weights in diffusers' format, trained by its own section."""

import json

import pytest
import torch
from diffusers import DDPMScheduler, UNet2DModel
from known_training import AVERAGED, RAW, apart, known_training
from tiny_cells import ROOMS, SHAPE, study_values

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import PARTIAL, Repeat, Shared, result_file
from diffrep.pipelines.stages.base import base

SHARED = Shared(ROOMS)
REPEAT, OTHER = Repeat(ROOMS, 0), Repeat(ROOMS, 7)


@pytest.fixture
def asked(project, monkeypatch):
    """A base model of seed 7 that is trained without training; what the trainer was asked for."""
    params, asked = parsed(apart(study_values(), ROOMS)), known_training(monkeypatch)
    base(params, OTHER)
    asked.params = params
    return asked


def test_diffusers_reads_the_averaged_weights(asked):
    state = UNet2DModel.from_pretrained(OTHER.base / "unet").state_dict()
    assert all((value == AVERAGED).all() for value in state.values())


def test_raw_weights_are_kept_where_its_section_asks_for_them(project, monkeypatch):
    values = study_values()
    values["base"]["training"]["weights"] = "raw"
    known_training(monkeypatch)
    base(parsed(values), REPEAT)
    state = UNet2DModel.from_pretrained(REPEAT.base / "unet").state_dict()
    assert all((value == RAW).all() for value in state.values())
    assert read_json(REPEAT.base / "card.json")["weights"] == "those of the last step"


def test_it_trains_by_its_own_section_budget_and_seed(asked):
    own = asked.params.base
    assert (asked.settings, asked.steps, asked.seed) == (own.training, 3, 7)
    assert asked.identity == {"network": own.network, "code": {"code of base": "ab"}}
    assert asked.partial == PARTIAL / ROOMS / "base" / "7"


def test_the_result_has_the_seed_of_the_base_model_and_images_of_its_batches(asked):
    found = json.loads(result_file(OTHER.results("base")).read_text())
    known = {"seed": 7, "images_seen": 2 * 11, "train_loss": 0.25, "valid_loss": 0.75, "dataset": ROOMS}
    assert {name: found[name] for name in known} == known
    assert "method" not in found


def test_its_card_says_what_it_was_trained_on(studied, study_params):
    card, data = read_json(REPEAT.base / "card.json"), Prepared(SHARED.data)
    assert (card["data"], card["data_sha256"], card["steps"]) == (ROOMS, data.checksum, 2)
    assert (card["network"], tuple(card["image_shape"])) == (study_params.base.network, SHAPE)


def test_its_scheduler_is_that_of_the_suite(studied):
    scheduler = DDPMScheduler.from_pretrained(REPEAT.base / "scheduler")
    assert (scheduler.config.num_train_timesteps, scheduler.config.prediction_type) == (1000, "sample")


def test_the_same_training_again_leaves_the_same_files(project, study_params):
    folders = (REPEAT.base, REPEAT.results("base"))
    before = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    base(study_params, REPEAT)
    assert {path: path.read_bytes() for path in before} == before


def test_a_seed_has_a_model_of_its_own(project, study_params):
    base(study_params, OTHER)
    one, other = (UNet2DModel.from_pretrained(place.base / "unet").state_dict() for place in (REPEAT, OTHER))
    assert not any(torch.equal(one[name], other[name]) for name in one if name.endswith("conv1.weight"))


def test_no_checkpoint_stays(studied):
    assert not [path for path in PARTIAL.rglob("*") if path.is_file()]
