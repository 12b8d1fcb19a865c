"""An autoencoder that others trained in the place of one of ours: imported, never trained, and EncDiff stands on it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import VQModel
from published_autoencoder import SOURCE, imported
from tiny_cells import ROOMS, SHAPE, cell, study_values, write_code
from torch.testing import assert_close

from diffrep.datasets.pixels import image_tensor, normalised
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Shared, result_file
from diffrep.pipelines.core.source_code import code_hashes
from diffrep.pipelines.stages.autoencoder import SCALED_BY, autoencoder
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.trained.cells import settings_hash
from diffrep.pipelines.training.batches import Batches

SHARED = Shared(ROOMS)
LATENT = cell("encdiff_latent")
SCALE = 2.5


def values(source=SOURCE) -> dict:
    """The study with an imported autoencoder, and the method that stands on one."""
    changed = study_values() | {"autoencoder": {"from": source}, "report": {"reference": "random", "controls": []}}
    changed["grid"]["method"] = ["encdiff_latent"]
    return changed


def known(source=SOURCE):
    """Params, of which the stage `code` has written what it does."""
    params = parsed(values(source))
    write_code(params)
    return params


def result() -> dict:
    return json.loads(result_file(SHARED.results("autoencoder")).read_text())


@pytest.fixture
def theirs(untrainable):
    """The published network that was imported; the study's own autoencoder had stood in its place."""
    network = imported(untrainable, SCALE)
    autoencoder(known(), SHARED)
    return network


def images():
    return image_tensor(Prepared(SHARED.data).images[:8])


def test_it_codes_and_draws_as_its_formulas(theirs):
    ours = pretrained.load("autoencoder", LATENT.repeat, SHAPE)
    latents = theirs.encode(images())
    assert_close(ours.encode(images()), SCALE * latents, rtol=1e-5, atol=1e-5)
    assert_close(ours.decode(SCALE * latents), theirs.decode(latents), rtol=1e-5, atol=1e-5)


def test_without_a_factor_its_latents_are_scaled_by_training_images(untrainable):
    theirs = imported(untrainable)
    autoencoder(known(), SHARED)
    data = Prepared(SHARED.data)
    rows = data.splits["train"]
    (first,) = Batches((data.images,), rows, min(SCALED_BY, len(rows)), seed=0)[0]
    expected = 1 / theirs.encode(normalised(first)).std()
    assert_close(pretrained.load("autoencoder", LATENT.repeat, SHAPE).scale, expected.detach())


def test_its_card_says_whose_it_is(theirs):
    card, source = read_card(SHARED.autoencoder / "card.json", ""), read_card(Path(SOURCE, "card.json"), "")
    assert (card["from"], card["network"], card["scale"]) == (SOURCE, source["network"], SCALE)
    assert card["source_sha256"] == pretrained.checksum("autoencoder", Path(SOURCE))
    assert (card["data_sha256"], tuple(card["image_shape"])) == (Prepared(SHARED.data).checksum, SHAPE)


def test_its_result_has_its_size_and_no_training(theirs):
    found = result()
    numbers = VQModel.from_pretrained(SHARED.autoencoder / "vq").num_parameters() + 1  # the factor of the latents
    assert (found["parameters"], found["parameters_trained"]) == (numbers, 0)
    for name in ("steps", "images_seen", "train_loss", "valid_loss"):
        assert found[name] is None
        assert found["reasons"][name] == f"not applicable: imported from {SOURCE}, which others trained"
    assert "seed" not in found


def test_importing_again_leaves_the_same_files(theirs):
    folders = (SHARED.autoencoder, SHARED.results("autoencoder"))
    before = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    autoencoder(known(), SHARED)
    assert {path: path.read_bytes() for path in before} == before


def test_another_import_since_it_was_recorded_is_told(theirs, untrainable):
    params, before = known(), (SHARED.autoencoder / "card.json").read_bytes()
    imported(untrainable, scale=3.0)
    with pytest.raises(UserError, match=r"^autoencoder\.from: imported/theirs is not the one that diffrep code has"):
        autoencoder(params, SHARED)
    assert (SHARED.autoencoder / "card.json").read_bytes() == before


def test_weights_of_other_sizes_than_its_card_leave_the_old_one(theirs, untrainable):
    """Neither file is altered: the card of one import vouches for weights of another codebook."""
    from diffrep.pipelines.core.cards import write_card

    folder, before = Path(SOURCE), read_json(SHARED.autoencoder / "card.json")
    card = read_card(folder / "card.json", "")
    (folder / "card.json").unlink()
    write_card(folder / "card.json", card | {"network": card["network"] | {"codebook": 17}}, of=folder)
    with pytest.raises(UserError, match=r"in imported/theirs is not the network of its card\.json \(see quantize\.emb"):
        autoencoder(known(), SHARED)
    assert read_json(SHARED.autoencoder / "card.json") == before


def test_without_a_latent_method_nothing_is_imported(untrainable):
    imported(untrainable)
    changed = values()
    changed["grid"]["method"] = ["random"]
    params = parsed(changed)
    write_code(params)
    autoencoder(params, SHARED)
    assert [path.name for path in SHARED.autoencoder.iterdir()] == ["ready.json"]
    assert result()["reasons"]["parameters"] == "not applicable: no method of the grid stands on an autoencoder"


def test_the_autoencoder_of_another_workspace_is_one_too(untrainable):
    """With the factor of its latents, though it was found on other images."""
    SHARED.autoencoder.rename(untrainable / "theirs")
    card = read_card(Path("theirs/card.json"), "")
    autoencoder(known("theirs"), SHARED)
    ours = pretrained.load("autoencoder", LATENT.repeat, SHAPE)
    kept = VQModel.from_pretrained("theirs/vq").state_dict()
    assert all(torch.equal(ours.vq.state_dict()[name], value) for name, value in kept.items())
    assert ours.scale.item() == pytest.approx(card["scale"])


@pytest.mark.parametrize("attends", [True, False])
def test_encdiff_trains_and_is_judged_on_it(project, attends):
    from diffrep.pipelines.stages.encode import encode
    from diffrep.pipelines.stages.probe import probe
    from diffrep.pipelines.stages.reconstruct import reconstruct
    from diffrep.pipelines.stages.train import train

    imported(project, attends=attends)
    params = known()
    autoencoder(params, SHARED)
    for stage in (train, encode, probe, reconstruct):
        stage(params, LATENT)
    trained = read_json(result_file(LATENT.results("train")))
    stood_on = pretrained.checksum("autoencoder", SHARED.autoencoder)
    assert (trained["steps"], trained["notes"]["stands_on"]) == (2, {"autoencoder": stood_on})
    with np.load(LATENT.codes) as arrays:
        assert np.isfinite(arrays["scalars_test"]).all()
    assert read_json(result_file(LATENT.results("reconstruct")))["mse_inferred_start"] > 0


def test_cells_are_of_other_settings_on_another_import():
    own, first, second = (parsed(v) for v in (study_values(), values(), values("others")))
    assert len({settings_hash(params, LATENT) for params in (own, first, second)}) == 3
    assert len({settings_hash(params, cell("pdae")) for params in (own, first, second)}) == 1


def test_an_edit_of_the_importer_reruns_no_cell_and_no_base_model():
    importer = "diffrep.pipelines.trained.imported_autoencoder"
    for stage in ("base", "train", "encode", "reconstruct", "counterfactual"):
        assert importer not in code_hashes(f"diffrep.pipelines.stages.{stage}")
    assert importer in code_hashes("diffrep.pipelines.stages.autoencoder")
