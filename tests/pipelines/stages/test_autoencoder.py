"""The autoencoder's stage: trained where a method of the grid stands on it, a marker where none does."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
import yaml

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import one_line
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.stages.autoencoder import autoencoder, load_autoencoder
from diffrep.pipelines.stages.code import adapters
from diffrep.pipelines.stages.encode import encode
from diffrep.pipelines.stages.prepare import prepare
from diffrep.pipelines.stages.reconstruct import reconstruct
from diffrep.pipelines.stages.train import train
from diffrep.pipelines.trained.cells import load, params_hash
from diffrep.pipelines.training.batches import Batches

ROOMS = "shapes3d_rendered"
SHAPE = (3, 16, 16)
COMMITTED = yaml.safe_load((Path(__file__).parents[3] / "params.yaml").read_text())


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with prepared rooms, which tests copy nothing of: they work in it one after the other."""
    return tmp_path_factory.mktemp("rooms")


@pytest.fixture
def latent_params(small_params):
    """A grid of one latent method, with the smallest networks."""
    section = COMMITTED["methods"]["encdiff_latent"] | {"code_dim": 3, "encoder_channels": [32]}
    section["network"] = section["network"] | {"channels": [8, 8], "norm_groups": 4}
    small_params["methods"]["encdiff_latent"] = section
    small_params["grid"] |= {"method": ["encdiff_latent"], "seed": [0]}
    small_params["evaluate"]["reconstruct"] |= {"images": 4, "decode_steps": 2, "invert_steps": 2}
    return small_params


@pytest.fixture
def project(data, monkeypatch, latent_params):
    """The folder to work in, with an autoencoder trained for two steps."""
    torch.set_num_threads(1)
    monkeypatch.chdir(data)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{data}/mlflow.db")
    adapters(latent_params)
    if not paths.data(ROOMS).exists():
        prepare(latent_params, ROOMS)
    if not (paths.autoencoder(ROOMS) / "card.json").exists():
        autoencoder(latent_params, ROOMS)
    return data


def line_of(do) -> str | None:
    """The line that tells of the error of `do`."""
    try:
        do()
    except Exception as error:
        return one_line(error)
    return "nothing went wrong"


def test_a_trained_autoencoder_comes_back(project, latent_params):
    network = load_autoencoder(ROOMS, SHAPE)
    record = read_json(paths.autoencoder_result(ROOMS))
    assert (network.training, network.shape, record["steps"]) == (False, (3, 8, 8), 2)
    assert record["parameters"] == sum(value.numel() for value in network.state_dict().values())


def test_latents_of_the_first_batch_have_unit_spread(project, latent_params):
    prepared, training = Prepared(paths.data(ROOMS)), latent_params["autoencoder"]["training"]
    first = Batches((prepared.images,), prepared.splits["train"], training["batch_size"], 0)[0][0]
    assert load_autoencoder(ROOMS, SHAPE).encode(first).std().item() == pytest.approx(1, abs=1e-4)


def test_without_a_latent_method_nothing_is_trained(project, latent_params):
    before = (paths.autoencoder(ROOMS) / "ready.json").read_bytes()
    latent_params["grid"]["method"] = ["random"]
    adapters(latent_params)
    autoencoder(latent_params, ROOMS)
    assert [path.name for path in paths.autoencoder(ROOMS).iterdir()] == ["ready.json"]
    assert (paths.autoencoder(ROOMS) / "ready.json").read_bytes() == before
    record = read_json(paths.autoencoder_result(ROOMS))
    assert record["steps"] is None
    assert record["reasons"]["steps"] == "not applicable: no method of the grid stands on an autoencoder"


def test_a_latent_cell_trains_encodes_and_draws(project, latent_params):
    train(latent_params, ROOMS, "encdiff_latent", 0)
    encode(latent_params, ROOMS, "encdiff_latent")
    reconstruct(latent_params, ROOMS, "encdiff_latent")
    with np.load(paths.codes(ROOMS, "encdiff_latent", 0)) as arrays:
        assert (arrays["scalars_test"].shape, arrays["tokens_test"].shape) == ((40, 3), (40, 3, 16))
    assert [part["name"] for part in read_json(paths.parts(ROOMS, "encdiff_latent", 0))["parts"]][-1] == "token 2"
    assert read_json(paths.result(ROOMS, "encdiff_latent", "reconstruct", 0))["mse_inferred_start"] > 0


def test_a_trained_cell_keeps_the_autoencoder_as_it_was(project, latent_params):
    train(latent_params, ROOMS, "encdiff_latent", 0)
    cell, alone = load(latent_params, ROOMS, "encdiff_latent", 0, SHAPE), load_autoencoder(ROOMS, SHAPE)
    images = image_tensor(Prepared(paths.data(ROOMS)).images[:4])
    torch.testing.assert_close(cell.autoencoder.encode(images), alone.encode(images))


@pytest.mark.parametrize(("method", "counts"), [("encdiff_latent", True), ("random", False)])
def test_hash_of_a_cell_depends_on_the_autoencoder_it_stands_on(latent_params, method, counts):
    before = params_hash(latent_params, ROOMS, method)
    latent_params["autoencoder"]["network"]["codebook"] += 1
    assert (params_hash(latent_params, ROOMS, method) != before) == counts


def test_a_missing_autoencoder_says_which_commands_train_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert line_of(lambda: load_autoencoder(ROOMS, SHAPE)) == (
        f"no autoencoder in runs/{ROOMS}/autoencoder: run diffrep adapters and diffrep autoencoder --dataset {ROOMS}"
    )


def test_an_autoencoder_of_another_image_size_is_refused(project):
    assert line_of(lambda: load_autoencoder(ROOMS, (3, 32, 32))) == (
        f"the autoencoder in runs/{ROOMS}/autoencoder is for images of [3, 16, 16], the data set's are [3, 32, 32]: "
        f"run diffrep autoencoder --dataset {ROOMS} again"
    )


def test_a_cut_off_autoencoder_is_one_line(project):
    weights = next(paths.autoencoder(ROOMS).glob("vq/*.safetensors"))
    whole = weights.read_bytes()
    os.truncate(weights, 100)
    assert line_of(lambda: load_autoencoder(ROOMS, SHAPE)) == (
        f"the autoencoder in runs/{ROOMS}/autoencoder cannot be read: run diffrep autoencoder --dataset {ROOMS} again"
    )
    weights.write_bytes(whole)
