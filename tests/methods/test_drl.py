"""DRL: its loss, and what its code is a function of."""

import pytest
import torch
from drl_models import KINDS, PUBLISHED, SETTINGS, build, stirred, with_network
from few_steps import losses_of
from sections import built
from torch import nn
from toy_images import images, seeded

from diffrep.methods.drl import DRL, l1
from diffrep.methods.shared.gaussian import kl
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_without_a_code_it_is_the_plain_dpm(prediction_type):
    decoder = with_network(prediction_type=prediction_type)
    model = stirred(regulariser="none", decoder=decoder)
    model.code_scale = 0.0
    assert torch.equal(
        drawn_loss(model, (images(),), seeded())["loss"], drawn_loss(model.decoder.network, (images(),), seeded())
    )


@pytest.mark.parametrize("changes", [{}, {"encoder": {"kind": "wide_resnet"}}, {"encoder_time": 400}])
def test_static_codes_know_no_time(changes):
    model = stirred(**changes)
    early, late = (model.means(images(), torch.full((4,), t)) for t in (0, 999))
    assert torch.equal(early, late)
    assert list(model.encode(images())) == ["z"]


@pytest.mark.parametrize("kind", KINDS)
def test_encoder_learns_nothing_from_a_decoder_that_does_not_listen(kind):
    model = stirred(**KINDS[kind], regulariser="none").train()
    listens = model.decoder.network.code if kind == "published" else model.decoder.code
    nn.init.zeros_(listens.weight)
    drawn_loss(model, (images(),), seeded())["loss"].backward()
    assert not any(p.grad.any() for p in model.encoder.parameters())
    assert listens.weight.grad.any()


@pytest.mark.parametrize("kind", ["joint", "published"])
def test_curve_of_codes(kind):
    model = stirred(**KINDS[kind])
    views = model.encode(images())
    assert (list(views), views["times"].shape) == (["z", "times"], (4, 11, model.encode(images())["z"].shape[1]))
    assert torch.equal(views["z"], views["times"][:, 5])
    for i in (0, 3, 10):
        assert torch.equal(views["times"][:, i], model.means(images(), model.decoder.grid[i].expand(4)))
    assert not torch.allclose(views["times"][:, 0], views["times"][:, 10])


@pytest.mark.parametrize("kind", ["joint", "published"])
def test_encoder_is_told_the_time_of_the_noise_and_sees_the_clean_image(kind, monkeypatch):
    model, told = stirred(**KINDS[kind]), {}
    model.encoder.register_forward_pre_hook(lambda module, inputs: told.update(images=inputs[0], tau=inputs[1]))
    noised = model.decoder.noised

    def spy(images, noise, times):
        told["times"] = times
        return noised(images, noise, times)

    monkeypatch.setattr(model.decoder, "noised", spy)
    drawn_loss(model, (images(),), seeded())
    assert torch.equal(told["tau"], model.decoder.tau(told["times"]))
    assert torch.equal(told["images"], model.decoder.inner(images()))


def test_single_time_model_sees_that_time_alone():
    model = build(encoder_time=300)
    assert model.draw_times(5, seeded()).tolist() == [300] * 5


def test_l1_is_a_sum_over_the_code():
    assert l1(torch.tensor([[1.0, -2.0], [0.0, 1.0]])).item() == 2


@pytest.mark.parametrize(("shape", "factor"), [((3, 32, 32), 6.51e-9), ((3, 64, 64), 1.63e-9), ((3, 84, 84), 9.45e-10)])
def test_weight_of_the_penalty_beside_a_mean(shape, factor):
    decoder = with_network(channels=[16], norm_groups=4, patch=1)
    torch.manual_seed(0)
    model = built(DRL, shape, **SETTINGS | {"decoder": decoder})
    terms = drawn_loss(model, (torch.randn(1, *shape),), seeded())
    weight = SETTINGS["regulariser_weight"] / (torch.Size(shape).numel() / 2)
    assert weight == pytest.approx(factor, rel=2e-3)
    assert terms["loss"].item() == pytest.approx((terms["error"] + weight * terms["penalty"]).item(), rel=1e-6)


def test_half_of_the_sum_is_the_papers_loss():
    terms = drawn_loss(stirred(**PUBLISHED), (images(),), seeded())
    expected = 3 * 16 * 16 / 2 * terms["error"] + 1e-5 * terms["penalty"]
    torch.testing.assert_close(terms["loss"], expected)


def test_published_gradients_are_those_of_the_mean_scaled():
    gradients = []
    for reduction in ("mean", "half_sum"):
        model = stirred(**PUBLISHED | {"reduction": reduction})
        drawn_loss(model, (images(),), seeded())["loss"].backward()
        gradients.append(model.encoder.stem.weight.grad)
    torch.testing.assert_close(3 * 16 * 16 / 2 * gradients[0], gradients[1])


def test_gaussian_codes_are_drawn_in_the_loss_and_averaged_in_encode():
    model, seen = stirred(regulariser="kl"), []
    predict = model.decoder.predict
    model.decoder.predict = lambda noisy, times, codes: seen.append(codes) or predict(noisy, times, codes)
    terms = drawn_loss(model, (images(),), seeded())
    mean, log_variance = model.outputs(images(), None).chunk(2, dim=1)
    assert torch.equal(model.encode(images())["z"], mean)
    generator = seeded()
    model.draw_times(4, generator)
    torch.randn(images().shape, generator=generator)
    xi = torch.randn(mean.shape, generator=generator)
    torch.testing.assert_close((seen[0] - mean) / log_variance.exp().sqrt(), xi)
    assert terms["penalty"].item() == pytest.approx(kl(mean, log_variance).mean().item())


def test_code_scale_scales_the_code():
    torch.testing.assert_close(build().encode(images())["z"], 4 * build(code_scale=1.0).encode(images())["z"])


def test_loss_comes_from_the_generator():
    model = stirred(regulariser="kl")
    assert torch.equal(
        drawn_loss(model, (images(),), seeded())["loss"], drawn_loss(model, (images(),), seeded())["loss"]
    )


@pytest.mark.parametrize("kind", KINDS)
def test_training_lowers_the_loss(kind):
    model = build(**KINDS[kind])
    losses = losses_of(model, images(), steps=12, learning_rate=1e-3)
    assert 0 < losses[-1] < 0.9 * losses[0]


def test_impossible_time():
    with pytest.raises(ValueError, match="encoder_time=1000: there are 'none', 'joint' and times 0 to 999"):
        build(encoder_time=1000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"encoder": {"kind": "resnet"}}, "row.encoder.kind is 'resnet': there are conv, wide_resnet"),
        ({"encoder": {"kind": "conv", "channels": [32]}}, "row.encoder lacks the key 'attention'"),
        ({"encoder": {"kind": "wide_resnet", "channels": [32]}}, "row.encoder: unknown key 'channels'"),
        ({"encoder_time": "late"}, "row.encoder_time is 'late'"),
        ({"regulariser": "l2"}, "row.regulariser is 'l2': there are kl, l1, none"),
        ({"reduction": "sum"}, "row.reduction is 'sum': there are half_sum, mean"),
        ({"decoder": {"kind": "ddpm"}}, "row.decoder.kind is 'ddpm': there are ncsnpp, unet"),
        (
            {"decoder": with_network(chanels=[32])},
            "row.decoder.network: unknown key 'chanels': did you mean 'channels'",
        ),
        ({"decoder": PUBLISHED["decoder"] | {"timestep_sampling": "late"}}, "timestep_sampling is 'late': there are"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)
