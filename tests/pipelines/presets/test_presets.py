"""Rows of presets and of params.yaml: read from their sections, in order, and built at the sizes they state."""

import pytest
import torch
from diffusers_folders import CIFAR, of_2022
from sections import nested
from tiny_cells import COMMITTED, ROOMS

from diffrep.methods.diti import DiTi
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.presets.presets import params_rows, preset, preset_rows, published
from diffrep.pipelines.trained.buildable import total


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


def test_a_row_built_on_the_processor_has_numbers(small_params):
    (random,) = [row for row in params_rows(small_params, ROOMS) if row.name == "random"]
    images = torch.zeros(2, *random.image_shape)
    assert random.build("cpu").encode(images)["z"].shape == (2, random.given["code_dim"])
