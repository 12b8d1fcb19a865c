"""Rows of presets and of params.yaml: read from their sections, in order, and built at the sizes they state."""

import pytest
import torch
from diffusers_folders import CIFAR, of_2022
from sections import nested
from tiny_cells import COMMITTED, ROOMS

from diffrep.datasets import DATASETS
from diffrep.methods.diti import DiTi
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.sections import RowTraining
from diffrep.pipelines.core.trainings import Training
from diffrep.pipelines.core.validation import validated
from diffrep.pipelines.presets.presets import params_rows, preset_rows
from diffrep.pipelines.presets.published import preset, published, training_words
from diffrep.pipelines.trained.buildable import total
from diffrep.pipelines.trained.submodules import expect_submodules


def test_shared_blocks_are_no_presets():
    assert "pdae-celeba64" in published()
    assert not [name for name in published() if name.startswith(".")]


def test_an_unknown_preset_is_told_with_the_nearest():
    with pytest.raises(UserError, match="no preset 'pdae-celeba46': did you mean 'pdae-celeba64'"):
        preset("pdae-celeba46")


def test_what_is_supplied_stands_before_what_stands_on_it():
    base, pdae = preset_rows("pdae-celeba64")
    assert (base.name, base.cls, base.supplied) == ("base", BaseDPM, {})
    assert base.given["network"].channels == (64, 128, 256, 512)
    assert pdae.supplied == {"base": base.given}
    assert (pdae.image_shape, pdae.given["code_dim"]) == ((3, 64, 64), 512)
    assert (pdae.budget["steps"], pdae.budget["batch_size"], pdae.budget["precision"]) == (296_875, 128, "32-true")
    assert pdae.stated["trained"] == 53_494_915


WORDS = {*RowTraining.model_fields} - {"log_every", "checkpoint_every", "valid_images", "parts", "unaveraged"}
ROWS = [(name, row) for name, values in published().items() for row in values["budgets"]]
ROWS_WITH_PARTS = [(name, row) for name, row in ROWS if {"parts", "unaveraged"} & {*training_words(preset(name), row)}]


@pytest.mark.parametrize(("name", "row"), ROWS)
def test_params_yaml_has_a_word_for_all_that_is_published_of_a_training(name, row):
    found = training_words(preset(name), row)
    assert {*found} - {"parts", "unaveraged"} == WORDS
    assert found["flip"] == preset(name)["data"]["flip"]
    given = {word: value for word, value in found.items() if value is not None}  # steps of one are not published
    training = validated(RowTraining, given, f"methods.{row}.training")
    assert training.model_fields_set == {*given}


@pytest.mark.parametrize(("name", "row"), ROWS_WITH_PARTS)
def test_submodules_with_words_of_their_own_are_there(small_params, name, row):
    found = next(each for each in preset_rows(name) if each.name == row)
    given = {word: found.budget[word] for word in ("parts", "unaveraged") if word in found.budget}
    own = validated(RowTraining, given, row)
    settings = small_params.train.model_copy(update={word: getattr(own, word) for word in given})
    expect_submodules(found.build(), Training(settings, 1, "train"))


@pytest.mark.parametrize("name", published())
def test_the_data_of_a_preset_are_a_section_of_its_reader(name):
    values = preset(name)
    adapter, settings = values["data"]["dataset"]["adapter"], dict(values["data"]["dataset"])
    settings.pop("adapter")
    cls = lookup(DATASETS, adapter, "data set")
    assert {*arguments(cls, name, settings)} == {*settings}
    assert settings.get("size", values["image_shape"][1]) == values["image_shape"][1]


def test_a_row_is_built_without_memory_unless_a_device_is_named():
    base = preset_rows("pdae-celeba64")[0]
    network = base.build()
    assert {parameter.device.type for parameter in network.parameters()} == {"meta"}
    assert total(network) == 63_958_019


def test_an_imported_base_model_is_stood_on_and_no_row_of_its_own(small_values, tmp_path):
    of_2022(tmp_path, CIFAR | {"sample_size": 32})
    small_values["datasets"][ROOMS]["size"] = 32
    small_values["base"] = {"from": str(tmp_path)}
    small_values["methods"]["pdae"] = nested(small_values["methods"]["pdae"], {"decoder": {"loss_weight": "lambda"}})
    small_values["grid"]["method"] = ["pdae"]
    (pdae,) = params_rows(parsed(small_values), ROOMS)
    assert pdae.name == "pdae"
    assert total(pdae.build()) > total(BaseDPM(pdae.image_shape, **pdae.supplied["base"])) > 10_000


def test_the_grid_has_the_same_rows_and_states_nothing(small_values):
    small_values["methods"]["opening"] = {**COMMITTED["methods"]["diti"], "adapter": "diti"}
    small_values["grid"]["method"] = ["random", "opening"]
    small_values["budgets"][ROOMS] |= {"base": 3, "method": 5}
    params = parsed(small_values)
    base, random, opening = params_rows(params, ROOMS)
    assert [row.name for row in (base, random, opening)] == ["base", "random", "opening"]
    assert opening.cls is DiTi
    assert (random.supplied, opening.supplied) == ({}, {"base": base.given})
    assert [row.budget["steps"] for row in (base, random, opening)] == [3, 5, 5]
    assert opening.budget["batch_size"] == params.train.batch_size
    assert opening.budget["precision"] == params.machine.precision
    assert (opening.image_shape, opening.stated) == ((3, 16, 16), {})


def test_a_row_of_the_grid_costs_what_its_own_training_takes(small_values):
    small_values["methods"]["pdae"]["training"] = {"steps": 9, "batch_size": 4, "precision": "bf16-mixed"}
    base, pdae, random = params_rows(parsed(small_values), ROOMS)
    assert (pdae.budget["steps"], pdae.budget["batch_size"], pdae.budget["precision"]) == (9, 4, "bf16-mixed")
    assert (random.budget["steps"], random.budget["batch_size"], random.budget["precision"]) == (2, 8, "32-true")
    assert base.budget["precision"] == "32-true"


def test_a_row_built_on_the_processor_has_numbers(small_params):
    (random,) = [row for row in params_rows(small_params, ROOMS) if row.name == "random"]
    images = torch.zeros(2, *random.image_shape)
    assert random.build("cpu").encode(images)["z"].shape == (2, random.given["code_dim"])
