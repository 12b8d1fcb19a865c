"""A file is known by its names; one of no row of ours, or of another kind than was said, is one line."""

import official_files
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.kinds import KINDS, READ, expect_kind, kind_of
from diffrep.pipelines.imports.reading import read_model

ONE = torch.ones(1)
CONTENTS = {
    "pdae": {"ema_encoder": {}, "ema_decoder": {}, "step": 1},
    "pdae-dpm": {"ema_denoise_fn": {}},
    "diti": {"ema_encoder": {}, "ema_decoder": {}, "ssl_model": {}},
    "pdae-latent-dpm": {"ema_latent_denoise_fn": {}, "ema_encoder": {}, "ema_decoder": {}},
    "pdae-classifier": {"classifier": {}, "ema_classifier": {}},
    "pdae-latents": {"mean": ONE, "std": ONE},
    "diffae-latents": {"conds": ONE, "conds_mean": ONE, "conds_std": ONE},
    "diffae": {"state_dict": {"ema_model.encoder.out.0.weight": ONE, "ema_model.out.0.weight": ONE}},
    "diffae-ddpm": {"state_dict": {"ema_model.out.0.weight": ONE}},
    "diffae-classifier": {"state_dict": {"ema_classifier.weight": ONE}},
    "encdiff": {"state_dict": {"cond_stage_model.net.0.0.weight": ONE, "model.diffusion_model.out.0.weight": ONE}},
    "disdis": {"state_dict": {"cond_stage_model.mlps.0.layers.0.weight": ONE, "model.diffusion_model.x": ONE}},
    "disdiff": {"state_dict": {"cond_stage_model.encoder.0.weight": ONE}},
    "ldm": {
        "state_dict": {"model.diffusion_model.out.0.weight": ONE, "first_stage_model.quantize.embedding.weight": ONE}
    },
    "ldm-vq": {"state_dict": {"quantize.embedding.weight": ONE, "loss.discriminator.main.0.weight": ONE}},
    "dbae": {"label_emb.weight": ONE, "time_embed.0.weight": ONE, "decoder.init.init.0.weight_orig": ONE},
    "ddpm": {"down_blocks.0.resnets.0.norm1.weight": ONE, "time_embedding.linear_1.weight": ONE},
}


def test_every_kind_has_a_sign_and_words_of_its_own():
    assert {*KINDS} == {*CONTENTS}
    assert len({kind.words for kind in KINDS.values()}) == len(KINDS)
    assert all(kind.keys or kind.begins for kind in KINDS.values())


def test_of_what_is_read_the_licence_is_told():
    """Those of the repositories; of a code without one nothing may be passed on."""
    stated = {"diffae": "MIT", "disdis": "MIT", "dbae": "Apache-2.0", "pdae": "none is", "encdiff": "none is"}
    assert all(KINDS[name].licence for name in READ)
    assert {name: KINDS[name].licence[: len(words)] for name, words in stated.items()} == stated


def test_a_denoiser_that_is_told_classes_is_no_dbae():
    """Guided diffusion's, whose names a DBAE has beside those of its generator."""
    assert kind_of({"label_emb.weight": ONE, "time_embed.0.weight": ONE, "input_blocks.0.0.weight": ONE}) is None


@pytest.mark.parametrize("kind", CONTENTS)
def test_kinds_by_their_names(kind):
    assert kind_of(CONTENTS[kind]) == kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in READ])
def test_what_is_no_row_of_ours_is_told(kind):
    with pytest.raises(UserError, match="seems to be"):
        expect_kind(CONTENTS[kind], None, "FILE")


def test_weights_of_another_method():
    with pytest.raises(UserError) as caught:
        expect_kind(CONTENTS["diffae"], "pdae", "last.ckpt")
    assert str(caught.value) == "last.ckpt seems to be a Diff-AE (diffae), not PDAE's encoder and decoder (pdae)"


@pytest.mark.parametrize("kind", ["encdiff", "disdiff", "ldm"])
def test_an_autoencoder_in_another_model_is_asked_for(kind):
    assert expect_kind(CONTENTS[kind], "ldm-vq", "FILE") == "ldm-vq"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"epoch": 3, "model": {}}, "is of no kind that is known here: it holds 'epoch', 'model'"),
        ([1, 2], "holds a list, where names of tensors are due"),
        (ONE, "holds a Tensor"),
        ({}, "it holds nothing"),
    ],
)
def test_a_checkpoint_of_something_else(content, words, tmp_path):
    torch.save(content, tmp_path / "file.pt")
    with pytest.raises(UserError, match=words):
        read_model(tmp_path / "file.pt")


@pytest.mark.parametrize("kind", READ)
def test_the_sign_of_a_kind_without_its_layout_is_one_line(kind, tmp_path):
    torch.save(CONTENTS[kind], tmp_path / "file.pt")
    with pytest.raises(UserError) as caught:
        read_model(tmp_path / "file.pt")
    assert str(tmp_path / "file.pt") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_object_in_place_of_a_network_is_one_line(tmp_path):
    torch.save({"ema_denoise_fn": official_files.TrainConfig()}, tmp_path / "file.pt")
    with pytest.raises(UserError, match=r"file\.pt"):
        read_model(tmp_path / "file.pt")
