"""diffrep.load: a trained cell gives, from any folder, the codes of its stages; what is no cell is one line."""

import json
import re
import shutil

import numpy as np
import pytest
import yaml
from tiny_cells import ROOMS, cell, study_values

import diffrep
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json

RUN = f"runs/{ROOMS}"


@pytest.fixture
def workspace(project, tmp_path_factory, monkeypatch):
    """A workspace of trained cells, seen from an empty folder."""
    (project / "params.yaml").write_text(yaml.safe_dump(study_values()))
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    return project


def images_of(workspace, count=5):
    """Its first test images."""
    folder = workspace / "data" / ROOMS
    rows = np.load(folder / "splits.npz")["test"][:count]
    return np.load(folder / "images.npy")[rows]


def codes_of(workspace, method, count=5):
    """What its stage `encode` has written of them."""
    with np.load(workspace / cell(method).codes) as kept:
        return kept[next(name for name in kept.files if name.endswith("_test"))][:count]


@pytest.mark.parametrize("method", ["pdae", "encdiff_latent", "pca", "random"])
def test_codes_are_those_of_the_stage(workspace, method):
    opened = diffrep.load(workspace / RUN / method / "0")
    np.testing.assert_allclose(opened.encode(images_of(workspace)), codes_of(workspace, method), atol=1e-5)


def test_a_code_is_decoded_alike_each_time_and_by_its_seed(workspace):
    opened = diffrep.load(str(workspace / RUN / "pdae" / "0"))
    codes = opened.encode(images_of(workspace))
    one, again, other = (opened.decode(codes, seed=seed) for seed in (0, 0, 1))
    assert one.shape == (5, 16, 16, 3)
    assert one.dtype == np.uint8
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    np.testing.assert_array_equal(opened.decode(codes[:2]), one[:2])


def test_the_inverted_start_comes_nearer_than_any_other(workspace):
    opened, images = diffrep.load(workspace / RUN / "pdae" / "0"), images_of(workspace)
    codes = opened.encode(images)
    start = opened.invert(images, codes, steps=50)
    assert start.shape == (5, 3, 16, 16)
    errors = [
        np.abs(opened.decode(codes, start=given, steps=50).astype(int) - images).mean() for given in (start, None)
    ]
    assert errors[0] < errors[1]


def test_all_views_are_there(workspace):
    views = diffrep.load(workspace / RUN / "drl_joint" / "0").views(images_of(workspace))
    assert list(views) == ["z", "times"]
    assert views["times"].shape == (5, 11, 4)


def test_what_a_method_cannot_do_is_told_with_its_reason(workspace):
    opened = diffrep.load(workspace / RUN / "random" / "0")
    with pytest.raises(ValueError, match=r"^random does not decode: an untrained encoder decodes nothing$"):
        opened.decode(np.zeros((1, opened.code_size)))


@pytest.mark.parametrize(
    ("images", "line"),
    [
        (np.zeros((2, 16, 16, 3)), "images are float64 [2, 16, 16, 3]: random takes uint8 [n, 16, 16, 3], n from 1"),
        (np.zeros((2, 8, 16, 3), np.uint8), "images are uint8 [2, 8, 16, 3]"),
        (np.zeros((0, 16, 16, 3), np.uint8), "images are uint8 [0, 16, 16, 3]"),
    ],
)
def test_other_images_are_refused(workspace, images, line):
    with pytest.raises(ValueError, match=re.escape(line)):
        diffrep.load(workspace / RUN / "random" / "0").encode(images)


def test_other_codes_are_refused(workspace):
    with pytest.raises(ValueError, match=re.escape("codes are [2, 3]: pca takes [n, 4], n from 1")):
        diffrep.load(workspace / RUN / "pca" / "0").decode(np.zeros((2, 3)))


def missing_weights(workspace):
    (workspace / RUN / "pdae" / "0" / "weights.safetensors").unlink()


def altered_weights(workspace):
    path = workspace / RUN / "pdae" / "0" / "weights.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\1\2\3")


def no_card(workspace):
    (workspace / RUN / "pdae" / "0" / "settings.json").unlink()


def half_a_card(workspace):
    path = workspace / RUN / "pdae" / "0" / "settings.json"
    path.write_text(path.read_text()[:20])


def another_version(workspace):
    write_card(workspace / RUN / "pdae" / "0" / "settings.json", {"made_by": "something else"})


def no_base_model(workspace):
    shutil.rmtree(workspace / RUN / "base" / "0")


def other_settings(workspace):
    params = yaml.safe_load((workspace / "params.yaml").read_text())
    params["train"]["learning_rate"] *= 2
    (workspace / "params.yaml").write_text(yaml.safe_dump(params))


def row_is_gone(workspace):
    params = yaml.safe_load((workspace / "params.yaml").read_text())
    params["grid"]["method"].remove("pdae")
    del params["methods"]["pdae"]
    (workspace / "params.yaml").write_text(yaml.safe_dump(params))


def no_params(workspace):
    (workspace / "params.yaml").unlink()


def params_of_another_version(workspace):
    with (workspace / "params.yaml").open("a") as file:
        file.write("beyond: {this: version}\n")


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (missing_weights, "pdae/0/weights.safetensors is cut off or altered: run diffrep train"),
        (altered_weights, "pdae/0/weights.safetensors is cut off or altered: run diffrep train"),
        (no_card, "no trained pdae in .*pdae/0: run diffrep train --dataset shapes3d_rendered --method pdae --seed 0"),
        (half_a_card, "settings.json is not whole JSON"),
        (another_version, "settings.json was written by another version of diffrep, or is no card of a cell"),
        (no_base_model, "base/0/card.json is missing"),
        (other_settings, "pdae/0 was trained with other settings than params.yaml has: run diffrep train"),
        (row_is_gone, "pdae/0 is of 'pdae', of which .*params.yaml has no section"),
        (no_params, "pdae/0 is no cell of a workspace: name a folder such as runs/"),
        (params_of_another_version, "unknown key 'beyond'"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_folder_that_is_not_whole_or_of_other_settings_is_one_line(workspace, harm, line):
    harm(workspace)
    with pytest.raises(UserError, match=line) as caught:
        diffrep.load(workspace / RUN / "pdae" / "0")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", RUN, f"{RUN}/pdae", f"{RUN}/base/unet", "data", f"{RUN}/pdae/7", "nowhere"])
def test_another_folder_is_one_line(workspace, name):
    with pytest.raises(UserError, match="name a folder such as runs/shapes3d_rendered/diffae/0"):
        diffrep.load(workspace / name)


def test_without_a_gpu_the_cpu_does(workspace):
    params = yaml.safe_load((workspace / "params.yaml").read_text())
    params["machine"]["device"] = "gpu"
    (workspace / "params.yaml").write_text(yaml.safe_dump(params))
    assert len(diffrep.load(workspace / RUN / "pca" / "0").encode(images_of(workspace))) == 5


def test_the_card_says_what_makes_a_cell_known(workspace):
    assert "settings_hash" in read_json(workspace / RUN / "pdae" / "0" / "settings.json")
    assert json.loads((workspace / RUN / "base" / "0" / "card.json").read_text())["image_shape"] == [3, 16, 16]
