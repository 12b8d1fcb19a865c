"""A trained cell is loaded only with the settings, the base model and the data that it was made with."""

import os

import pytest
import torch
import yaml

from diffrep.datasets.prepared import Prepared
from diffrep.methods.random import RandomEncoder
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import one_line
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.stages.base import base, load_base
from diffrep.pipelines.stages.code import adapters
from diffrep.pipelines.stages.encode import encode, read_codes
from diffrep.pipelines.stages.oracle import load_judge
from diffrep.pipelines.stages.prepare import prepare
from diffrep.pipelines.stages.train import train
from diffrep.pipelines.trained.cells import build, load, params_hash

ROOMS = "shapes3d_rendered"
SHAPE = (3, 16, 16)


def line_of(do) -> str | None:
    """The line that tells of the error of `do`."""
    try:
        do()
    except Exception as error:
        return one_line(error)
    return "nothing went wrong"


@pytest.fixture
def project(tmp_path, monkeypatch, small_params):
    """A folder with prepared data and adapters' hashes, to work in."""
    torch.set_num_threads(1)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(small_params))
    adapters(small_params)
    prepare(small_params, ROOMS)
    return tmp_path


@pytest.fixture
def cell(project, small_params):
    """The folder of a trained cell."""
    train(small_params, ROOMS, "random", 0)
    return project / "runs" / ROOMS / "random" / "0"


def loaded(params):
    return load(params, ROOMS, "random", 0, SHAPE)


def test_a_cell_comes_back_as_it_was_built(cell, small_params):
    built, back = build(small_params, ROOMS, "random", 0, SHAPE), loaded(small_params)
    assert not back.training
    assert all(torch.equal(built.state_dict()[name], value) for name, value in back.state_dict().items())


def test_another_seed_builds_other_weights(project, small_params):
    one, other = (build(small_params, ROOMS, "random", seed, SHAPE).state_dict() for seed in (0, 1))
    assert not all(torch.equal(one[name], other[name]) for name in one)


def test_an_untrained_cell_says_which_command_trains_it(project, small_params):
    assert line_of(lambda: loaded(small_params)) == (
        f"no trained random in runs/{ROOMS}/random/0: run diffrep train --dataset {ROOMS} --method random --seed 0"
    )


def test_a_checkpoint_of_other_settings_is_refused(cell, small_params):
    small_params["methods"]["random"]["code_dim"] = 5
    assert line_of(lambda: loaded(small_params)) == (
        f"runs/{ROOMS}/random/0 was trained with other settings than params.yaml has: "
        f"run diffrep train --dataset {ROOMS} --method random --seed 0"
    )


def test_weights_for_images_of_another_size_are_refused(cell, small_params):
    line = line_of(lambda: load(small_params, ROOMS, "random", 0, (1, 16, 16)))
    assert line == (
        f"runs/{ROOMS}/random/0/weights.safetensors does not fit the method: "
        f"run diffrep train --dataset {ROOMS} --method random --seed 0"
    )


def test_cut_off_weights_are_one_line(cell, small_params):
    os.truncate(cell / "weights.safetensors", 100)
    assert line_of(lambda: loaded(small_params)) == (
        f"runs/{ROOMS}/random/0/weights.safetensors is cut off or altered: "
        f"run diffrep train --dataset {ROOMS} --method random --seed 0"
    )


def test_missing_weights_are_one_line(cell, small_params):
    (cell / "weights.safetensors").unlink()
    assert "weights.safetensors" in line_of(lambda: loaded(small_params))


def test_a_missing_base_model_says_which_command_trains_it(project, small_params):
    assert line_of(lambda: build(small_params, ROOMS, "pdae", 0, SHAPE)) == (
        f"no base model in runs/{ROOMS}/base: run diffrep base --dataset {ROOMS} first"
    )


def test_a_base_model_of_another_image_size_is_refused(project, small_params):
    base(small_params, ROOMS)
    assert line_of(lambda: load_base(ROOMS, (3, 32, 32))) == (
        f"the base model in runs/{ROOMS}/base is for images of [3, 16, 16], the data set's are [3, 32, 32]: "
        f"run diffrep base --dataset {ROOMS} again"
    )


def test_a_cut_off_base_model_is_one_line(project, small_params):
    base(small_params, ROOMS)
    os.truncate(project / "runs" / ROOMS / "base" / "unet" / "diffusion_pytorch_model.safetensors", 100)
    assert line_of(lambda: load_base(ROOMS, SHAPE)) == (
        f"the base model in runs/{ROOMS}/base cannot be read: run diffrep base --dataset {ROOMS} again"
    )


def test_another_network_in_the_place_of_the_base_model_is_one_line(project, small_params):
    base(small_params, ROOMS)
    other = BaseDPM(SHAPE, **small_params["base"]["network"] | {"channels": [16, 16]})
    other.unet.save_pretrained(project / "runs" / ROOMS / "base" / "unet")
    assert line_of(lambda: load_base(ROOMS, SHAPE)).startswith(
        f"the base model in runs/{ROOMS}/base is not the network of its card.json (see "
    )


def test_a_card_without_its_keys_is_one_line(project, small_params):
    base(small_params, ROOMS)
    (project / "runs" / ROOMS / "base" / "card.json").write_text("{}")
    assert line_of(lambda: load_base(ROOMS, SHAPE)) == (
        f"runs/{ROOMS}/base/card.json lacks the key 'image_shape': run diffrep base --dataset {ROOMS} again"
    )


def test_a_method_without_parts_is_one_line(project, small_params, monkeypatch):
    monkeypatch.delattr(RandomEncoder, "parts")
    assert line_of(lambda: build(small_params, ROOMS, "random", 0, SHAPE)) == (
        "RandomEncoder has no 'parts': an empty list, where a code has no parts of its own"
    )


def test_a_missing_judge_says_which_command_trains_it(project, small_params):
    data = Prepared(project / "data" / ROOMS)
    assert line_of(lambda: load_judge(small_params, ROOMS, data)) == (
        f"no oracle in runs/{ROOMS}/oracle: run diffrep oracle --dataset {ROOMS}"
    )


def test_missing_codes_say_which_command_makes_them(project):
    assert line_of(lambda: read_codes(ROOMS, "random", 0)) == (
        f"no codes in runs/{ROOMS}/codes/random/0.npz: run diffrep encode --dataset {ROOMS} --method random"
    )


def test_cut_off_codes_are_one_line(cell, small_params):
    small_params["grid"]["seed"] = [0]
    encode(small_params, ROOMS, "random")
    os.truncate(f"runs/{ROOMS}/codes/random/0.npz", 300)
    assert line_of(lambda: read_codes(ROOMS, "random", 0)) == (
        f"runs/{ROOMS}/codes/random/0.npz is cut off: run diffrep encode --dataset {ROOMS} --method random"
    )


def test_codes_that_are_no_numbers_are_refused(cell, small_params):
    small_params["grid"]["seed"] = [0]
    weights = loaded(small_params).state_dict()
    from safetensors.torch import save_file

    save_file({name: value * float("nan") for name, value in weights.items()}, cell / "weights.safetensors")
    assert line_of(lambda: encode(small_params, ROOMS, "random")) == (
        "the codes 'z' hold NaN or infinities: the training diverged"
    )


def test_settings_stand_beside_the_weights(cell, small_params):
    assert read_json(cell / "settings.json") == {"params_hash": params_hash(small_params, ROOMS, "random")}


def test_settings_that_are_cut_off_are_one_line(cell, small_params):
    (cell / "settings.json").write_text('{"meth')
    assert "settings.json is not whole JSON" in line_of(lambda: loaded(small_params))


@pytest.mark.parametrize("section", ["methods.random", "train", "base", "datasets.shapes3d_rendered"])
def test_hash_of_a_cell_depends_on_every_section_that_made_it(small_params, section):
    before, place = params_hash(small_params, ROOMS, "random"), small_params
    for key in section.split("."):
        place = place[key]
    place["changed"] = 1
    assert params_hash(small_params, ROOMS, "random") != before


@pytest.mark.parametrize(("budget", "counts"), [("base", True), ("method", True), ("oracle", False)])
def test_hash_of_a_cell_depends_on_the_budgets_that_made_it(small_params, budget, counts):
    before = params_hash(small_params, ROOMS, "random")
    small_params["budgets"][ROOMS][budget] += 1
    assert (params_hash(small_params, ROOMS, "random") != before) == counts


def test_hash_of_a_cell_does_not_depend_on_another_method(small_params):
    before = params_hash(small_params, ROOMS, "random")
    small_params["methods"]["pdae"]["code_dim"] = 9
    assert params_hash(small_params, ROOMS, "random") == before
