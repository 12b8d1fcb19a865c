"""The VAE: its loss term by term, what its code is, and images of any size."""

import pytest
import torch
from few_steps import losses_of
from sections import built, nested
from torch.distributions import Normal, kl_divergence

from diffrep.methods.shared.gaussian import kl
from diffrep.methods.vae import VAE
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

SHAPE = (3, 16, 16)
SETTINGS = {
    "code_dim": 6,
    "encoder": {"kind": "conv", "channels": [32, 32], "attention": None},
    "decoder_channels": [16, 8],
    "beta": 1.0,
}


def build(shape=SHAPE, **changes):
    torch.manual_seed(0)
    return built(VAE, shape, **nested(SETTINGS, changes))


def images(count=4, shape=SHAPE, seed=2):
    return torch.rand(count, *shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_loss_is_minus_the_evidence_bound_per_pixel_value():
    model, pictures = build(), images()
    mean, log_variance = model.posterior(pictures)
    posterior = Normal(mean, (log_variance / 2).exp())
    codes = mean + posterior.stddev * torch.randn(4, 6, generator=seeded())
    decoded = model.decode(codes, torch.zeros_like(pictures), steps=1)
    likelihood = Normal(decoded, 1.0).log_prob(pictures).flatten(1)
    constant = Normal(0.0, 1.0).log_prob(torch.tensor(0.0))
    bound = (likelihood - constant).sum(1) - kl_divergence(posterior, Normal(0.0, 1.0)).sum(1)
    torch.testing.assert_close(drawn_loss(model, (pictures,), seeded()), -bound.mean() / 768)


def test_beta_weighs_the_kl_term_alone():
    losses = [drawn_loss(build(beta=beta), (images(),), seeded()) for beta in (0.0, 1.0, 3.0)]
    term = kl(*build().posterior(images())).mean() / 768
    torch.testing.assert_close(torch.stack(losses).diff(), torch.stack([term, 2 * term]))


def test_the_code_is_the_mean():
    model = build()
    assert torch.equal(model.encode(images())["z"], model.posterior(images())[0])


def test_decoding_sees_no_start():
    model, codes = build(), torch.ones(2, 6)
    first, second = (model.decode(codes, torch.full((2, *SHAPE), x), steps=steps) for x, steps in ((0.0, 1), (1.0, 9)))
    assert torch.equal(first, second)


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 9, 14), (2, 4, 4)])
def test_images_of_any_size(shape):
    model = build(shape)
    assert model.decode(torch.ones(2, 6), torch.zeros(2, *shape), steps=1).shape == (2, *shape)


def test_training_lowers_the_loss():
    model = build()
    losses = losses_of(model, images(), steps=20)
    assert losses[-1] < 0.95 * losses[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoder_channels": []}, r"decoder_channels=\[\]: give at least one width, each at least 1"),
        ({"decoder_channels": [16, 0]}, r"decoder_channels=\[16, 0\]: give at least one width"),
        ({"encoder": {"channels": [20]}}, "every width must be a multiple of 32"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code_dim": 0}, "row.code_dim is 0, which must be greater than or equal to 1"),
        ({"beta": -1.0}, "row.beta is -1.0, which must be greater than or equal to 0"),
    ],
)
def test_settings_beyond_their_limits(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)
