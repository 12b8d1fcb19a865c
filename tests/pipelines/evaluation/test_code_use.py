"""Whether a code is used: methods that copy it, that ignore it, and that do not denoise at all."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.methods.shared.process.schedule import Schedule
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.evaluation.code_use import code_use, code_use_scores, time_grid

SHAPE = (1, 2, 2)
IMAGES = np.random.default_rng(0).integers(0, 256, (40, 2, 2, 1), dtype=np.uint8)
DATA = SimpleNamespace(images=IMAGES, image_shape=SHAPE, splits={"train": np.arange(20), "valid": np.arange(20, 40)})
CODES = {s: (IMAGES[rows].reshape(20, 4) / 127.5 - 1).astype(np.float32) for s, rows in DATA.splits.items()}


class Method(torch.nn.Module):
    """Sees the image that is its code, in the share `told`, and grey otherwise."""

    cannot: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, told: float):
        super().__init__()
        self.told, self.schedule = told, Schedule()

    def noised(self, images, noise, timesteps):
        return self.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy, timesteps, codes):
        return self.told * codes.view(-1, *SHAPE)


class Looking(Method):
    """Sees what it is shown, whatever the code."""

    def denoise(self, noisy, timesteps, codes):
        return noisy


def measured(network, images=12, times=4, batch_size=5, seed=0, data=DATA, codes=CODES):
    diagnose = SimpleNamespace(images=images, times=times)
    return code_use_scores(network, data, codes, SimpleNamespace(seed=seed, batch_size=batch_size, diagnose=diagnose))


def test_times_reach_from_no_noise_to_all():
    assert time_grid(11) == [0, 99, 199, 299, 399, 499, 599, 699, 799, 899, 999]


def test_a_code_that_says_all_leaves_no_error():
    found = measured(Method(told=1))
    assert found["code_use"] == pytest.approx(1)
    assert found.arrays["own"] == pytest.approx(np.zeros((4, 12)), abs=1e-12)
    assert found["denoise_error_shuffled_t999"] > found["denoise_error_mean_t999"] > 0.01


def test_an_ignored_code_is_told():
    found = measured(Looking(told=0))
    assert found["code_use"] == 0
    for t in (0, 333, 666, 999):
        own, shuffled, mean = (found[f"denoise_error_{code}_t{t}"] for code in ("own", "shuffled", "mean"))
        assert own == shuffled == mean


def test_errors_are_squares_in_unit_range():
    arrays = measured(Method(told=0)).arrays
    images = IMAGES[DATA.splits["valid"][:12]] / 255
    assert arrays["own"][0] == pytest.approx(((images - 0.5) ** 2).reshape(12, -1).mean(1), rel=1e-5)


def test_predictions_are_clipped_to_the_range_of_images():
    arrays = measured(Looking(told=0)).arrays
    assert arrays["own"].max() <= 1


def test_another_images_code_is_never_ones_own():
    arrays = measured(Method(told=1)).arrays
    assert (arrays["shuffled"] > 0).all()


def test_batches_change_nothing():
    first, second = (measured(Looking(told=0), batch_size=size) for size in (3, 50))
    assert first == pytest.approx(dict(second))


def test_a_method_that_cannot_denoise_says_why():
    network = SimpleNamespace(cannot={"denoise": "it is a control"})
    found = measured(network)
    assert found.arrays == {}
    assert np.isnan(found["code_use"])
    assert found.reasons["denoise_error_own_t333"] == "not applicable: it is a control"
    assert "code_use_from" not in found


def test_only_high_noise_counts_as_use():
    own, shuffled = np.array([1.0, 1.0, 1.0, 0.5]), np.array([9.0, 9.0, 2.0, 2.0])
    assert code_use(own, shuffled, [0, 499, 500, 999]) == pytest.approx((0.5 + 0.75) / 2)


def test_a_share_of_the_code_is_a_share_of_the_use():
    uses = [measured(Method(told=told))["code_use"] for told in (0.0, 0.3, 0.6, 1.0)]
    assert uses == sorted(uses)
    assert uses[0] == 0


@pytest.mark.parametrize("count", [2, 3, 11, 1000])
def test_any_grid_reaches_the_ends(count):
    grid = time_grid(count)
    assert (grid[0], grid[-1], len(grid), len(set(grid))) == (0, 999, count, count)


def test_noise_is_that_of_the_image_alone():
    network = Looking(told=0)
    few, many = (measured(network, images=n).arrays["own"] for n in (4, 12))
    assert np.array_equal(few, many[:, :4])


def test_other_codes_are_the_neighbours_and_the_mean_training_code():
    found = measured(Method(told=1)).arrays
    images = IMAGES[DATA.splits["valid"][:12]].reshape(12, 4) / 255
    mean = IMAGES[DATA.splits["train"]].reshape(20, 4).mean(axis=0) / 255
    for name, seen in {"shuffled": np.roll(images, 1, axis=0), "mean": mean}.items():
        assert found[name][0] == pytest.approx(((seen - images) ** 2).mean(axis=1), rel=1e-4)


def test_test_images_are_not_looked_at():
    """The split is not even there."""
    assert "test" not in DATA.splits
    assert measured(Method(told=1))["n_denoised"] == 12


def test_the_noise_of_an_image_is_drawn_from_the_seed_of_the_evaluation():
    network, rows = Looking(told=0), DATA.splits["valid"][:12]
    for seed in (0, 5):
        images = torch.from_numpy(IMAGES[rows] / np.float32(127.5) - 1).permute(0, 3, 1, 2)
        noise = start_noise(seed, rows, SHAPE)
        noisy = network.noised(images, noise, torch.full((12,), 999)).clamp(-1, 1)
        expected = ((noisy - images) / 2).square().flatten(1).mean(dim=1)
        assert measured(network, seed=seed).arrays["own"][-1] == pytest.approx(expected.numpy(), rel=1e-4)
