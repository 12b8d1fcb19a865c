"""What methods stand on comes back as it was trained, or says in one line why it does not."""

import os
import pickle
from pathlib import Path

import pytest
import torch
from sections import built
from tiny_cells import ROOMS, SHAPE, cell

from diffrep.datasets.files.sums import sha256_of
from diffrep.datasets.pixels import image_tensor, normalised
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.cards import said, write_card
from diffrep.pipelines.core.errors import one_line
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Repeat, Shared
from diffrep.pipelines.trained.cells import load as load_cell
from diffrep.pipelines.trained.pretrained import NEEDS, checksums, load
from diffrep.pipelines.training.batches import Batches

SHARED = Shared(ROOMS)
REPEAT = Repeat(ROOMS, 0)
WEIGHTS = {"base": "unet/diffusion_pytorch_model.safetensors", "autoencoder": "vq/diffusion_pytorch_model.safetensors"}
WORDS = {"base": "base model", "autoencoder": "autoencoder"}
COMMANDS = {
    "base": f"diffrep base --dataset {ROOMS} --seed 0",
    "autoencoder": f"diffrep autoencoder --dataset {ROOMS}",
}


class Hostile:
    """Makes a folder when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("executed",)


def line_of(need: str, shape=SHAPE) -> str | None:
    """The line that tells why there is no such model."""
    try:
        load(need, REPEAT, shape)
    except Exception as error:
        return one_line(error)
    return "nothing went wrong"


@pytest.mark.parametrize("need", NEEDS)
def test_a_model_comes_back_ready_to_use(studied, need):
    network = load(need, REPEAT, SHAPE)
    folder = (REPEAT if need == "base" else SHARED).results(need)
    record = read_json(folder / "result.json")
    assert not any(module.training for module in network.modules())
    assert record["parameters"] == sum(value.numel() for value in network.state_dict().values())


def test_latents_of_the_first_training_batch_have_unit_spread(studied, study_params):
    data, settings = Prepared(SHARED.data), study_params.autoencoder
    first = Batches((data.images,), data.splits["train"], settings.training.batch_size, settings.seed)[0][0]
    latents = load("autoencoder", REPEAT, SHAPE).encode(normalised(first))
    assert latents.shape[1:] == (3, 8, 8)
    assert latents.std().item() == pytest.approx(1, abs=1e-4)


def test_a_cell_on_top_leaves_the_autoencoder_as_it_was(studied, study_params):
    images = image_tensor(Prepared(SHARED.data).images[:4])
    inside = load_cell(study_params, cell("encdiff_latent"), SHAPE).autoencoder
    torch.testing.assert_close(inside.encode(images), load("autoencoder", REPEAT, SHAPE).encode(images))


@pytest.mark.parametrize("need", NEEDS)
def test_weights_are_known_by_their_checksum(studied, need):
    assert checksums([need], REPEAT) == {need: sha256_of(REPEAT.model(need) / WEIGHTS[need])}


@pytest.mark.parametrize(
    ("need", "first"),
    [("base", f"run {COMMANDS['base']} first"), ("autoencoder", f"run diffrep code and {COMMANDS['autoencoder']}")],
)
def test_a_missing_model_says_which_command_trains_it(tmp_path, monkeypatch, need, first):
    monkeypatch.chdir(tmp_path)
    assert line_of(need) == f"no {WORDS[need]} in {REPEAT.model(need)}: {first}"


@pytest.mark.parametrize("need", NEEDS)
def test_a_model_for_images_of_another_size_is_refused(studied, need):
    assert line_of(need, (3, 32, 32)) == (
        f"the {WORDS[need]} in {REPEAT.model(need)} is for images of [3, 16, 16], the data set's are [3, 32, 32]: "
        f"run {COMMANDS[need]} again"
    )


@pytest.mark.parametrize("need", NEEDS)
def test_cut_off_weights_are_one_line(project, need):
    path = REPEAT.model(need) / WEIGHTS[need]
    os.truncate(path, 100)
    assert line_of(need) == f"{path} is cut off or altered: run {COMMANDS[need]} again"


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("name", ["weights", "config.json", "card.json"])
def test_one_flipped_bit_is_one_line(project, need, name):
    folder, inner = REPEAT.model(need), Path(WEIGHTS[need])
    path = folder / {"weights": inner, "config.json": inner.parent / name, "card.json": name}[name]
    content = bytearray(path.read_bytes())
    content[-30] ^= 1
    path.write_bytes(content)
    assert line_of(need) == f"{path} is cut off or altered: run {COMMANDS[need]} again"


@pytest.mark.parametrize("need", NEEDS)
def test_a_pickle_in_the_place_of_the_weights_is_not_opened(project, need):
    path = REPEAT.model(need) / WEIGHTS[need]
    path.with_suffix(".bin").write_bytes(pickle.dumps(Hostile()))
    path.unlink()
    assert line_of(need) == f"{path} is cut off or altered: run {COMMANDS[need]} again"
    card = REPEAT.model(need) / "card.json"
    write_card(card, said(read_json(card)), of=card.parent)
    assert line_of(need).startswith(f"the {WORDS[need]} in {REPEAT.model(need)} cannot be read: run diffrep {need} ")
    assert not Path("executed").exists()


def test_another_network_in_the_place_of_the_base_model_is_one_line(project, study_params):
    wider = built(BaseDPM, SHAPE, network=study_params.base.network | {"channels": [16, 16]})
    wider.unet.save_pretrained(REPEAT.base / "unet")
    write_card(REPEAT.base / "card.json", said(read_json(REPEAT.base / "card.json")), of=REPEAT.base)
    assert line_of("base").startswith(f"the base model in {REPEAT.base} is not the network of its card.json (see ")


@pytest.mark.parametrize("need", NEEDS)
def test_another_card_is_one_line(project, need):
    path = REPEAT.model(need) / "card.json"
    path.write_text("{}")
    assert line_of(need) == f"{path} is cut off or altered: run {COMMANDS[need]} again"
