"""PDAE: its loss, what learns and when, and both directions of its sampler."""

import pytest
import torch

from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM, Features
from diffrep.methods.shared.denoisers.shifted_dpm import Draw, epsilon_loss, shifted_x0, x0_loss
from diffrep.methods.shared.process.schedule import Schedule

SHAPE = (3, 16, 16)
SCHEDULE = Schedule()
SETTINGS = {
    "code_dim": 8,
    "encoder_channels": [32, 32],
    "encoder_attention": None,
    "code_scale": 1.0,
    "dropout": 0.0,
    "feature_gate": "none",
    "code_map": False,
    "timestep_sampling": "uniform",
    "loss_weight": "lambda",
}
SMALL = {
    "code_scale": 8.0,
    "feature_gate": "sqrt_alphas_cumprod",
    "code_map": True,
    "timestep_sampling": "late",
    "loss_weight": "x0",
}


def stir(module, scale=0.05):
    torch.manual_seed(1)
    for parameter in module.parameters():
        parameter.data += scale * torch.randn_like(parameter)
    return module


def build(prediction_type="epsilon", base_dropout=0.0, patch=1, **changes):
    torch.manual_seed(0)
    base = BaseDPM(
        SHAPE,
        channels=[32, 32],
        layers=1,
        attention_levels=[],
        norm_groups=16,
        dropout=base_dropout,
        patch=patch,
        prediction_type=prediction_type,
    )
    return PDAE(SHAPE, stir(base), **SETTINGS | changes)


def images(count=4, seed=2):
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def noise(count=4, seed=3):
    return torch.randn(count, *SHAPE, generator=torch.Generator().manual_seed(seed))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def toy_draw(value, eps, prediction, timesteps):
    """A draw of constant one-pixel images."""
    shape = (len(timesteps), 1, 1, 1)
    x, e, frozen = (torch.full(shape, v, dtype=torch.float64) for v in (value, eps, prediction))
    return Draw(x, e, torch.tensor(timesteps), Features(frozen, (), e))


@pytest.mark.parametrize(("t", "expected"), [(0, 2.511861e-4), (100, 0.0919356), (500, 0.1967440), (900, 0.1119333)])
def test_toy_loss_of_one_time(t, expected):
    draw = toy_draw(0.5, 1.0, 0.0, [t])
    assert epsilon_loss(SCHEDULE, draw, torch.full_like(draw.noise, -0.5)).item() == pytest.approx(expected, rel=5e-7)


def test_toy_loss_of_a_batch():
    draw = toy_draw(0.5, 1.0, 0.0, [0, 100, 500, 900])
    assert epsilon_loss(SCHEDULE, draw, torch.full_like(draw.noise, -0.5)).item() == pytest.approx(0.1002160, abs=5e-8)


def test_expected_loss_while_everything_is_zero():
    draw = toy_draw(0.5, 1.0, 0.0, list(range(1000)))
    loss = epsilon_loss(SCHEDULE, draw, torch.zeros_like(draw.noise))
    assert loss.item() == pytest.approx(0.49267421, rel=2e-8)


def test_lambda_of_an_image_error_is_lambda_of_the_noise_error_it_implies():
    draw = toy_draw(0.5, 1.0, 0.3, [1, 100, 500, 900])
    gradient = torch.full_like(draw.noise, 0.1)
    noisy = SCHEDULE.add_noise(draw.images, draw.noise, draw.timesteps)
    abar = SCHEDULE.alphas_cumprod[draw.timesteps].view(-1, 1, 1, 1)
    implied = (noisy - abar.sqrt() * (draw.features.prediction + gradient)) / (1 - abar).sqrt()
    same = draw._replace(features=draw.features._replace(prediction=implied))
    expected = epsilon_loss(SCHEDULE, same, torch.zeros_like(gradient))
    torch.testing.assert_close(x0_loss(SCHEDULE, draw, gradient, "lambda"), expected)


def test_x0_weight_of_an_image_error():
    draw = toy_draw(0.5, 1.0, 0.3, [0])
    assert x0_loss(SCHEDULE, draw, torch.full_like(draw.noise, 0.1), "x0").item() == pytest.approx(5 * 0.1**2)


def test_gradient_is_subtracted_from_the_noise_and_added_to_the_image():
    state, t = torch.zeros(1, 1, 1, 1, dtype=torch.float64), torch.tensor([500])
    still, up = torch.zeros_like(state), torch.full_like(state, 0.1)
    abar = SCHEDULE.alphas_cumprod[500].item()
    assert shifted_x0(SCHEDULE, "epsilon", state, t, still, up).item() == pytest.approx(0.1 * (1 - abar) / abar**0.5)
    assert shifted_x0(SCHEDULE, "sample", state, t, still, up).item() == pytest.approx(0.1)


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
        model.loss(images(), seeded(step)).backward()
        learns.append(any(p.grad is not None and p.grad.any() for p in model.encoder.parameters()))
        optimiser.step()
    assert learns == [False, False, True]


def test_at_first_only_the_head_learns():
    model = build()
    model.loss(images(), seeded()).backward()
    learns = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.any()}
    assert learns == {"decoder.estimator.conv_out.weight", "decoder.estimator.conv_out.bias"}


def test_base_stays_frozen_whatever_train_says():
    model = build(base_dropout=0.5)
    model.train()
    assert not any(module.training for module in model.decoder.base.modules())
    assert not any(parameter.requires_grad for parameter in model.decoder.base.parameters())


def test_dropout_acts_in_the_estimator_while_training():
    model = stir(build(dropout=0.5)).train()
    assert not torch.equal(model.loss(images(), seeded()), model.loss(images(), seeded()))


def test_loss_comes_from_the_generator():
    model = stir(build())
    assert torch.equal(model.loss(images(), seeded()), model.loss(images(), seeded()))


def test_code_scale_scales_the_code():
    torch.testing.assert_close(build(code_scale=8.0).encode(images())["z"], 8 * build().encode(images())["z"])


@pytest.mark.parametrize(
    ("prediction_type", "patch", "changes"), [("epsilon", 1, {}), ("sample", 2, SMALL), ("sample", 2, {})]
)
def test_training_lowers_the_loss(prediction_type, patch, changes):
    model = build(prediction_type, patch=patch, **changes)
    optimiser = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    losses = []
    for _ in range(12):
        losses.append(model.loss(images(), seeded()))
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.9 * losses[0]


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
        ({"feature_gate": "abar"}, "feature_gate='abar': there are 'none' and 'sqrt_alphas_cumprod'"),
        ({"timestep_sampling": "early"}, "timestep_sampling='early': there are 'uniform' and 'late'"),
        ({"loss_weight": "snr"}, "loss_weight='snr': there are 'lambda' and 'x0'"),
        ({"loss_weight": "x0"}, "loss_weight='x0' needs a base with prediction_type 'sample'"),
        ({"encoder_channels": [20]}, "every width must be a multiple of 32"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


@pytest.mark.parametrize("prediction_type", ["epsilon", "sample"])
def test_denoises_to_the_image_that_ddim_goes_for(prediction_type):
    changes = {"loss_weight": "x0"} if prediction_type == "sample" else {}
    model, t = stir(build(prediction_type, **changes)).eval(), torch.tensor([1, 100, 500, 999])
    codes, noisy = model.encode(images())["z"], model.noised(images(), noise(), t)
    assert torch.equal(noisy, SCHEDULE.add_noise(images(), noise(), t))
    features = model.decoder.frozen(noisy, t)
    gradient = model.decoder.gradient(features, t, codes)
    expected = shifted_x0(SCHEDULE, prediction_type, noisy, t, features.prediction, gradient)
    assert torch.equal(model.denoise(noisy, t, codes), expected)


def test_denoises_as_the_base_while_fresh():
    model, t = build(), torch.tensor([5, 100, 500, 999])
    codes = model.encode(images())["z"]
    assert torch.equal(model.denoise(noise(), t, codes), model.decoder.denoise(noise(), t, None))
