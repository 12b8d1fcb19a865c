"""A file of latent diffusion's autoencoder, or one inside another model's, becomes the autoencoder of a workspace."""

from pathlib import Path

import pytest
import torch
import yaml
from diffusers import VQModel
from published_autoencoder import inside_encdiff, published
from tiny_cells import small_values

from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.params import load, value_at
from diffrep.pipelines.imports.run import import_weights

SCALE = 2.5
FOLDER = "imported/ldm_vq_released"


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A workspace that is the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".dvc").mkdir()
    (tmp_path / "params.yaml").write_text(f"# ours\n{yaml.safe_dump(small_values())}")
    return tmp_path


def test_it_takes_the_place_of_the_one_that_is_trained(workspace, capsys):
    before = value_at(load(), "base")
    theirs, path = published(workspace)
    import_weights(path, workspace)
    params = load()
    assert (value_at(params, "autoencoder"), value_at(params, "base")) == ({"from": FOLDER}, before)
    assert params.grid.method == ("pdae", "random")
    assert Path("params.yaml").read_text().startswith("# ours")
    told = f"autoencoder: {FOLDER}, for every row in a latent space; latents scaled by training images\n"
    assert told in capsys.readouterr().out
    card, read = read_card(Path(FOLDER, "card.json"), ""), VQModel.from_pretrained(Path(FOLDER, "vq"))
    assert (card["kind"], card["source"], card["network"]["codebook"]) == ("ldm-vq", "model.ckpt", 16)
    assert len(card["source_sha256"]) == 64
    assert "scale" not in card
    assert torch.equal(read.quantize.embedding.weight, theirs.quantize.embedding.weight)


def test_out_of_an_encdiff_it_keeps_the_factor_of_its_latents(workspace, capsys):
    import_weights(inside_encdiff(workspace, SCALE), workspace, kind="ldm-vq", row="theirs")
    card = read_card(Path("imported/theirs/card.json"), "")
    assert (card["scale"], load().autoencoder.source) == (SCALE, "imported/theirs")
    assert "latents times 2.5, as in its file" in capsys.readouterr().out


def test_an_encdiff_as_it_is_leaves_the_autoencoder_of_the_workspace(workspace):
    before = value_at(load(), "autoencoder")
    import_weights(inside_encdiff(workspace, SCALE), workspace)
    assert value_at(load(), "autoencoder") == before
    assert load().grid.method[-1] == "encdiff_released"


def test_imported_again_it_is_the_same(workspace):
    _theirs, path = published(workspace)
    import_weights(path, workspace)
    before = {file: file.read_bytes() for file in (Path("params.yaml"), Path(FOLDER, "card.json"))}
    import_weights(path, workspace)
    assert {file: file.read_bytes() for file in before} == before


def test_the_rows_of_a_preset_stand_on_it(tmp_path):
    _theirs, path = published(tmp_path)
    import_weights(path, tmp_path / "new", preset="encdiff-shapes3d")
    params = load(tmp_path / "new")
    assert params.autoencoder.source == FOLDER
    assert "encdiff_code" in params.grid.method
