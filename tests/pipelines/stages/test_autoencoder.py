"""The autoencoder's stage: trained where a method of the grid stands on it, a marker where none does."""

import json

import numpy as np
from diffusers import VQModel
from known_training import AVERAGED, RAW, apart, known_training
from tiny_cells import ROOMS, cell, study_values, write_code

from diffrep.datasets.pixels import normalised
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import PARTIAL, Shared, result_file
from diffrep.pipelines.stages.autoencoder import autoencoder
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.training.batches import Batches

SHARED = Shared(ROOMS)
LATENT = cell("encdiff_latent")


def result(place=SHARED, stage="autoencoder") -> dict:
    return json.loads(result_file(place.results(stage)).read_text())


def without_latent_method(project) -> None:
    """Run the stage again for a grid in which nothing stands on an autoencoder."""
    values = study_values()
    values["grid"]["method"] = ["random"]
    write_code(parsed(values))
    autoencoder(parsed(values), SHARED)


def test_it_trains_by_its_own_section_budget_and_seed(project, monkeypatch):
    params, asked = parsed(apart(study_values(), ROOMS)), known_training(monkeypatch)
    autoencoder(params, SHARED)
    own = params.autoencoder
    assert (asked.settings, asked.steps, asked.seed) == (own.training, 6, own.seed)
    assert asked.partial == PARTIAL / ROOMS / "autoencoder"
    assert asked.identity == {"network": own.network, "code": {"code of autoencoder": "ab"}}
    assert (result()["seed"], result()["images_seen"]) == (13, 2 * 13)
    assert all((value == AVERAGED).all() for value in VQModel.from_pretrained(SHARED.autoencoder / "vq").parameters())


def test_raw_weights_are_kept_where_its_section_asks_for_them(project, monkeypatch):
    values = study_values()
    values["autoencoder"]["training"] = values["autoencoder"]["training"] | {"weights": "raw"}
    known_training(monkeypatch)
    autoencoder(parsed(values), SHARED)
    assert all((value == RAW).all() for value in VQModel.from_pretrained(SHARED.autoencoder / "vq").parameters())


def test_its_latents_are_scaled_by_the_first_training_batch(project, monkeypatch):
    params = parsed(apart(study_values(), ROOMS))
    known_training(monkeypatch)
    autoencoder(params, SHARED)
    data, own = Prepared(SHARED.data), params.autoencoder
    (first,) = Batches((data.images,), data.splits["train"], own.training.batch_size, own.seed)[0]
    network = pretrained.load("autoencoder", LATENT.repeat, data.image_shape)
    known = network.scale.item()
    network.set_scale(normalised(first))
    assert network.scale.item() == known


def test_without_a_latent_method_nothing_is_trained(project):
    before = (SHARED.autoencoder / "ready.json").read_bytes()
    without_latent_method(project)
    assert [path.name for path in SHARED.autoencoder.iterdir()] == ["ready.json"]
    assert (SHARED.autoencoder / "ready.json").read_bytes() == before
    assert result()["steps"] is None
    assert result()["reasons"]["steps"] == "not applicable: no method of the grid stands on an autoencoder"


def test_a_latent_cell_trains_encodes_and_draws(studied):
    with np.load(LATENT.codes) as arrays:
        assert (arrays["scalars_test"].shape, arrays["tokens_test"].shape) == ((40, 4), (40, 4, 16))
    assert [part["name"] for part in read_json(LATENT.parts)["parts"]] == [f"token {i}" for i in range(4)]
    assert result(LATENT, "reconstruct")["mse_inferred_start"] > 0


def test_no_checkpoint_stays(studied):
    assert not (PARTIAL / ROOMS / "autoencoder").exists()
