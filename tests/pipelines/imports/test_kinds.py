"""A file is known by its names; one of no row of ours, or of another kind than was said, is one line."""

import official_files
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.kinds import KINDS, OTHERS, SIGNS, expect_kind, kind_of
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
    "dbae": {"label_emb.weight": ONE, "time_embed.0.weight": ONE, "encoder.out.0.weight": ONE},
    "ddpm": {"down_blocks.0.resnets.0.norm1.weight": ONE, "time_embedding.linear_1.weight": ONE},
}


def test_every_kind_is_told_in_words():
    assert {kind for kind, _ in SIGNS} == {*KINDS, *OTHERS} == {*CONTENTS}


@pytest.mark.parametrize("kind", CONTENTS)
def test_kinds_by_their_names(kind):
    assert kind_of(CONTENTS[kind]) == kind


@pytest.mark.parametrize("kind", OTHERS)
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


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (kind, CONTENTS[kind])
        for kind in ("pdae", "pdae-dpm", "diffae", "diffae-ddpm", "encdiff", "disdis", "dbae", "ldm-vq")
    ],
)
def test_the_sign_of_a_kind_without_its_layout_is_one_line(kind, content, tmp_path):
    torch.save(content, tmp_path / "file.pt")
    with pytest.raises(UserError) as caught:
        read_model(tmp_path / "file.pt")
    assert str(tmp_path / "file.pt") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_object_in_place_of_a_network_is_one_line(tmp_path):
    torch.save({"ema_denoise_fn": official_files.TrainConfig()}, tmp_path / "file.pt")
    with pytest.raises(UserError, match=r"file\.pt"):
        read_model(tmp_path / "file.pt")
