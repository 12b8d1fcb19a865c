"""Models that diffusers saved, and files whose weights are those of another size, halved or no tensors at all."""

import official_files
import official_guided as official
import pytest
import torch
from diffusers_folders import WEIGHTS_OF_2022, of_2022
from sections import built

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.placing import place_base
from diffrep.pipelines.imports.reading import read_model
from diffrep.pipelines.trained.imported import load_weights, network_settings


def told(path, *given):
    with pytest.raises(UserError) as caught:
        read_model(path, *given)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.fixture
def theirs(tmp_path):
    """A model of 2022 with the old names of attention, and its folder."""
    return of_2022(tmp_path / "ddpm"), tmp_path / "ddpm"


@pytest.mark.parametrize("name", ["", WEIGHTS_OF_2022])
def test_a_model_of_diffusers_is_known_by_its_folder_and_by_its_weights(theirs, name):
    unet, folder = theirs
    model = read_model(folder / name).model
    assert (model.kind, model.image_shape) == ("ddpm", (3, 16, 16))
    assert all(torch.equal(model.state[key], value) for key, value in unet.state_dict().items())


def test_it_is_written_as_a_base_model_that_gives_the_same(theirs, tmp_path):
    unet, folder = theirs
    model = read_model(folder).model
    section = place_base(tmp_path, "theirs", model, {})
    source = str(tmp_path / section["from"])
    ours = built(BaseDPM, model.image_shape, network=network_settings(source)).eval()
    load_weights(ours.unet, source)
    images, t = torch.randn(2, 3, 16, 16), torch.tensor([3, 700])
    torch.testing.assert_close(ours.features(images, t).prediction, unet.eval()(images, t).sample)


def test_a_model_of_diffusers_of_another_kind_than_asked(theirs):
    assert "is of diffusers, which is of kind ddpm, not pdae" in told(theirs[1], "pdae")


def test_another_size_than_that_of_its_configuration(theirs):
    assert read_model(theirs[1], side=16).model.image_shape == (3, 16, 16)
    assert f"{theirs[1]} is of images of 16x16: leave --size 32 out" in told(theirs[1], None, 32)


def test_a_folder_of_something_else(tmp_path):
    assert "a folder without a config.json of diffusers: name the file of weights" in told(tmp_path)


def test_weights_of_diffusers_alone(tmp_path):
    torch.save({"down_blocks.0.x": torch.ones(1), "time_embedding.x": torch.ones(1)}, tmp_path / "model.bin")
    assert "needs the config.json of its repository beside it" in told(tmp_path / "model.bin")


def changed(tmp_path, change):
    """The file of a small base model whose tensors were changed."""
    state = change(official.stirred(official.UNet((32, 32), (1,))).state_dict())
    return official_files.pdae_dpm(state, tmp_path / "dpm.pt")


def test_a_copy_in_half_precision(tmp_path):
    path = changed(tmp_path, lambda state: {name: value.half() for name, value in state.items()})
    assert f"{path} (ema_denoise_fn) is a copy in half precision" in told(path)


def test_a_block_that_is_missing(tmp_path):
    gone = "output_blocks.1.0."
    path = changed(tmp_path, lambda state: {k: v for k, v in state.items() if not k.startswith(gone)})
    assert f"lacks {gone}emb_layers.1.bias, {gone}emb_layers.1.weight" in told(path)


def test_tensors_that_are_left_over(tmp_path):
    path = changed(tmp_path, lambda state: {**state, "label_emb.weight": torch.ones(2, 2)})
    assert "has too much: label_emb.weight: the network is of another kind or size" in told(path)


def test_a_tensor_of_another_shape(tmp_path):
    path = changed(tmp_path, lambda state: {**state, "out.0.weight": torch.ones(33)})
    assert "out.0.weight is [33] where [32] is due" in told(path)


def test_images_whose_size_nothing_tells_are_asked_for(tmp_path):
    unet = official.stirred(official.UNet((32, 32), ())).state_dict()
    path = official_files.pdae_dpm(unet, tmp_path / "dpm.pt")
    assert "does not tell the size of its images: give it, as --size 64" in told(path)
    assert read_model(path, None, 24).model.image_shape == (3, 24, 24)
