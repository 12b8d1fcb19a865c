"""Whether a code is used: methods that copy it, that ignore it, and that do not denoise at all."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.methods.shared.process.schedule import Schedule
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.trained.code_use import code_use, diagnose, time_grid

SHAPE = (1, 2, 2)
IMAGES = np.random.default_rng(0).integers(0, 256, (40, 2, 2, 1), dtype=np.uint8)
DATA = SimpleNamespace(images=IMAGES, image_shape=SHAPE, splits={"train": np.arange(20), "valid": np.arange(20, 40)})
CODES = {s: (IMAGES[rows].reshape(20, 4) / 127.5 - 1).astype(np.float32) for s, rows in DATA.splits.items()}


class Method:
    """Sees the image that is its code, in the share `told`, and grey otherwise."""

    cannot: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, told: float):
        self.told, self.schedule = told, Schedule()

    def noised(self, images, noise, timesteps):
        return self.schedule.add_noise(images, noise, timesteps)

    def denoise(self, noisy, timesteps, codes):
        return self.told * codes.view(-1, *SHAPE)


class Looking(Method):
    """Sees what it is shown, whatever the code."""

    def denoise(self, noisy, timesteps, codes):
        return noisy


def measured(network, images=12, times=4, batch_size=5):
    params = {
        "evaluate": {"seed": 0, "batch_size": batch_size, "diagnose": {"images": images, "times": times, "pairs": 1}},
        "machine": {"device": "cpu"},
    }
    filled = Result()
    return filled, diagnose(filled, network, DATA, CODES, params)


def test_times_reach_from_no_noise_to_all():
    assert time_grid(11) == [0, 99, 199, 299, 399, 499, 599, 699, 799, 899, 999]


def test_a_code_that_says_all_leaves_no_error():
    filled, arrays = measured(Method(told=1))
    assert filled["code_use"] == pytest.approx(1)
    assert arrays["own"] == pytest.approx(np.zeros((4, 12)), abs=1e-12)
    assert filled["denoise_error_shuffled_t999"] > filled["denoise_error_mean_t999"] > 0.01


def test_an_ignored_code_is_told():
    filled, _ = measured(Looking(told=0))
    assert filled["code_use"] == 0
    for t in (0, 333, 666, 999):
        own, shuffled, mean = (filled[f"denoise_error_{code}_t{t}"] for code in ("own", "shuffled", "mean"))
        assert own == shuffled == mean


def test_errors_are_squares_in_unit_range():
    _, arrays = measured(Method(told=0))
    images = IMAGES[DATA.splits["valid"][:12]] / 255
    assert arrays["own"][0] == pytest.approx(((images - 0.5) ** 2).reshape(12, -1).mean(1), rel=1e-5)


def test_predictions_are_clipped_to_the_range_of_images():
    _, arrays = measured(Looking(told=0))
    assert arrays["own"].max() <= 1


def test_another_images_code_is_never_ones_own():
    _, arrays = measured(Method(told=1))
    assert (arrays["shuffled"] > 0).all()


def test_batches_change_nothing():
    first, second = (measured(Looking(told=0), batch_size=size)[0] for size in (3, 50))
    assert first == second


def test_a_method_that_cannot_denoise_says_why():
    network = SimpleNamespace(cannot={"denoise": "it is a control"})
    filled, arrays = measured(network)
    assert arrays == {}
    assert filled["code_use"] is None
    assert filled["reasons"]["denoise_error_own_t333"] == "not applicable: it is a control"
    assert "code_use_from" not in filled


def test_only_high_noise_counts_as_use():
    own, shuffled = np.array([1.0, 1.0, 1.0, 0.5]), np.array([9.0, 9.0, 2.0, 2.0])
    assert code_use(own, shuffled, [0, 499, 500, 999]) == pytest.approx((0.5 + 0.75) / 2)


def test_a_share_of_the_code_is_a_share_of_the_use():
    uses = [measured(Method(told=told))[0]["code_use"] for told in (0.0, 0.3, 0.6, 1.0)]
    assert uses == sorted(uses)
    assert uses[0] == 0


@pytest.mark.parametrize("count", [2, 3, 11, 1000])
def test_any_grid_reaches_the_ends(count):
    grid = time_grid(count)
    assert (grid[0], grid[-1], len(grid), len(set(grid))) == (0, 999, count, count)


def test_noise_is_that_of_the_image_alone():
    network = Looking(told=0)
    few, many = (measured(network, images=n)[1]["own"] for n in (4, 12))
    assert np.array_equal(few, many[:, :4])
