"""Base models as others publish them: read to the bit, of the Hub only what is named, and what does not fit is told."""

import json

import pytest
import torch
from diffusers import UNet2DModel
from diffusers_folders import CIFAR, LAYOUTS, edit, of_2022, pipeline
from imported_models import PICKLE, SHAPE, TENSORS, imported, told
from torch.testing import assert_close

from diffrep.methods.shared.process.schedule import noise_shares
from diffrep.pipelines.trained.imported import network_settings


@pytest.mark.parametrize("save", [of_2022, pipeline], ids=["2022", "today"])
@pytest.mark.parametrize("config", LAYOUTS.values(), ids=LAYOUTS)
def test_it_predicts_what_diffusers_predicts(tmp_path, save, config):
    side = config["sample_size"]
    unet, base = save(tmp_path, config), imported(tmp_path, (3, side, side))
    noisy, timesteps = torch.randn(2, 3, side, side), torch.tensor([3, 800])
    assert_close(base.features(noisy, timesteps).prediction, unet(noisy, timesteps).sample, rtol=1e-6, atol=2e-6)


def test_old_names_of_attention_are_those_of_a_pickle_of_2022(theirs):
    names = torch.load(theirs / PICKLE, weights_only=True)
    assert {"query", "key", "value", "proj_attn"} <= {name.split(".")[-2] for name in names}


def test_what_is_written_is_read_by_diffusers_again(theirs, tmp_path):
    base = imported(theirs)
    base.unet.save_pretrained(tmp_path / "again")
    read = UNet2DModel.from_pretrained(tmp_path / "again")
    noisy, timesteps = torch.randn(2, *SHAPE), torch.tensor([3, 800])
    assert torch.equal(read(noisy, timesteps).sample, base.features(noisy, timesteps).prediction)


def test_half_precision_is_read_as_single(theirs):
    halves = {name: value.half() for name, value in torch.load(theirs / PICKLE, weights_only=True).items()}
    torch.save(halves, theirs / PICKLE)
    assert {value.dtype for value in imported(theirs).unet.state_dict().values()} == {torch.float32}


def test_tensors_are_read_before_a_pickle(theirs):
    pipeline(theirs)
    (theirs / "unet" / TENSORS).rename(theirs / TENSORS)
    (theirs / PICKLE).write_bytes(b"never opened")
    imported(theirs)


@pytest.mark.parametrize(
    ("process", "betas"),
    [
        ({}, "linear"),
        ({"beta_schedule": "scaled_linear", "beta_start": 0.0015, "beta_end": 0.0155}, "scaled_linear"),
        ({"beta_schedule": "squaredcos_cap_v2"}, "cosine"),
        ({"trained_betas": noise_shares("cosine").tolist()}, "cosine"),
        ({"_class_name": "DDIMScheduler", "set_alpha_to_one": True, "steps_offset": 0}, "linear"),
    ],
)
def test_its_betas_are_known_by_their_values(theirs, process, betas):
    edit(theirs / "scheduler_config.json", **process)
    assert network_settings(str(theirs))["betas"] == betas


@pytest.mark.parametrize(
    ("process", "kind"),
    [
        ({}, "epsilon"),
        ({"prediction_type": "sample"}, "sample"),
        ({"predict_epsilon": True}, "epsilon"),
        ({"predict_epsilon": False}, "sample"),
    ],
)
def test_what_it_predicts_is_what_its_scheduler_says(theirs, process, kind):
    edit(theirs / "scheduler_config.json", **process)
    assert network_settings(str(theirs))["prediction_type"] == kind


def test_a_model_of_this_suite_says_itself_how_its_images_are_folded(tmp_path):
    pipeline(tmp_path, CIFAR | {"in_channels": 12, "out_channels": 12})
    (tmp_path / "card.json").write_text(json.dumps({"network": {"patch": 2}}))
    assert imported(tmp_path, (3, 32, 32)).patch == 2


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"_class_name": "VQModel"}, "_class_name is 'VQModel', where only 'UNet2DModel' can be used"),
        ({"_class_name": None}, "_class_name is None, where only 'UNet2DModel' can be used"),
        ({"class_embed_type": "timestep"}, "class_embed_type is 'timestep', where only None can be used"),
        ({"out_channels": 6}, "out_channels is 6 (a learned variance, it seems), which must be in_channels, 3"),
        ({"down_block_types": ["CrossAttnDownBlock2D"] * 4}, "down_block_types has 'CrossAttnDownBlock2D', where only"),
        ({"skip_scale": 2}, "skip_scale is 2, which no UNet2DModel of this diffusers has"),
        ({"layers_per_block": "two"}, " describes no network that can be built: "),
        ({"block_out_channels": [8, 16]}, "Must provide the same number of"),
        ({"norm_num_groups": 5}, " describes no network that can be built: "),
        ({"down_block_types": 3}, "down_block_types is 3, which is no list of blocks"),
    ],
)
def test_a_network_that_cannot_be_is_told_with_its_file_and_key(theirs, changes, line):
    edit(theirs / "config.json", **changes)
    found = told("theirs")
    assert found.startswith("theirs/config.json")
    assert line in found


def test_a_key_that_is_empty_is_not_asked_for(theirs):
    edit(theirs / "config.json", skip_scale=None)
    imported(theirs)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"prediction_type": "v_prediction"},
            "prediction_type is 'v_prediction', where only 'epsilon' or 'sample' can",
        ),
        ({"num_train_timesteps": 4000}, "num_train_timesteps is 4000, where only 1000 can be used"),
        ({"beta_end": 0.012}, "beta_schedule is 'linear' from 0.0001 to 0.012, none of ours: "),
        ({"beta_schedule": "scaled_linear", "beta_start": 0.0015, "beta_end": 0.0195}, "to 0.0195, none of ours: "),
        ({"rescale_betas_zero_snr": True}, "none of ours: "),
        ({"beta_schedule": "sigmoid"}, "beta_schedule is 'sigmoid' from 0.0001 to 0.02, none of ours: "),
        ({"beta_schedule": "nosuch"}, "beta_schedule: nosuch is not implemented"),
        ({"trained_betas": [0.1, 0.2]}, "none of ours: "),
        ({"beta_start": "low"}, "beta_schedule: "),
    ],
)
def test_a_process_that_cannot_be_is_told_with_its_file_and_key(theirs, changes, line):
    edit(theirs / "scheduler_config.json", **changes)
    found = told("theirs")
    assert found.startswith("theirs/scheduler_config.json: ")
    assert line in found


def test_a_process_of_another_kind_is_not_taken_for_the_default_one(theirs):
    kept = {"_class_name": "ScoreSdeVeScheduler", "num_train_timesteps": 1000, "sigma_max": 1348}
    (theirs / "scheduler_config.json").write_text(json.dumps(kept))
    assert told("theirs").startswith("theirs/scheduler_config.json: no beta_start: it describes no process of 1000 ste")
