"""Base models as others publish them: read to the bit, of the Hub only what is named, and what does not fit is told."""

import json
import os
from pathlib import Path

import huggingface_hub
import pytest
import torch
from diffusers import UNet2DModel
from diffusers_folders import CIFAR, LAYOUTS, PROCESS, edit, of_2022, pipeline
from huggingface_hub.errors import LocalEntryNotFoundError, RemoteEntryNotFoundError
from torch.testing import assert_close

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.process.schedule import noise_shares
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.trained.imported import load_weights, network_settings, record
from diffrep.pipelines.trained.source_files import CONFIGS, SCHEDULERS, WEIGHTS

SHAPE = (3, 16, 16)
PICKLE = "diffusion_pytorch_model.bin"
TENSORS = "diffusion_pytorch_model.safetensors"


class Hostile:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


@pytest.fixture
def theirs(tmp_path, monkeypatch):
    """A folder to work in, whose folder `theirs` is what was published in July 2022."""
    monkeypatch.chdir(tmp_path)
    of_2022(tmp_path / "theirs")
    return tmp_path / "theirs"


def imported(source, shape=SHAPE):
    given = arguments(BaseDPM, "base", {"network": network_settings(str(source))})
    network = BaseDPM(shape, **given).eval()
    load_weights(network.unet, str(source))
    return network


def told(source) -> str:
    """The line that says why there is no such model."""
    with pytest.raises(UserError) as caught:
        imported(source)
    return str(caught.value)


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


@pytest.mark.parametrize("name", ["config.json", "scheduler_config.json"])
@pytest.mark.parametrize(
    ("content", "line"),
    [
        (
            b"<!DOCTYPE html><title>Sign in</title>",
            "is not JSON (Expecting value: line 1 column 1 (char 0)): get it ag",
        ),
        (b"[1, 2]", "holds a JSON list, not an object: get it again"),
        (b"\xff\xfe", "is not JSON ('utf-8' codec can't decode"),
        (b"", "is not JSON ("),
    ],
)
def test_a_page_saved_in_the_place_of_a_file_is_told(theirs, name, content, line):
    (theirs / name).write_bytes(content)
    assert told("theirs").startswith(f"theirs/{name} {line}")


@pytest.mark.parametrize("names", [CONFIGS, SCHEDULERS, WEIGHTS])
def test_a_missing_file_is_told_with_all_its_names(theirs, names):
    for name in names:
        (theirs / name).unlink(missing_ok=True)
    assert told("theirs") == f"params.yaml: base.from: theirs has no {names[0]}, nor {', nor '.join(names[1:])}"


def altered_pickle(theirs, change):
    state = torch.load(theirs / PICKLE, weights_only=True)
    change(state)
    torch.save(state, theirs / PICKLE)


def test_a_tensor_that_is_missing_is_told(theirs):
    altered_pickle(theirs, lambda state: state.pop("conv_in.weight"))
    assert told("theirs") == f"theirs/{PICKLE} lacks conv_in.weight: get the weights that belong to its config.json"


def test_a_tensor_too_many_is_told(theirs):
    altered_pickle(theirs, lambda state: state.update(label_emb=torch.zeros(3)))
    assert told("theirs").startswith(f"theirs/{PICKLE} has too much: label_emb: get the weights that belong to its ")


def test_a_tensor_of_another_shape_is_told(theirs):
    altered_pickle(theirs, lambda state: state.update({"conv_in.bias": torch.zeros(3)}))
    assert told("theirs").startswith(f"theirs/{PICKLE} is cut off, or not the weights of its config.json: get it again")
    assert "conv_in.bias" in told("theirs")


def test_a_number_that_is_none_is_told(theirs):
    altered_pickle(theirs, lambda state: state["conv_in.bias"].fill_(torch.nan))
    assert told("theirs") == f"theirs/{PICKLE}: conv_in.bias holds NaN or infinities: get the weights again"


@pytest.mark.parametrize("content", [b"<html>no such file</html>", b"version https://git-lfs.github.com/spec/v1", b""])
def test_a_page_or_a_pointer_in_the_place_of_the_weights_is_told(theirs, content):
    (theirs / PICKLE).write_bytes(content)
    assert told("theirs").startswith(f"theirs/{PICKLE} is cut off, or not the weights of its config.json: get it again")


def test_cut_off_tensors_are_told(theirs):
    pipeline(theirs)
    (theirs / "config.json").unlink()
    os.truncate(theirs / "unet" / TENSORS, 1000)
    (theirs / PICKLE).unlink()
    assert told("theirs").startswith(f"theirs/unet/{TENSORS} is cut off, or not the weights of its config.json: get it")


def test_nothing_in_a_pickle_is_run(theirs):
    torch.save({**torch.load(theirs / PICKLE, weights_only=True), "more": Hostile()}, theirs / PICKLE)
    assert told("theirs").startswith(f"theirs/{PICKLE} is cut off, or not the weights of its config.json: get it again")
    assert not Path("executed").exists()


def test_a_file_in_the_place_of_a_folder_is_told(theirs):
    Path("model.safetensors").write_bytes(b"")
    assert told("model.safetensors") == (
        "params.yaml: base.from: model.safetensors is a file: name the folder that diffusers' save_pretrained made"
    )


@pytest.mark.parametrize("source", ["nowhere", "a/b/c", "./nowhere", "owner/na me"])
def test_what_is_no_folder_and_no_name_of_a_repository_is_told(theirs, source):
    assert told(source) == (
        f"params.yaml: base.from: there is no folder {source}, and no repository of the Hub has such a name"
    )


@pytest.fixture
def hub(theirs, monkeypatch):
    """The Hub with one repository, somebody/theirs, that holds the folder; what it was asked for."""
    asked = []

    def download(repository, name):
        asked.append((repository, name))
        if repository != "somebody/theirs":
            raise LocalEntryNotFoundError("no network here\nand more of it")
        if not (theirs / name).exists():
            raise RemoteEntryNotFoundError.__new__(RemoteEntryNotFoundError)
        return str(theirs / name)

    monkeypatch.setattr(huggingface_hub, "hf_hub_download", download)
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", lambda *_: None)
    return asked


def test_a_repository_is_asked_for_what_it_is_made_of_alone(hub):
    network_settings("somebody/theirs")
    assert hub == [("somebody/theirs", name) for name in ("scheduler_config.json", "config.json")]
    hub.clear()
    imported("somebody/theirs")
    assert {name for _, name in hub} == {"scheduler_config.json", "config.json", TENSORS, PICKLE}


def test_a_folder_of_that_name_comes_first(hub, theirs):
    of_2022(Path("somebody", "theirs"))
    imported("somebody/theirs")
    assert hub == []


def test_what_is_in_the_cache_is_not_asked_for(hub, theirs, monkeypatch):
    there = {"config.json", "scheduler_config.json", PICKLE}
    cached = lambda _, name: str(theirs / name) if name in there else object()  # noqa: E731
    monkeypatch.setattr(huggingface_hub, "try_to_load_from_cache", cached)
    imported("somebody/theirs")
    assert hub == []


def test_without_a_network_it_is_one_line(hub):
    assert told("owner/name") == (
        "params.yaml: base.from: there is no folder owner/name, and the Hugging Face Hub does not give "
        "scheduler_config.json of such a repository: no network here"
    )


def test_offline_the_hub_itself_is_one_line(theirs, monkeypatch):
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    assert told("owner/name").startswith("params.yaml: base.from: there is no folder owner/name, and the Hugging Face")


def test_what_is_recorded_changes_with_every_file(theirs, small_values):
    small_values["base"] = {"from": "theirs"}
    seen = [record(parsed(small_values))]
    assert set(seen[0]["files"]) == {"config.json", "scheduler_config.json", PICKLE}
    for name in ("config.json", "scheduler_config.json"):
        edit(theirs / name, _note=1)
        seen.append(record(parsed(small_values)))
    altered_pickle(theirs, lambda state: state["conv_in.bias"].add_(1))
    seen.append(record(parsed(small_values)))
    assert all(one != other for i, one in enumerate(seen) for other in seen[:i])


def test_a_trained_base_model_has_nothing_recorded(small_values):
    assert record(parsed(small_values)) == {}


def test_the_process_of_2022_has_no_word_for_what_is_predicted():
    assert "prediction_type" not in PROCESS
