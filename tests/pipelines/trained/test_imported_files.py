"""Files of a base model that are missing, damaged or hostile, and what is recorded of them."""

import os
from pathlib import Path

import pytest
import torch
from diffusers_folders import PROCESS, edit, pipeline
from imported_models import PICKLE, TENSORS, Hostile, told

from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.trained.imported import record
from diffrep.pipelines.trained.source_files import CONFIGS, SCHEDULERS, WEIGHTS


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


@pytest.mark.parametrize("source", ["nowhere", "a/b/c", "./nowhere", "owner/na me", "owner/name@", "owner/name@-x"])
def test_what_is_no_folder_and_no_name_of_a_repository_is_told(theirs, source):
    assert told(source) == (
        f"params.yaml: base.from: there is no folder {source}, and no repository of the Hub has such a name"
    )


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
