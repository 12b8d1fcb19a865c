"""DDAE: whose features they are, at which noise, and what is done with them."""

import pytest
import torch
from sections import built

from diffrep.methods.ddae import DDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.principal import principal_components

SHAPE = (3, 16, 16)


@pytest.fixture(scope="module")
def base():
    torch.manual_seed(0)
    network = {"channels": [16, 24], "layers": 1, "attention_levels": [], "norm_groups": 8, "dropout": 0.5, "patch": 2}
    model = built(BaseDPM, SHAPE, network=network | {"prediction_type": "sample"})
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def build(base, code_dim=5, timesteps=(100,), seed=0):
    torch.manual_seed(seed)
    return DDAE(SHAPE, base, code_dim=code_dim, timesteps=timesteps)


def images(count=40, seed=1):
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_features_are_the_middles_averaged_over_space(base):
    model, seen = build(base), []
    forget = base.unet.mid_block.register_forward_hook(lambda module, given, result: seen.append(result))
    middle = model.encode(images(3))["features"]
    forget.remove()
    assert torch.equal(middle, seen[-1].mean((2, 3)))


def test_the_base_sees_the_image_at_its_time(base):
    model, seen = build(base, timesteps=(300,)), []
    forget = base.unet.conv_in.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    model.encode(images(3))
    forget.remove()
    abar = base.schedule.alphas_cumprod[300].float()
    expected = abar.sqrt() * images(3) + (1 - abar).sqrt() * model.noise
    torch.testing.assert_close(base.unfold(seen[0]), expected)


def test_a_code_depends_on_its_image_alone(base):
    model = build(base)
    model.fit([images()])
    together, alone = model.encode(images(8))["z"], model.encode(images(8)[5:6])["z"]
    torch.testing.assert_close(together[5:6], alone, atol=1e-5, rtol=1e-5)


def test_another_seed_is_another_noise(base):
    first, second = (build(base, seed=seed).encode(images(3))["features"] for seed in (0, 1))
    assert not torch.allclose(first, second)


def test_codes_are_the_features_principal_components(base):
    model = build(base, code_dim=16)
    model.fit([images()])
    views = model.encode(images())
    assert views["z"].shape == (40, 16)
    assert (views["z"].var(0).diff() <= 1e-9).all()
    mean, components = principal_components([views["features"]], 16)
    torch.testing.assert_close(views["z"], (views["features"] - mean) @ components.T, atol=1e-5, rtol=1e-4)


def test_fit_in_batches_sees_every_image_once(base):
    model, many = build(base), images(501)
    model.fit(many.split(200))
    for i, features in enumerate(model.features(many)):
        torch.testing.assert_close(model.get_buffer(f"mean{i}"), features.mean(0), atol=1e-5, rtol=1e-5)


def test_every_layer_from_the_middle_up_at_every_time_is_a_choice(base):
    model = build(base, timesteps=(10, 200))
    layers = ("middle", "up 1", "up 2")
    assert model.choices == [f"{layer}, t = {t}" for t in (10, 200) for layer in layers]
    assert [features.shape[1] for features in model.features(images(2))] == [24, 24, 16] * 2


@pytest.mark.parametrize("chosen", range(6))
def test_the_code_is_that_of_the_choice(base, chosen):
    model = build(base, timesteps=(10, 200))
    model.fit([images()])
    model.chosen = chosen
    codes, views = model.candidates(images(4)), model.encode(images(4))
    torch.testing.assert_close(views["z"], codes[chosen])
    torch.testing.assert_close(views["features"], model.features(images(4))[chosen])
    others = [codes[i] for i in range(6) if i != chosen]
    assert not any(torch.allclose(views["z"], other) for other in others)


def test_the_base_is_frozen_and_its_dropout_off(base):
    model = build(base)
    assert not any(parameter.requires_grad for parameter in model.parameters())
    assert torch.equal(model.encode(images(3))["features"], model.encode(images(3))["features"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code_dim": 0}, "code_dim=0: features of 16 channels have 1 to 16 components"),
        ({"code_dim": 17}, "code_dim=17: features of 16 channels have 1 to 16 components"),
        ({"timesteps": (10, 1000)}, r"timesteps=\(10, 1000\): give one or more of 0 to 999"),
        ({"timesteps": (-1,)}, r"timesteps=\(-1,\): give one or more of 0 to 999"),
        ({"timesteps": ()}, r"timesteps=\(\): give one or more of 0 to 999"),
        ({"timesteps": (10, 10)}, r"timesteps=\(10, 10\): give .* none twice"),
    ],
)
def test_impossible_settings(base, changes, message):
    with pytest.raises(ValueError, match=message):
        build(base, **changes)


def test_too_few_images(base):
    with pytest.raises(ValueError, match="5 images are too few for 5 components"):
        build(base).fit([images(5)])
