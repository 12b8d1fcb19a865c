"""The loss of factors: twins differ in one factor alone, and a denoiser that knows nothing agrees with the formula."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from even import EVEN

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.metrics.edits.attribute_loss import two_image_loss
from diffrep.pipelines.core.sections import Diagnose
from diffrep.pipelines.core.seeds import mixed_seed, start_noise
from diffrep.pipelines.evaluation.attribute_loss import factor_losses, other_values, pair_loss

FACTORS = np.random.default_rng(0).integers(0, [10, 4], size=(2000, 2))
SCHEDULE = Schedule()


class Base(torch.nn.Module):
    """Sees in a noisy image the image that is nearest to it: x_t / sqrt(abar)."""

    def __init__(self):
        super().__init__()
        self.schedule = SCHEDULE

    def denoise(self, noisy, timesteps):
        return noisy / SCHEDULE.alphas_cumprod[timesteps].sqrt().float().view(-1, 1, 1, 1)


@pytest.mark.parametrize(("k", "size"), [(0, 10), (1, 4)])
def test_twins_differ_in_one_factor_alone(k, size):
    other = other_values(FACTORS, k, size, seed=0)
    assert (other[:, k] != FACTORS[:, k]).all()
    assert np.array_equal(np.delete(other, k, axis=1), np.delete(FACTORS, k, axis=1))
    assert np.bincount(other[:, k], minlength=size).min() > 0.7 * 2000 / size
    assert len(np.bincount(other[:, k])) == size


@pytest.mark.parametrize("t", [99, 249, 499])
def test_without_knowledge_the_loss_is_that_of_two_images(t):
    n = 20_000
    first, second = torch.zeros(n, 1, 1, 2), torch.tensor([0.6, 0.8]).expand(n, 1, 1, 2)
    noise = torch.randn(n, 1, 1, 2, generator=torch.Generator().manual_seed(0))
    expected = two_image_loss(SCHEDULE.alphas_cumprod[t].item(), 1.0)
    assert pair_loss(Base(), first, second, noise, t) == pytest.approx(expected, abs=0.01)


def rooms() -> SimpleNamespace:
    """Rendered rooms with as many training images as test images."""
    source = Shapes3DRendered(size=16, nuisance=True, joint=EVEN, train=30, valid=2, test=30, seed=0)
    rows = np.arange(62)
    card = {"factor_names": source.factor_names, "factor_sizes": source.factor_sizes}
    return SimpleNamespace(
        source=source,
        images=source.images(rows),
        factors=source.factors(rows),
        splits=source.splits(),
        card=card,
        image_shape=source.image_shape,
    )


def losses(data, seed=0):
    return factor_losses(data.source, Base(), data, Diagnose(images=2, times=5, pairs=20), seed, torch.device("cpu"))


def test_every_factor_of_rendered_rooms_is_measured():
    data = rooms()
    found = losses(data)
    assert found["n_pairs"] == 20
    for name in data.source.factor_names:
        assert found[f"attribute_loss_{name}_t0"] < 0.1
        assert found[f"attribute_loss_{name}_t999"] == pytest.approx(0.5, abs=0.2)
        assert found[f"attribute_loss_{name}_t499"] == pytest.approx(found[f"two_image_loss_{name}_t499"], abs=0.15)
    assert found["twin_distance_orientation"] < found["twin_distance_floor_hue"]
    assert found["half_lost_orientation"] < found["half_lost_floor_hue"]


@pytest.mark.parametrize("k", [0, 5])
def test_twins_are_of_the_first_test_images_in_noise_of_their_own(k):
    """Other values are drawn from seed and factor, the noise from seed and image, and twins keep the nuisance."""
    data = rooms()
    rows, name = data.splits["test"][:20], data.card["factor_names"][k]
    factors = data.factors[rows]
    other = other_values(factors, k, data.card["factor_sizes"][k], mixed_seed(7, k))
    own, twins = (image_tensor(images) for images in (data.images[rows], data.source.redrawn(other, factors)))
    noise = start_noise(7, rows, data.image_shape)
    found = losses(data, seed=7)
    assert found[f"twin_distance_{name}"] == pytest.approx((own - twins).flatten(1).norm(dim=1).mean().item())
    for t in (249, 499):
        assert found[f"attribute_loss_{name}_t{t}"] == pair_loss(Base(), own, twins, noise, t)


class Bright(Base):
    """Sees white, whatever the noise."""

    def denoise(self, noisy, timesteps):
        return torch.ones_like(noisy)


def test_a_denoiser_that_sees_one_of_two_twins_only_is_half_wrong():
    dark, white = -torch.ones(3, 1, 2, 2), torch.ones(3, 1, 2, 2)
    noise = torch.zeros_like(white)
    assert pair_loss(Bright(), dark, white, noise, 499) == pair_loss(Bright(), white, dark, noise, 499) == 0.5
