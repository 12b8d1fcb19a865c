"""In half precision networks are rounded; shares of noise, the weights of losses and the losses themselves are not."""

import pytest
import torch
from tiny_methods import SIDE, TRAINED, built

from diffrep.methods.shared.process.schedule import Schedule, at
from diffrep.pipelines.trained.given import drawn_loss, minimised

IMAGES = torch.rand(8, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1
ROUNDED = 2**-7  # by bfloat16, a little accumulated


@pytest.fixture
def noised(monkeypatch):
    """The states that are made of images and noise, by either process."""
    found = []
    plain = Schedule.add_noise

    def add_noise(*args):
        found.append(plain(*args))
        return found[-1]

    monkeypatch.setattr(Schedule, "add_noise", add_noise)
    return found


def loss_of(net) -> torch.Tensor:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        return minimised(drawn_loss(net.train(), (IMAGES,), torch.Generator().manual_seed(1))).detach()


@pytest.mark.parametrize("name", TRAINED)
def test_states_and_losses_stay_in_single_precision(noised, name):
    torch.set_num_threads(1)
    net = built(name)
    with torch.enable_grad():
        expected = loss_of(net)
        with torch.autocast("cpu", torch.bfloat16):
            found = loss_of(net)
    assert found.dtype == torch.float32
    assert float(found) == pytest.approx(float(expected), rel=5 * ROUNDED)
    plain, half = noised[: len(noised) // 2], noised[len(noised) // 2 :]
    for one, other in zip(plain, half, strict=True):
        assert other.dtype == torch.float32
        torch.testing.assert_close(
            other, one, rtol=0, atol=2 * ROUNDED * float(one.abs().max()) if "latent" in name else 0
        )


@pytest.mark.parametrize("table", ["alphas_cumprod", "shift_training", "loss_weight", "x0_weight"])
def test_no_table_is_rounded_to_half_precision(table):
    numbers = getattr(Schedule(), table)
    found = at(numbers, torch.arange(1000), torch.zeros((), dtype=torch.bfloat16))
    assert torch.equal(found.flatten(), numbers.float())


def test_early_noise_of_half_precision_images_is_some():
    images, noise = torch.ones(1, 1, 4, 4, dtype=torch.bfloat16), torch.randn(1, 1, 4, 4)
    assert not torch.equal(Schedule().add_noise(images, noise, torch.zeros(1, dtype=torch.int64)), images)
