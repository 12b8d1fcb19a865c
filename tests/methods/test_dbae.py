"""DBAE: its loss from the paper's formulas, by which ways its encoder learns, its codes, and its images."""

import official_dbae as official
import pytest
import torch
from few_steps import losses_of
from sections import built, nested
from toy_images import SHAPE, images, seeded

from diffrep.methods.dbae import DBAE
from diffrep.methods.shared.process.sampler import own_noise
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

SETTINGS = {
    "code_dim": 6,
    "encoder": {"kind": "conv", "channels": [32, 32], "attention": None},
    "code_scale": 1.0,
    "code": "mean",
    "generator": {"channels": [16, 8, 8]},
    "network": {
        "channels": [16, 32],
        "layers": 1,
        "attention_levels": [],
        "head_width": 16,
        "norm_groups": 8,
        "dropout": 0.0,
        "patch": 2,
    },
    "churn": 0.0,
}
CODES = pytest.mark.parametrize("code", ["fixed", "mean", "sample"])


def build(stirred=False, **changes):
    torch.manual_seed(0)
    model = built(DBAE, SHAPE, **nested(SETTINGS, changes))
    if stirred:
        for parameter in model.parameters():
            parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def drawn(model, count=4):
    return model.draw(torch.Size((count, *SHAPE)), seeded())


@CODES
def test_loss_is_the_published_one(code):
    """mean w(t) (D - x_0)^2 at x_t = a x_T + b x_0 + sqrt(c) eps, x_T = G(z), w = 1 / c_out^2."""
    model = build(stirred=True, code=code).eval()
    given, x0 = drawn(model), images()
    outputs = model.encoder(x0)
    z = outputs
    if code != "fixed":
        mean, log_deviation = outputs.chunk(2, dim=1)
        z = official.soft(mean) + official.spread_of(log_deviation) * given["code_noise"]
    ends, t = model.generator(z), given["times"].double()
    a, b, c = (scale.float().view(-1, 1, 1, 1) for scale in official.share(t))
    inner, skip, out = (scale.float().view(-1, 1, 1, 1) for scale in official.scales(t))
    x = a * ends + b * x0 + c.sqrt() * given["noise"]
    folded = torch.nn.functional.pixel_unshuffle(torch.cat([inner * x, ends], dim=1), 2)
    f = model.network.unet(folded, 250 * given["times"].log(), class_labels=z).sample
    error = skip * x + out * torch.nn.functional.pixel_shuffle(f, 2) - x0
    torch.testing.assert_close(model.loss(x0, **given), (error**2 / out**2).mean(), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("way", ["code", "endpoint"])
def test_the_encoder_learns_by_its_code_and_by_its_endpoint(way):
    """Each way alone, the other cut off, and none without both."""
    model = build(stirred=True, code="fixed").eval()
    network, generator = model.network.forward, model.generator.forward
    model.generator.forward = lambda z: generator(z if way == "endpoint" else z.detach())
    model.network.forward = lambda x, ends, t, z: network(x, ends, t, z if way == "code" else z.detach())
    model.loss(images(), **drawn(model)).backward()
    assert any(parameter.grad.any() for parameter in model.encoder.parameters())
    model.zero_grad()
    model.generator.forward = lambda z: generator(z.detach())
    model.network.forward = lambda x, ends, t, z: network(x, ends, t, z.detach())
    model.loss(images(), **drawn(model)).backward()
    assert not any(parameter.grad is not None and parameter.grad.any() for parameter in model.encoder.parameters())


def test_the_gradient_through_the_state_counts():
    """The endpoint enters the state, too, not the network's second input alone."""
    gradients = []
    for cut in (False, True):
        model = build(stirred=True, code="fixed").eval()
        network = model.network.forward
        model.network.forward = lambda x, ends, t, z, network=network, cut=cut: network(
            x.detach() if cut else x, ends, t, z
        )
        model.loss(images(), **drawn(model)).backward()
        gradients.append(model.generator.last.parametrizations.weight.original.grad)
    assert not torch.allclose(*gradients)


def test_initial_loss_is_that_of_a_network_that_says_nothing():
    """(x_0 - skip x_t) / out has variance 1 for data and endpoints of variance 1/4: here of other ones, but finite."""
    model = build()
    losses = [drawn_loss(model, (images(),), seeded(i)).item() for i in range(8)]
    assert 0.5 < sum(losses) / 8 < 3


@CODES
def test_what_is_left_to_chance(code):
    names = {"times", "noise"} | ({"code_noise"} if code != "fixed" else set())
    model = build(code=code)
    given = drawn(model, 5)
    assert {*given} == names
    assert all(len(value) == 5 for value in given.values())
    assert torch.equal(model.eval().loss(images(5), **given), model.loss(images(5), **drawn(model, 5)))


def test_a_fixed_code_is_the_encoders_output():
    model = build(code="fixed", code_scale=3.0)
    assert torch.equal(model.encode(images())["z"], 3 * model.encoder(images()))


def test_means_and_deviations_are_bounded_softly():
    model = build(code_scale=50.0)
    mean, deviation = model.posterior(images())
    outputs = 50 * model.encoder(images())
    torch.testing.assert_close(mean, official.soft(outputs[:, :6]))
    torch.testing.assert_close(deviation, official.spread_of(outputs[:, 6:]))
    assert (mean.abs().max() < 5, deviation.min() > 0.01) == (True, True)


def test_the_code_is_read_without_noise_unless_a_draw_is_asked_for():
    mean, deviation = build().posterior(images())
    assert torch.equal(build().encode(images())["z"], mean)
    found = build(code="sample").encode(images())["z"]
    noise = own_noise(images(), 1)[0].flatten(1)[:, :6]
    torch.testing.assert_close(found, mean + deviation * noise)


def test_a_drawn_code_is_its_images_own():
    model = build(code="sample")
    together = model.encode(images())["z"]
    torch.testing.assert_close(model.encode(images()[2:3])["z"], together[2:3])
    assert torch.equal(model.encode(images())["z"], together)


def test_a_drawn_code_may_be_longer_than_its_image():
    torch.manual_seed(0)
    section = nested(SETTINGS, {"code": "sample", "code_dim": 50, "generator": {"channels": [8]}})
    model = built(DBAE, (1, 4, 4), **nested(section, {"network": {"channels": [16], "patch": 1}}))
    assert model.encode(torch.randn(3, 1, 4, 4))["z"].shape == (3, 50)


@pytest.mark.parametrize("churn", [0.0, 0.33])
def test_decoding_takes_the_published_steps(churn):
    model = build(stirred=True, churn=churn).eval().double()
    z, start = torch.linspace(-2, 2, 24).view(4, 6).double(), images(seed=5).double()
    ends = model.generator(z)
    see = lambda x, t: model.network(x, ends, torch.full((4,), float(t), dtype=torch.float64), z)  # noqa: E731
    with torch.no_grad():
        expected = official.sample(see, ends, 6, churn, own_noise(start, 6))
    found = model.decode(z, start, steps=6)
    assert not found.requires_grad
    torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-5)


def test_decoding_sees_no_start():
    model, z = build(stirred=True).eval(), torch.ones(2, 6)
    first, second = (model.decode(z, torch.full((2, *SHAPE), value), steps=3) for value in (0.0, 1.0))
    assert torch.equal(first, second)
    assert "without a start" in DBAE.cannot["invert"]
    assert not hasattr(DBAE, "invert")


def test_what_the_code_does_not_decide_is_noised_and_all_that_it_decides_comes_from_the_code_given():
    """A state x_t of the published process, split: the endpoint's share is added where the code is known."""
    model, noise, t = build(stirred=True).eval(), images(seed=3), torch.tensor([0, 100, 500, 999])
    times = 1e-4 + 0.9998 * t.double() / 999
    a, b, c = (scale.float().view(-1, 1, 1, 1) for scale in official.share(times))
    free = model.noised(images(), noise, t)
    torch.testing.assert_close(free, b * images() + c.sqrt() * noise, atol=1e-5, rtol=1e-5)
    for z in (model.encode(images())["z"], torch.ones(4, 6)):
        ends = model.generator(z)
        expected = model.network(free + a * ends, ends, times.float(), z)
        torch.testing.assert_close(model.denoise(free, t, z), expected, atol=1e-4, rtol=1e-4)


@CODES
def test_training_lowers_the_loss(code):
    model = build(code=code)
    losses = losses_of(model, images(), steps=8)
    assert 0 < losses[-1] < 0.9 * losses[0]


@pytest.mark.parametrize("churn", [-0.1, 1.0])
def test_impossible_churn(churn):
    with pytest.raises(ValueError, match=f"churn={churn}: from 0 to below 1"):
        build(churn=churn)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"code": "draw"}, "row.code is 'draw': there are fixed, mean, sample"),
        ({"generator": {"channels": [0]}}, "row.generator.channels"),
        ({"network": {"head_width": 0}}, "row.network.head_width is 0"),
        ({"encoder": {"kind": "vit"}}, "row.encoder.kind is 'vit': there are conv, half_unet"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)
