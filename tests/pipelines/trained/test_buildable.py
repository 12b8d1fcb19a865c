"""Networks of the grid on the meta device: what is counted, what is refused, what only numbers can tell."""

import numpy as np
import pytest
from changed_params import changed, checked
from diffusers_folders import of_2022
from published_autoencoder import SOURCE, imported
from sections import nested
from tiny_cells import ROOMS, SHAPE, narrow
from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import load
from diffrep.pipelines.trained.adapters import data_source
from diffrep.pipelines.trained.buildable import META, expect_buildable, expect_in_memory, networks, state, tried
from diffrep.pipelines.trained.decodable import code_size, expect_dims, expect_steps
from diffrep.pipelines.trained.limits import expect_enough, of_components, of_trainings


class LooksAtNumbers(nn.Linear):
    """Cannot be built without numbers."""

    def __init__(self, image_shape):
        super().__init__(2, 2)
        self.largest = self.weight.max().item()


class Refuses(nn.Linear):
    """Of the suite, as far as its module says."""

    def __init__(self, image_shape, width):
        raise ValueError(f"width={width}: too narrow\nand more")


class RefusesInSilence(nn.Linear):
    """As an allocation that fails."""

    def __init__(self, image_shape):
        raise MemoryError


Refuses.__module__ = RefusesInSilence.__module__ = "diffrep.methods.refuses"


def test_the_committed_grid_can_be_built_and_asked():
    params = load()
    for name in params.grid.dataset:
        source = data_source(params, name)
        expect_enough(params, name, source)
        expect_buildable(params, name, source.image_shape)
        expect_steps(params, source.image_shape)
        expect_dims(params, source.image_shape)


def test_every_network_of_the_grid_is_built_without_numbers(small_values):
    found = dict(networks(checked(small_values), SHAPE))
    assert list(found) == ["base.network", "methods.pdae", "methods.random"]
    assert all(parameter.is_meta for network in found.values() for parameter in network.parameters())
    assert code_size(found["methods.pdae"], SHAPE) == 4


def test_an_imported_base_model_is_held_against_the_images(small_values, tmp_path):
    of_2022(tmp_path)
    small_values["base"] = {"from": str(tmp_path)}
    small_values["methods"]["pdae"] = nested(small_values["methods"]["pdae"], {"decoder": {"loss_weight": "lambda"}})
    params = checked(small_values)
    assert list(dict(networks(params, SHAPE))) == ["methods.pdae", "methods.random"]
    with pytest.raises(
        UserError, match=r"^params.yaml: base.from: config.json: sample_size is 16, but the data set's "
    ):
        expect_buildable(params, ROOMS, (3, 32, 32))


def test_no_batch_of_an_imported_base_model_is_asked_for(small_values, tmp_path):
    small_values["base"] = {"from": str(tmp_path)}
    params = checked(small_values)
    counts = {"train": 64, "valid": 40, "test": 40}
    keys = {demand.key for demand in of_trainings(params, ROOMS, counts)}
    assert "oracle.training.batch_size" in keys
    assert not [key for key in keys if key.startswith("base")]


def test_an_imported_autoencoder_is_held_against_the_images(small_values, tmp_path):
    imported(tmp_path)
    small_values["autoencoder"] = {"from": str(tmp_path / SOURCE)}
    small_values["base"]["network"] |= {"channels": [8], "patch": 1}  # which takes images of any size
    small_values["methods"]["encdiff_latent"] = narrow("encdiff_latent")
    small_values["grid"]["method"] = ["encdiff_latent"]
    params = checked(small_values)
    assert list(dict(networks(params, SHAPE))) == ["base.network", "methods.encdiff_latent"]
    keys = {demand.key for demand in of_trainings(params, ROOMS, {"train": 64, "valid": 40, "test": 40})}
    assert not [key for key in keys if key.startswith("autoencoder")]
    told = r"^params\.yaml: autoencoder\.from: .*theirs takes images of 3 channels, the data set's have 1$"
    with pytest.raises(UserError, match=told):
        expect_buildable(params, ROOMS, (1, 16, 16))
    with pytest.raises(UserError, match=r"^params\.yaml: autoencoder\.from: .*images of 16x15 cannot be cut by 2$"):
        expect_buildable(params, ROOMS, (3, 16, 15))


def test_memory_is_that_of_weights_average_gradients_and_two_moments():
    network = nn.Linear(3, 5, bias=False, device=META)
    assert state(network) == 4 * 15 * 5
    expect_in_memory("it", network, 300)
    with pytest.raises(UserError, match=r"it has 15 parameters and needs 0 GiB in training, more than the 0 GiB"):
        expect_in_memory("it", network, 299)


def test_what_must_look_at_numbers_is_left_to_those_that_have_them():
    assert tried("methods.x", LooksAtNumbers, SHAPE, [], {}) is None


def test_a_refusal_is_told_with_its_section_in_one_line():
    with pytest.raises(UserError, match=r"^params\.yaml: methods\.x: width=3: too narrow$"):
        tried("methods.x", Refuses, SHAPE, [], {"width": 3})


def test_a_refusal_without_words_is_told_by_its_kind():
    with pytest.raises(UserError, match=r"^params\.yaml: methods\.x: MemoryError$"):
        tried("methods.x", RefusesInSilence, SHAPE, [], {})


def test_the_autoencoder_need_fit_the_data_where_a_method_of_the_grid_stands_on_it():
    values = changed("autoencoder.training.batch_size", 10**6)
    dataset, *_ = values["grid"]["dataset"]
    source = data_source(checked(values), dataset)
    expect_enough(checked(values), dataset, source)
    values["methods"]["encdiff"]["adapter"] = "encdiff_latent"
    with pytest.raises(UserError, match=r"autoencoder\.training\.batch_size is 1000000, but"):
        expect_enough(checked(values), dataset, source)


def test_a_sampler_that_does_not_take_the_steps_is_told():
    values = changed("methods.diffae.sampler", "diffae")
    values["evaluate"]["reconstruct"]["invert_steps"] = 999
    told = r"evaluate\.reconstruct\.invert_steps is 999, which methods\.diffae does not take: steps=999"
    with pytest.raises(UserError, match=told):
        expect_steps(checked(values), (3, 32, 32))


class Alike:
    """Images whose attributes are alike in all of the validation split."""

    factor_names = ()

    def splits(self):
        return {"train": np.arange(5000), "valid": np.arange(5000, 9000), "test": np.arange(9000, 14000)}

    def __len__(self):
        return 14000

    def attributes(self, rows):
        return np.stack([rows < 2500, rows > 0], axis=1).astype(np.uint8)


def test_validation_images_without_a_choice_are_told_before_anything_is_trained():
    params = load()
    with pytest.raises(UserError, match=r"no attribute has both 0 and 1 among its 4000 validation images"):
        expect_enough(params, params.grid.dataset[0], Alike())


def test_all_that_is_asked_too_much_stands_in_the_line():
    values = changed("train.batch_size", 10**6)
    values["evaluate"]["reconstruct"]["images"] = 10**6
    dataset, *_ = values["grid"]["dataset"]
    with pytest.raises(UserError, match=r"^params\.yaml: train\.batch_size is 1000000, but .* more") as told:
        expect_enough(checked(values), dataset, data_source(checked(values), dataset))
    assert "reconstruct.images is 1000000" in "\n".join(told.value.__cause__.faults)


def test_a_pca_of_more_components_than_training_images_is_told():
    counts = {"train": 15, "valid": 4000, "test": 5000}
    found = {
        key: most for key, asked, least, most, _ in of_components(load(), "rooms", counts) if not least <= asked <= most
    }
    assert found == {
        "methods.ddae.code_dim": 14,
        "methods.pca.code_dim": 14,
        "the number of training images of datasets.rooms": 15,
    }
