"""PDAE: its loss, what learns and when, and both directions of its sampler."""

import pytest
import torch
from few_steps import losses_of
from sections import built, nested
from siamese_models import NETWORK, SECTIONS
from toy_images import SHAPE, images, noise, seeded, stir

from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import shifted_noise
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

SCHEDULE = Schedule()
SECTION = SECTIONS[PDAE]
SMALL = {
    "code_scale": 8.0,
    "decoder": {
        "feature_gate": "sqrt_alphas_cumprod",
        "code_map": True,
        "timestep_sampling": "late",
        "loss_weight": "x0",
    },
}


def build(prediction_type="epsilon", base_dropout=0.0, patch=1, **changes):
    torch.manual_seed(0)
    network = NETWORK | {"dropout": base_dropout, "patch": patch, "prediction_type": prediction_type}
    return built(PDAE, SHAPE, stir(built(BaseDPM, SHAPE, network=network)), **nested(SECTION, changes))


def test_fresh_decoder_leaves_the_base_alone():
    model, t = build(), torch.tensor([5, 100, 500, 999])
    features = model.decoder.frozen(noise(), t)
    assert not model.decoder.gradient(features, t, torch.randn(4, 8)).any()


def test_encoder_learns_from_the_third_backward_on():
    model = build()
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-3)
    learns = []
    for step in range(3):
        optimiser.zero_grad()
        drawn_loss(model, (images(),), seeded(step)).backward()
        learns.append(any(p.grad is not None and p.grad.any() for p in model.encoder.parameters()))
        optimiser.step()
    assert learns == [False, False, True]


def test_at_first_only_the_head_learns():
    model = build()
    drawn_loss(model, (images(),), seeded()).backward()
    learns = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns == {"decoder.estimator.conv_out.weight", "decoder.estimator.conv_out.bias"}


def test_base_stays_frozen_whatever_train_says():
    model = build(base_dropout=0.5)
    model.train()
    assert not any(module.training for module in model.decoder.base.modules())
    assert not any(parameter.requires_grad for parameter in model.decoder.base.parameters())


def test_dropout_acts_in_the_estimator_while_training():
    model = stir(build(decoder={"dropout": 0.5})).train()
    assert not torch.equal(drawn_loss(model, (images(),), seeded()), drawn_loss(model, (images(),), seeded()))


def test_loss_comes_from_the_generator():
    model = stir(build())
    assert torch.equal(drawn_loss(model, (images(),), seeded()), drawn_loss(model, (images(),), seeded()))


def test_code_scale_scales_the_code():
    torch.testing.assert_close(build(code_scale=8.0).encode(images())["z"], 8 * build().encode(images())["z"])


@pytest.mark.parametrize(
    ("prediction_type", "patch", "changes"), [("epsilon", 1, {}), ("sample", 2, SMALL), ("sample", 2, {})]
)
def test_training_lowers_the_loss(prediction_type, patch, changes):
    model = build(prediction_type, patch=patch, **changes)
    losses = losses_of(model, images(), steps=12)
    assert 0 < losses[-1] < 0.9 * losses[0]


@pytest.fixture(scope="module")
def model():
    return stir(build("sample", patch=2, **SMALL)).eval()


def test_decode_twice_gives_the_same(model):
    codes = torch.ones(4, 8)
    assert torch.equal(model.decode(codes, noise(), steps=5), model.decode(codes, noise(), steps=5))


def test_decode_listens_to_the_code(model):
    assert not torch.allclose(
        model.decode(torch.ones(4, 8), noise(), steps=5), model.decode(-torch.ones(4, 8), noise(), steps=5)
    )


def test_unguided_decoding_ignores_the_code(model):
    first, second = (model.decode(sign * torch.ones(4, 8), noise(), steps=5, stop=1.0) for sign in (1, -1))
    assert torch.equal(first, second)


def test_an_image_does_not_depend_on_its_batch(model):
    codes = torch.linspace(-1, 1, 32).view(4, 8)
    together = model.decode(codes, noise(), steps=5)
    torch.testing.assert_close(model.decode(codes[:1], noise()[:1], steps=5), together[:1], atol=1e-4, rtol=1e-4)


def test_invert_leads_to_noise_of_the_images_shape(model):
    start = model.invert(images(), torch.ones(4, 8), steps=5)
    assert (start.shape, start.isfinite().all().item(), start.requires_grad) == ((4, *SHAPE), True, False)


def test_inversion_starts_from_the_image_itself_if_the_base_predicts_images(model):
    asked = []
    forget = model.decoder.base.unet.conv_in.register_forward_pre_hook(lambda *call: asked.append(1))
    model.invert(images(), torch.ones(4, 8), steps=5)
    forget.remove()
    assert len(asked) == 4


def test_inversion_asks_a_base_that_predicts_noise_at_every_step():
    model, asked = build(), []
    model.decoder.base.unet.conv_in.register_forward_pre_hook(lambda *call: asked.append(1))
    model.invert(images(), torch.ones(4, 8), steps=5)
    assert len(asked) == 5


def test_no_parts():
    assert PDAE.parts == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoder": {"loss_weight": "x0"}}, "loss_weight='x0' needs a base with prediction_type 'sample'"),
        ({"encoder": {"channels": [20]}}, "every width must be a multiple of 32"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"decoder": {"feature_gate": "abar"}}, "decoder.feature_gate is 'abar': there are none, sqrt_alphas_cumprod"),
        ({"decoder": {"timestep_sampling": "early"}}, "decoder.timestep_sampling is 'early': there are late, uniform"),
        ({"decoder": {"loss_weight": "snr"}}, "decoder.loss_weight is 'snr': there are lambda, x0"),
        ({"encoder": {"kind": "half_unet"}}, "encoder.kind is 'half_unet': there are conv"),
    ],
)
def test_unknown_settings(changes, message):
    with pytest.raises(UserError, match=message):
        build(**changes)


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_denoises_to_the_image_that_ddim_goes_for(prediction_type):
    changes = {"decoder": {"loss_weight": "x0"}} if prediction_type == "sample" else {}
    model, t = stir(build(prediction_type, **changes)).eval(), torch.tensor([1, 100, 500, 999])
    codes, noisy = model.encode(images())["z"], model.noised(images(), noise(), t)
    assert torch.equal(noisy, SCHEDULE.add_noise(images(), noise(), t))
    features = model.decoder.frozen(noisy, t)
    gradient = model.decoder.gradient(features, t, codes)
    if prediction_type == "sample":
        expected = features.prediction + gradient
    else:
        shifted = shifted_noise(SCHEDULE, features.prediction, gradient, t)
        expected = SCHEDULE.x0_from_noise(noisy, shifted, t)
    assert torch.equal(model.denoise(noisy, t, codes), expected)


def test_denoises_as_the_base_while_fresh():
    model, t = build(), torch.tensor([5, 100, 500, 999])
    codes = model.encode(images())["z"]
    assert torch.equal(model.denoise(noise(), t, codes), model.decoder.base.denoise(noise(), t))
