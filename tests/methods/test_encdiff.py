"""EncDiff in pixels and in latents: what learns, what the tokens hold, and which settings it refuses."""

from pathlib import Path

import pytest
import torch
import yaml
from encdiff_models import CODE, DISDIS, EPSILON, build, codes
from few_steps import losses_of
from sections import built
from toy_images import images, seeded

from diffrep.methods.encdiff import EncDiff
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss


@pytest.fixture(scope="module", params=["pixels", "latents"])
def model(request):
    return build(latent=request.param == "latents", stirred=True).eval()


def test_views(model):
    views = model.encode(images())
    assert [(name, tuple(view.shape)) for name, view in views.items()] == [("scalars", (4, 5)), ("tokens", (4, 5, 4))]


def test_a_part_is_the_scalar_of_a_token(model):
    assert [part.dims for part in model.parts] == [(0,), (1,), (2,), (3,), (4,)]
    assert model.parts[3].name == "token 3"


@pytest.mark.parametrize("latent", [False, True], ids=["pixels", "latents"])
def test_initial_loss_of_the_noise(latent):
    """The network predicts zero, so the loss is the mean absolute value of a normal number."""
    model = build(latent, EPSILON, **CODE)
    losses = [drawn_loss(model, (images(16),), seeded(i)).item() for i in range(4)]
    assert sum(losses) / 4 == pytest.approx((2 / torch.pi) ** 0.5, abs=0.01)


def test_initial_squared_loss_of_the_noise():
    model = build(network=EPSILON)
    losses = [drawn_loss(model, (images(16),), seeded(i)).item() for i in range(4)]
    assert sum(losses) / 4 == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("latent", [False, True], ids=["pixels", "latents"])
@pytest.mark.parametrize("norm", ["l1", "mse"])
def test_loss_is_the_error_of_the_noise_given_the_images_own_tokens(latent, norm):
    model = build(latent, EPSILON, stirred=True, **CODE | {"loss": norm}).eval()
    x0 = model.autoencoder.encode(images()) if latent else images()
    generator = seeded()
    t = torch.randint(1000, (4,), generator=generator)
    eps = torch.randn(x0.shape, generator=generator)
    roots = torch.linspace(0.0015**0.5, 0.0155**0.5, 1000, dtype=torch.float64)
    abar = (1 - roots**2).cumprod(0)[t].float().view(4, 1, 1, 1)
    tokens = model.tokens(model.encoder(images()))
    error = eps - model.network(abar.sqrt() * x0 + (1 - abar).sqrt() * eps, t, tokens)
    expected = error.abs().mean() if norm == "l1" else (error**2).mean()
    torch.testing.assert_close(drawn_loss(model, (images(),), seeded()), expected)


def test_loss_comes_from_the_generator(model):
    assert torch.equal(drawn_loss(model, (images(),), seeded()), drawn_loss(model, (images(),), seeded()))
    assert not torch.equal(drawn_loss(model, (images(),), seeded()), drawn_loss(model, (images(),), seeded(1)))


def test_encoder_and_tokens_learn_with_the_denoiser(model):
    model.zero_grad()
    drawn_loss(model, (images(),), seeded()).backward()
    for part in (model.encoder, model.tokens, model.network):
        assert any(parameter.grad.any() for parameter in part.parameters())


def test_the_autoencoder_stays_frozen_whatever_train_says():
    model = build(latent=True).train()
    assert not any(module.training for module in model.autoencoder.modules())
    assert not any(parameter.requires_grad for parameter in model.autoencoder.parameters())


def test_the_encoder_sees_the_image_not_the_latent():
    assert build(latent=True).encoder.layers[0].in_channels == 3


def test_the_default_row_has_its_weights_and_losses():
    """As before dis-dis's switches were there: the same draws make the same weights and losses."""
    section = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())["methods"]["encdiff"]
    torch.manual_seed(0)
    model = built(EncDiff, (3, 32, 32), **section)
    given = torch.rand(8, 3, 32, 32, generator=seeded(1)) * 2 - 1
    assert drawn_loss(model, (given,), seeded(2)).item() == pytest.approx(0.34148046, rel=1e-5)


def test_disdis_tokens_are_never_below_zero():
    tokens = build(**DISDIS).encode(images())["tokens"]
    assert ((tokens >= 0).all(), (tokens > 0).any()) == (True, True)


def test_code_scale_scales_the_scalars():
    plain, scaled = (build(code_scale=scale).encode(images())["scalars"] for scale in (1.0, 8.0))
    torch.testing.assert_close(scaled, 8 * plain)


@pytest.mark.parametrize("latent", [False, True])
@pytest.mark.parametrize(
    ("network", "changes"),
    [({}, {}), (EPSILON, CODE), ({"skip_dropout": 0.2}, DISDIS)],
    ids=["image", "noise", "disdis"],
)
def test_training_lowers_the_loss(latent, network, changes):
    model = build(latent, network, **changes)
    losses = losses_of(model, images(), steps=15)
    assert 0 < losses[-1] < 0.9 * losses[0]


def test_swapping_a_scalar_swaps_its_token(model):
    swapped = codes()
    swapped[0, 2] = codes()[1, 2]
    tokens = model.tokens(codes())
    tokens[0, 2] = tokens[1, 2]
    assert torch.equal(model.tokens(swapped), tokens)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "l1"}, "loss='l1' needs a network with prediction_type 'epsilon'; here it is 'sample'"),
        ({"eta": 1.0}, "eta=1.0: from 0 to 1 with sampler 'ldm', 0 with the others"),
        ({"eta": 1.5, "sampler": "ldm"}, "eta=1.5: from 0 to 1"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"loss": "l2"}, "row.loss is 'l2': there are l1, mse"),
        ({"tokens": {"activation": "gelu"}}, "row.tokens.activation is 'gelu': did you mean 'elu'"),
        ({"tokens": {"hidden": [0]}}, r"row.tokens.hidden"),
        ({"network": {"skip_dropout": 1.0}}, r"row.network.skip_dropout"),
        ({"betas": "sqrt"}, "row.betas is 'sqrt': there are cosine, linear, scaled_linear"),
        ({"encoder": {"kind": "vit"}}, "row.encoder.kind is 'vit': there are conv, disdis, encoder4, table8"),
        ({"network": {"width": 8}}, "row.network: unknown key 'width'"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)
