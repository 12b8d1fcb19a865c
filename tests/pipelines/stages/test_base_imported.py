"""A base model that others trained in the place of one of ours: imported, never trained, and methods stand on it."""

import json

import pytest
import torch
from diffusers import DDPMScheduler, UNet2DModel
from diffusers_folders import CIFAR, LAYOUTS, WEIGHTS_OF_2022, edit, of_2022, pipeline
from local_hub import LocalHub, served
from sections import nested
from tiny_cells import ROOMS, SHAPE, cell, study_values, write_code
from torch.testing import assert_close

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import IMPORTED_BASE, Repeat, Shared, result_file
from diffrep.pipelines.core.source_code import code_hashes
from diffrep.pipelines.stages.base import base
from diffrep.pipelines.trained import pretrained
from diffrep.pipelines.trained.cells import build, settings_hash
from diffrep.pipelines.trained.given import drawn_loss, minimised
from diffrep.pipelines.trained.imported import record

SHARED = Shared(ROOMS)
REPEAT = Repeat(ROOMS, 0)
ON_BASE = ("pdae", "diti", "diffsiam", "ddae")
OF_16 = {name: config for name, config in LAYOUTS.items() if config["sample_size"] == 16}
TWO_LEVELS = {  # of the first published layout, where the layout is not what is tried
    "block_out_channels": [8, 16],
    "down_block_types": ["DownBlock2D", "AttnDownBlock2D"],
    "up_block_types": ["AttnUpBlock2D", "UpBlock2D"],
    "layers_per_block": 1,
}
SHALLOW = CIFAR | TWO_LEVELS
DDAE = {"code_dim": 4, "timesteps": [10, 400]}


def values(source="theirs") -> dict:
    """The study with an imported base model that predicts the noise, and with all methods that stand on it."""
    changed = study_values() | {"base": {"from": source}}
    for method in ("pdae", "diti", "diffsiam"):
        changed["methods"][method] = nested(changed["methods"][method], {"decoder": {"loss_weight": "lambda"}})
    changed["methods"]["ddae"] = DDAE
    changed["grid"]["method"] = list(ON_BASE)
    changed["report"]["reference"] = "pdae"
    return changed


def known(params):
    """What the stage `code` would write of the import."""
    write_json(IMPORTED_BASE, record(params))
    return params


@pytest.fixture
def theirs(untrainable):
    """The UNet2DModel that was imported; the study's own base model had stood in its place."""
    unet = of_2022(untrainable / "theirs")
    base(known(parsed(values())), REPEAT)
    return unet


def test_diffusers_reads_what_was_imported(theirs):
    read = UNet2DModel.from_pretrained(REPEAT.base / "unet").state_dict()
    assert all(torch.equal(read[name], value) for name, value in theirs.state_dict().items())
    scheduler = DDPMScheduler.from_pretrained(REPEAT.base / "scheduler")
    assert (scheduler.config.beta_schedule, scheduler.config.prediction_type) == ("linear", "epsilon")


def test_its_card_says_whose_it_is(theirs):
    card, data = read_card(REPEAT.base / "card.json", ""), Prepared(SHARED.data)
    assert (card["from"], card["source_sha256"]) == ("theirs", record(parsed(values()))["files"])
    assert (card["data_sha256"], tuple(card["image_shape"])) == (data.checksum, SHAPE)
    assert card["network"]["unet"]["downsample_padding"] == 0
    assert "steps" not in card


def test_of_a_repository_the_commit_and_all_sums_are_kept(untrainable, tmp_path):
    of_2022(tmp_path / "hub")
    found = LocalHub("somebody/theirs")
    found.commits = {40 * "a": tmp_path / "hub"}
    found.names = {"v1": 40 * "a"}
    with served(found, tmp_path / "cache"):
        base(known(parsed(values("somebody/theirs@v1"))), REPEAT)
    card = read_card(REPEAT.base / "card.json", "")
    assert (card["from"], card["commit"]) == ("somebody/theirs@v1", 40 * "a")
    assert {*card["source_sha256"]} == {"config.json", "scheduler_config.json", WEIGHTS_OF_2022}
    reasons = json.loads(result_file(REPEAT.results("base")).read_text())["reasons"]
    assert f"from somebody/theirs@v1 at {40 * 'a'}, which" in reasons["steps"]


def test_its_result_has_its_size_and_no_training(theirs):
    found = json.loads(result_file(REPEAT.results("base")).read_text())
    assert (found["parameters"], found["parameters_trained"]) == (theirs.num_parameters(), 0)
    for name in ("steps", "images_seen", "train_loss", "valid_loss"):
        assert found[name] is None
        assert found["reasons"][name] == "not applicable: imported from theirs, which others trained"
    assert found["seed"] == 0


def test_it_comes_back_as_diffusers_runs_it(theirs):
    network = pretrained.load("base", REPEAT, SHAPE)
    noisy, timesteps = torch.randn(2, *SHAPE), torch.tensor([3, 800])
    predicted = network.features(noisy, timesteps).prediction
    assert_close(predicted, theirs(noisy, timesteps).sample, rtol=1e-6, atol=2e-6)


def test_importing_again_leaves_the_same_files(theirs):
    folders = (REPEAT.base, REPEAT.results("base"))
    before = {path: path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()}
    base(parsed(values()), REPEAT)
    assert {path: path.read_bytes() for path in before} == before


def test_files_that_changed_since_they_were_recorded_are_told(theirs, untrainable):
    before = (REPEAT.base / "card.json").read_bytes()
    edit(untrainable / "theirs" / "config.json", _note="other")
    with pytest.raises(
        UserError, match=r"^base\.from: the files of theirs are not those that diffrep code has seen: run"
    ):
        base(parsed(values()), REPEAT)
    assert (REPEAT.base / "card.json").read_bytes() == before


def test_a_model_of_other_images_leaves_the_old_one(untrainable):
    before = read_json(REPEAT.base / "card.json")
    of_2022(untrainable / "theirs", CIFAR | {"sample_size": 32})
    with pytest.raises(ValueError, match=r"^config\.json: sample_size is 32, but the data set's images ask for 16x16"):
        base(known(parsed(values())), REPEAT)
    assert read_json(REPEAT.base / "card.json") == before


def test_a_base_model_of_another_workspace_is_one_too(project, study_params):
    """Folded images, a network that predicts them: as the study's own had it."""
    REPEAT.base.rename(project / "theirs")
    base(known(parsed(values())), REPEAT)
    theirs = UNet2DModel.from_pretrained(project / "theirs" / "unet").state_dict()
    network = pretrained.load("base", REPEAT, SHAPE)
    assert all(torch.equal(network.unet.state_dict()[name], value) for name, value in theirs.items())
    own = study_params.base.network
    assert (network.patch, network.parametrisation.prediction_type) == (own["patch"], own["prediction_type"])


@pytest.mark.parametrize(
    ("config", "process"),
    [
        *((config, {}) for config in OF_16.values()),
        (SHALLOW, {"beta_schedule": "squaredcos_cap_v2"}),
        (SHALLOW, {"prediction_type": "sample"}),
    ],
    ids=[*OF_16, "on a cosine", "predicting the image"],
)
def test_methods_stand_on_every_layout(untrainable, config, process):
    pipeline(untrainable / "theirs", config, **process)
    params = known(parsed(values()))
    base(params, REPEAT)
    images = image_tensor(Prepared(SHARED.data).images[:8])
    for method in ON_BASE:
        network = build(params, cell(method), SHAPE)
        if method == "ddae":
            network.fit([images])
        else:
            learn(network, images)
        codes = network.encode(images)["z"]
        assert codes.isfinite().all()
        if "decode" not in network.cannot:
            start = network.invert(images, codes, steps=2)
            assert network.decode(codes, start, steps=2).isfinite().all()
        frozen = pretrained.load("base", REPEAT, SHAPE).state_dict()
        kept = network.base if method == "ddae" else network.decoder.base
        assert all(torch.equal(kept.state_dict()[name], value) for name, value in frozen.items())


def learn(network, images):
    """Two steps: at the first the estimator's head alone has a gradient, at the second the encoder has one too."""
    optimiser = torch.optim.Adam([p for p in network.train().parameters() if p.requires_grad], 1e-2)
    for step in range(2):
        optimiser.zero_grad()
        loss = minimised(drawn_loss(network, (images,), torch.Generator().manual_seed(step)))
        assert loss.isfinite()
        loss.backward()
        optimiser.step()
    assert any(p.grad is not None and p.grad.any() for p in network.encoder.parameters())
    network.eval()


def test_a_cell_runs_through_its_stages_on_it(project):
    from diffrep.pipelines.stages.attribute_loss import attribute_loss
    from diffrep.pipelines.stages.encode import encode
    from diffrep.pipelines.stages.reconstruct import reconstruct
    from diffrep.pipelines.stages.train import train

    of_2022(project / "theirs", SHALLOW)
    params = known(parsed(values()))
    write_code(params)
    base(params, REPEAT)
    for stage in (train, encode, reconstruct):
        stage(params, cell("pdae"))
    attribute_loss(params, REPEAT)
    found = read_json(result_file(cell("pdae").results("reconstruct")))
    assert all(found[name] > 0 for name in ("mse_random_start", "mse_shuffled_codes", "mse_inferred_start"))
    assert read_json(result_file(REPEAT.results("attribute_loss")))["seed"] == 0


def test_cells_are_of_other_settings_on_another_import():
    own, first, second = (parsed(v) for v in (study_values(), values(), values("others")))
    assert len({settings_hash(params, cell("pdae")) for params in (own, first, second)}) == 3


def test_an_edit_of_the_importer_reruns_no_cell():
    for stage in ("train", "encode", "reconstruct", "counterfactual"):
        assert "diffrep.pipelines.trained.imported" not in code_hashes(f"diffrep.pipelines.stages.{stage}")
    assert "diffrep.pipelines.trained.imported" in code_hashes("diffrep.pipelines.stages.base")
