"""The base DPM: guided-diffusion's network, in diffusers' hands."""

import pytest
import torch
from diffusers import DDPMScheduler, UNet2DModel
from diffusers.models.attention_processor import Attention
from sections import built
from torch.testing import assert_close

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.trained.given import drawn_loss

SHAPE = (3, 16, 16)
SETTINGS = {
    "channels": [32, 64],
    "layers": 1,
    "attention_levels": [1],
    "norm_groups": 16,
    "dropout": 0.1,
    "patch": 2,
    "prediction_type": "epsilon",
}


def build(**changes):
    torch.manual_seed(0)
    return built(BaseDPM, SHAPE, network=SETTINGS | changes).eval()


def stirred(**changes):
    """A model that no longer predicts zero."""
    model = build(**changes)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def batch(count=4):
    generator = torch.Generator().manual_seed(1)
    return torch.rand(count, *SHAPE, generator=generator) * 2 - 1, torch.arange(count) * 300


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def published(shape, channels, attention_levels, **changes):
    """A network as published, without memory."""
    network = {"layers": 2, "norm_groups": 32, "dropout": 0.1, "patch": 1, "prediction_type": "epsilon"} | changes
    with torch.device("meta"):
        return built(BaseDPM, shape, network=network | {"channels": channels, "attention_levels": attention_levels})


@pytest.fixture(scope="module")
def published128():
    return published((3, 128, 128), [128, 128, 256, 384, 512], [3]).unet


@pytest.mark.parametrize(
    ("parts", "parameters"),
    [
        (["time_embedding"], 328_704),
        (["conv_in", "down_blocks"], 26_727_808),
        (["mid_block"], 11_545_600),
        (["up_blocks"], 60_012_672),
        (["conv_norm_out", "conv_out"], 3_715),
    ],
    ids=lambda value: str(value),
)
def test_published_parameters_of_each_part(published128, parts, parameters):
    assert sum(count(published128.get_submodule(part)) for part in parts) == parameters


def test_published_number_of_tensors(published128):
    attentions = sum(isinstance(module, Attention) for module in published128.modules())
    assert len(published128.state_dict()) - 4 * attentions == 432  # q, k and v are one tensor in the reference


@pytest.mark.parametrize(
    ("shape", "channels", "attention_levels", "parameters"),
    [
        pytest.param((3, 128, 128), [128, 128, 256, 384, 512], [3], 98_618_499, id="base-128"),
        pytest.param((3, 64, 64), [128, 128, 256, 384, 512], [2], 96_976_259, id="CelebA64 (B)"),
        pytest.param((3, 64, 64), [64, 128, 256, 512], [2], 63_958_019, id="CelebA64 (A)"),
        pytest.param((3, 256, 256), [128, 128, 256, 256, 512, 512], [4], 131_709_827, id="base-256"),
        pytest.param((1, 32, 32), [64, 128, 128, 256], [], 19_404_161, id="MNIST"),
    ],
)
def test_published_parameters(shape, channels, attention_levels, parameters):
    assert count(published(shape, channels, attention_levels)) == parameters


def test_published_parameters_with_a_wider_time_embedding():
    model = published((3, 64, 64), [64, 128, 256, 512], [2], embedding_dim=512)
    assert count(model) == 67_841_539  # Diff-AE's unconditional model of 64 x 64


def test_fresh_model_predicts_zero():
    assert not build().features(*batch()).prediction.any()


def test_features_are_the_networks_own_forward():
    model, (images, timesteps) = stirred(patch=1), batch()
    assert torch.equal(model.features(images, timesteps).prediction, model.unet(images, timesteps).sample)


def test_last_residual_is_the_middle_input():
    model, (images, timesteps) = stirred(), batch()
    seen = []
    model.unet.mid_block.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    assert torch.equal(model.features(images, timesteps).residuals[-1], seen[0])


def test_blocks_are_told_the_embedding_that_is_given():
    model, (images, timesteps) = stirred(), batch()
    embedding = model.embed(timesteps, images)
    told = model.run(images, embedding + 1)
    assert torch.equal(model.run(images, embedding).prediction, model.features(images, timesteps).prediction)
    assert torch.equal(told.time, embedding + 1)
    assert not torch.equal(told.prediction, model.features(images, timesteps).prediction)


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_denoises_to_the_image_that_its_prediction_implies(prediction_type):
    model, (images, timesteps) = stirred(prediction_type=prediction_type), batch()
    prediction = model.features(images, timesteps).prediction
    implied = prediction if prediction_type == "sample" else model.schedule.x0_from_noise(images, prediction, timesteps)
    assert torch.equal(model.denoise(images, timesteps), implied)


def test_unfold_undoes_fold():
    model, (images, _) = build(), batch()
    assert model.fold(images).shape == (4, 12, 8, 8)
    assert torch.equal(model.unfold(model.fold(images)), images)


def test_loss_of_a_fresh_model_is_the_noise():
    loss = drawn_loss(build(), (torch.zeros(64, *SHAPE),), torch.Generator().manual_seed(0))
    assert loss.item() == pytest.approx(1, abs=0.02)


def test_fresh_loss_of_images_is_their_weighted_square():
    model = build(prediction_type="sample", channels=[16, 16], attention_levels=[])  # fresh, of any width, it says 0
    losses = [
        drawn_loss(model, (torch.full((64, *SHAPE), 0.5),), torch.Generator().manual_seed(i)).item() for i in range(20)
    ]
    expected = 0.25 * model.schedule.x0_weight.mean().item()
    assert sum(losses) / 20 == pytest.approx(expected, rel=0.05)


def test_loss_comes_from_the_generator():
    model, (images, _) = stirred(), batch()
    first, second = (drawn_loss(model, (images,), torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)


def test_training_lowers_the_loss():
    model, (images, _) = build(dropout=0.0, prediction_type="sample"), batch()
    optimiser = torch.optim.Adam(model.parameters(), lr=3e-3)
    losses = []
    for _ in range(15):
        losses.append(drawn_loss(model, (images,), torch.Generator().manual_seed(0)))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < losses[0] / 2


def test_diffusers_reads_what_it_wrote(tmp_path):
    model, (images, timesteps) = stirred(patch=1), batch()
    model.unet.save_pretrained(tmp_path)
    read = UNet2DModel.from_pretrained(tmp_path).eval()
    assert torch.equal(read(images, timesteps).sample, model.features(images, timesteps).prediction)


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_diffusers_scheduler_runs_the_same_process(prediction_type):
    model, (images, timesteps) = stirred(prediction_type=prediction_type), batch()
    scheduler = DDPMScheduler(**model.scheduler_config())
    assert_close(scheduler.alphas_cumprod, model.schedule.alphas_cumprod.float(), rtol=1e-5, atol=0)
    assert_close(
        scheduler.add_noise(images, images.flip(0), timesteps),
        model.schedule.add_noise(images, images.flip(0), timesteps),
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"patch": 3}, "images of 16x16 cannot be cut by patch=3"),
        ({"channels": [32] * 5}, "multiples of 32, or fewer channels"),
        ({"channels": [32, 40]}, "multiple of norm_groups=16"),
        ({"channels": []}, r"channels=\[\]: give at least one width"),
        ({"layers": 0}, "layers=0: a resolution has at least 1 block"),
        ({"norm_groups": 0}, "norm_groups=0: must be at least 1"),
        ({"patch": 0}, "patch=0: must be at least 1"),
        ({"attention_levels": [2]}, "there are levels 0 to 1"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)
