"""diffrep.load: a trained cell gives, from its folder alone, the codes of its stages; what is no cell is one line."""

import itertools
import re
import shutil

import numpy as np
import pytest
import yaml
from safetensors.torch import load_file, save_file
from tiny_cells import ROOMS, cell, narrow, study_values

import diffrep
from diffrep.pipelines.core.cards import read_card, write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.stages.encode import encode
from diffrep.pipelines.stages.train import train

RUN = f"runs/{ROOMS}"


@pytest.fixture
def workspace(project, tmp_path_factory, monkeypatch):
    """A workspace of trained cells without a params.yaml, seen from an empty folder."""
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


def test_the_choice_that_was_taken_of_a_code_is_kept(project, monkeypatch):
    values = study_values()
    values["methods"]["ddae"] = narrow("ddae") | {"timesteps": [10, 400]}
    params, rising = parsed(values), itertools.count()
    monkeypatch.setattr("diffrep.pipelines.evaluation.choosing.told", lambda *_: next(rising))  # the last tells most
    for stage in (train, encode):
        stage(params, cell("ddae"))
    opened = diffrep.load(project / RUN / "ddae" / "0")
    assert opened.network.chosen == opened.record.chosen > 0
    np.testing.assert_allclose(opened.encode(images_of(project)), codes_of(project, "ddae"), atol=1e-5)


def test_a_copy_of_the_folder_alone_is_enough(workspace, tmp_path_factory):
    alone = shutil.copytree(workspace / RUN / "pca" / "0", tmp_path_factory.mktemp("copies") / "any name")
    np.testing.assert_array_equal(
        diffrep.load(alone).encode(images_of(workspace)),
        diffrep.load(workspace / RUN / "pca" / "0").encode(images_of(workspace)),
    )


def test_what_a_method_stands_on_is_found_where_it_lies_beside_it(workspace, tmp_path_factory):
    away = tmp_path_factory.mktemp("copies") / "rooms"
    for name in ("pdae", "base"):
        shutil.copytree(workspace / RUN / name, away / name)
    np.testing.assert_allclose(
        diffrep.load(away / "pdae" / "0").encode(images_of(workspace)), codes_of(workspace, "pdae"), atol=1e-5
    )


def test_settings_that_changed_since_do_not_count(workspace):
    values = study_values()
    values["methods"]["pca"]["code_dim"] = 2
    (workspace / "params.yaml").write_text(yaml.safe_dump(values))
    assert diffrep.load(workspace / RUN / "pca" / "0").encode(images_of(workspace)).shape == (5, 4)


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
    write_card(workspace / RUN / "pdae" / "0" / "settings.json", {"settings_hash": "ab"})


def no_base_model(workspace):
    shutil.rmtree(workspace / RUN / "base" / "0")


def another_base_model(workspace):
    """The same network, trained otherwise."""
    folder = workspace / RUN / "base" / "0"
    card, weights = read_card(folder / "card.json", ""), next((folder / "unet").glob("*.safetensors"))
    save_file({name: value + 1 for name, value in load_file(weights).items()}, weights, {"format": "pt"})
    write_card(folder / "card.json", card, of=folder)


def another_adapter(workspace):
    """A method that has lost an argument since."""
    folder = workspace / RUN / "pdae" / "0"
    record = read_card(folder / "settings.json", "")
    record["arguments"]["lost"] = 1
    write_card(folder / "settings.json", record)


def adapter_is_gone(workspace):
    folder = workspace / RUN / "pdae" / "0"
    write_card(folder / "settings.json", read_card(folder / "settings.json", "") | {"adapter": "theirs:Method"})


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (missing_weights, "pdae/0/weights.safetensors is cut off or altered: copy it again .*, or train it again"),
        (altered_weights, "pdae/0/weights.safetensors is cut off or altered: copy it again .*, or train it again"),
        (no_card, "pdae/0 is no trained cell: name a folder such as runs/"),
        (half_a_card, "settings.json is not whole JSON"),
        (another_version, "settings.json was written by another version of diffrep, or is no card of a cell"),
        (no_base_model, "no base model in .*/base/0: pdae stands on it: copy it along from the workspace that trained"),
        (another_base_model, "the base model in .*/base/0 is not the one that .*pdae/0 was trained on: train it again"),
        (another_adapter, "settings.json is of another pdae .arguments: unknown key 'lost'.*: open it with"),
        (adapter_is_gone, "cannot import method 'theirs:Method'"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_folder_that_is_not_whole_is_one_line(workspace, harm, line):
    harm(workspace)
    with pytest.raises(UserError, match=line) as caught:
        diffrep.load(workspace / RUN / "pdae" / "0")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["", RUN, f"{RUN}/pdae", f"{RUN}/base/0", "data", f"{RUN}/pdae/7", "nowhere"])
def test_another_folder_is_one_line(workspace, name):
    with pytest.raises(UserError, match="name a folder such as runs/shapes3d_rendered/diffae/0"):
        diffrep.load(workspace / name)
