"""The loss of factors: twins differ in one factor alone, and a denoiser that knows nothing agrees with the formula."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.methods.shared.process.schedule import Schedule
from diffrep.metrics.edits.attribute_loss import two_image_loss
from diffrep.pipelines.core.sections import Diagnose
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


def test_every_factor_of_rendered_rooms_is_measured():
    source = Shapes3DRendered(size=16, nuisance=True, train=2, valid=2, test=30, seed=0)
    rows = np.arange(34)
    card = {"factor_names": source.factor_names, "factor_sizes": source.factor_sizes}
    data = SimpleNamespace(
        images=source.images(rows),
        factors=source.factors(rows),
        splits=source.splits(),
        card=card,
        image_shape=source.image_shape,
    )
    settings = Diagnose(images=2, times=5, pairs=20)
    found = factor_losses(source, Base(), data, settings, 0, torch.device("cpu"))
    assert found["n_pairs"] == 20
    for name in source.factor_names:
        assert found[f"attribute_loss_{name}_t0"] < 0.1
        assert found[f"attribute_loss_{name}_t999"] == pytest.approx(0.5, abs=0.2)
        assert found[f"attribute_loss_{name}_t499"] == pytest.approx(found[f"two_image_loss_{name}_t499"], abs=0.15)
    assert found["twin_distance_orientation"] < found["twin_distance_floor_hue"]
    assert found["half_lost_orientation"] < found["half_lost_floor_hue"]
