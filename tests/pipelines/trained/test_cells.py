"""A trained cell is loaded only with the settings, the base model and the data that it was made with."""

import operator
import os
import shutil
from functools import reduce

import pytest
import torch
from safetensors.torch import load_file
from tiny_cells import ROOMS, SHAPE, cell, study_values

from diffrep.methods.random import RandomEncoder
from diffrep.pipelines.core.errors import one_line
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.stages.base import base
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.trained.cells import build, load, settings_hash, torch_device

RANDOM, PDAE = cell("random"), cell("pdae")
AGAIN = f"run diffrep train --dataset {ROOMS} --method random --seed 0"


def line_of(do) -> str | None:
    """The line that tells of the error of `do`."""
    try:
        do()
    except Exception as error:
        return one_line(error)
    return "nothing went wrong"


def changed(path: str, value):
    """The study's params with another value at a dotted key."""
    values = study_values()
    *above, last = path.split(".")
    reduce(operator.getitem, above, values)[last] = value
    return parsed(values)


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_an_untrained_method_comes_back_as_it_was_built(studied, study_params):
    built, back = build(study_params, RANDOM, SHAPE), load(study_params, RANDOM, SHAPE)
    assert not back.training
    assert same(built.state_dict(), back.state_dict())


def test_a_trained_method_comes_back_with_its_averaged_weights(studied, study_params):
    files = {name: load_file(PDAE.weights / f"{name}.safetensors") for name in ("weights", "raw")}
    found = load(study_params, PDAE, SHAPE).state_dict()
    assert same(found, files["weights"])
    assert not same(found, files["raw"])


def test_every_seed_builds_its_own_weights_and_always_the_same(studied, study_params):
    one, again, other = (build(study_params, cell("random", seed), SHAPE).state_dict() for seed in (0, 0, 1))
    assert same(one, again)
    assert not same(one, other)


def test_a_method_stands_on_the_base_model_of_its_own_seed(project, study_params):
    base(study_params, cell("pdae", 1).repeat)
    networks = [build(study_params, cell("pdae", seed), SHAPE).decoder.base for seed in (0, 1)]
    own = [pretrained.load("base", cell("pdae", seed).repeat, SHAPE) for seed in (0, 1)]
    assert all(same(network.state_dict(), model.state_dict()) for network, model in zip(networks, own, strict=True))
    assert not same(*(model.state_dict() for model in own))


def test_fresh_weights_do_not_depend_on_what_was_loaded_before(studied, study_params, monkeypatch):
    one, plain = build(study_params, PDAE, SHAPE).state_dict(), pretrained.load

    def drawing(*given):
        torch.rand(7)
        return plain(*given)

    monkeypatch.setattr(pretrained, "load", drawing)
    assert same(build(study_params, PDAE, SHAPE).state_dict(), one)


def test_an_untrained_cell_says_which_command_trains_it(studied, study_params):
    assert line_of(lambda: load(study_params, cell("random", 7), SHAPE)) == (
        f"no trained random in runs/{ROOMS}/random/7: {AGAIN[:-1]}7"
    )


def test_a_checkpoint_of_other_settings_is_refused(studied):
    assert line_of(lambda: load(changed("methods.random.code_dim", 5), RANDOM, SHAPE)) == (
        f"runs/{ROOMS}/random/0 was trained with other settings than params.yaml has: {AGAIN}"
    )


def test_weights_for_images_of_another_size_are_refused(studied, study_params):
    assert line_of(lambda: load(study_params, RANDOM, (1, 16, 16))) == (
        f"runs/{ROOMS}/random/0/weights.safetensors does not fit the method: {AGAIN}"
    )


def test_cut_off_weights_are_one_line(project, study_params):
    os.truncate(RANDOM.weights / "weights.safetensors", 100)
    assert line_of(lambda: load(study_params, RANDOM, SHAPE)) == (
        f"runs/{ROOMS}/random/0/weights.safetensors is cut off or altered: {AGAIN}"
    )


@pytest.mark.parametrize("name", ["weights.safetensors", "raw.safetensors", "settings.json"])
def test_one_flipped_bit_is_one_line(project, study_params, name):
    path = PDAE.weights / name
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    assert line_of(lambda: load(study_params, PDAE, SHAPE)) == (
        f"{path} is cut off or altered: {AGAIN.replace('random', 'pdae')}"
    )


def test_weights_of_another_method_are_one_line(project, study_params):
    shutil.copy(PDAE.weights / "weights.safetensors", RANDOM.weights)
    told = f"{RANDOM.weights}/weights.safetensors is cut off or altered: {AGAIN}"
    assert line_of(lambda: load(study_params, RANDOM, SHAPE)) == told


def test_missing_weights_are_one_line(project, study_params):
    (RANDOM.weights / "weights.safetensors").unlink()
    assert "weights.safetensors" in line_of(lambda: load(study_params, RANDOM, SHAPE))


def test_settings_that_are_cut_off_are_one_line(project, study_params):
    (RANDOM.weights / "settings.json").write_text('{"meth')
    assert "settings.json is not whole JSON" in line_of(lambda: load(study_params, RANDOM, SHAPE))


def test_a_method_without_parts_is_one_line(studied, study_params, monkeypatch):
    monkeypatch.delattr(RandomEncoder, "parts")
    assert line_of(lambda: build(study_params, RANDOM, SHAPE)) == (
        "RandomEncoder has no 'parts': an empty list, where a code has no parts of its own"
    )


@pytest.mark.parametrize(
    ("path", "value", "counts"),
    [
        ("methods.random.code_dim", 5, True),
        ("train.learning_rate", 0.5, True),
        ("base.network.norm_groups", 2, True),
        (f"datasets.{ROOMS}.seed", 5, True),
        (f"budgets.{ROOMS}.base", 5, True),
        (f"budgets.{ROOMS}.method", 5, True),
        (f"budgets.{ROOMS}.oracle", 5, False),
        ("methods.pdae.code_dim", 5, False),
        ("autoencoder.network.codebook", 5, False),
        ("evaluate.seed", 5, False),
        ("machine.threads", 5, False),
    ],
)
def test_hash_of_a_cell_depends_on_what_made_its_weights(study_params, path, value, counts):
    assert (settings_hash(changed(path, value), RANDOM) != settings_hash(study_params, RANDOM)) == counts


@pytest.mark.parametrize("path", ["autoencoder.network.codebook", f"budgets.{ROOMS}.autoencoder"])
def test_hash_of_a_latent_cell_depends_on_its_autoencoder(study_params, path):
    latent = cell("encdiff_latent")
    assert settings_hash(changed(path, 5), latent) != settings_hash(study_params, latent)


@pytest.mark.parametrize(("named", "device"), [("cpu", "cpu"), ("gpu", "cuda")])
def test_devices_have_torchs_names(named, device):
    assert torch_device(changed("machine.device", named)).type == device
