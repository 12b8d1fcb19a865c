"""Reconstructions: which images, codes, starts and steps every kind of decode is made of, and how far off it is."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.metrics.catalogue import number
from diffrep.metrics.images.lpips import VARIABLE, alexnet_features, lpips
from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.evaluation.reconstructions import (
    ALL_ERRORS,
    SMALL,
    Reconstructions,
    cannot_reconstruct,
    compare,
    named,
    reconstructions,
    scores,
    shown_rows,
)

SHAPE = (1, 8, 8)
IMAGES = np.random.default_rng(0).integers(0, 256, (40, 8, 8, 1), dtype=np.uint8)
SPLITS = {"train": np.arange(12), "valid": np.arange(12, 25), "test": np.arange(25, 40)[::-1]}
DATA = SimpleNamespace(images=IMAGES, splits=SPLITS, image_shape=SHAPE)
TEST = image_tensor(IMAGES[SPLITS["test"]])
CODES = TEST.flatten(1).numpy()  # of the test split
N = 6


class Method(torch.nn.Module):
    """Draws the image that its code is, a little of the start, and how many steps there are."""

    def __init__(self, **cannot):
        super().__init__()
        self.cannot = cannot

    def decode(self, codes, start, *, steps):
        return codes.view(-1, *SHAPE) + start / 10 + steps / 100

    def invert(self, images, codes, *, steps):
        return (images - codes.view(-1, *SHAPE)) * 10 + steps


def made(network=None, seed=3, batch_size=4) -> Reconstructions:
    steps = SimpleNamespace(images=N, decode_steps=5, invert_steps=7)
    settings = SimpleNamespace(seed=seed, batch_size=batch_size, reconstruct=steps)
    return reconstructions(network or Method(), DATA, CODES, settings, "test")


def test_images_are_the_first_of_the_test_split():
    torch.testing.assert_close(made().images, TEST[:N])


@pytest.mark.parametrize("seed", [0, 3])
def test_a_random_start_is_the_noise_of_image_and_evaluation(seed):
    noise = start_noise(seed, SPLITS["test"][:N], SHAPE)
    torch.testing.assert_close(made(seed=seed).random_start, TEST[:N] + noise / 10 + 0.05)


def test_shuffled_codes_are_another_images_with_ones_own_start():
    noise = start_noise(3, SPLITS["test"][:N], SHAPE)
    torch.testing.assert_close(made().shuffled_codes, TEST[:N].roll(1, 0) + noise / 10 + 0.05)


def test_an_inferred_start_is_inverted_with_ones_own_code_and_its_own_steps():
    """The start of the exact code is what the way back adds, a tenth of which is drawn again."""
    torch.testing.assert_close(made().inferred_start, TEST[:N] + 0.7 + 0.05)


def test_what_cannot_invert_has_no_inferred_start():
    network = Method(invert="it has no way back")
    assert made(network).inferred_start is None
    found = scores(made(network), network)
    for name in ALL_ERRORS:
        assert found.reasons[f"{name}_inferred_start"] == "not applicable: it has no way back"
    assert "it has" not in str(list(shown_rows(made(network))))


def test_every_error_is_of_its_own_kind_of_decode():
    shades = {"random_start": 0.2, "shuffled_codes": 0.4, "inferred_start": 0.8}
    zeros = torch.zeros(3, *SHAPE)
    found = scores(Reconstructions(zeros, **{name: zeros + x for name, x in shades.items()}), Method())
    for name, shade in shades.items():
        assert found[f"mse_{name}"] == pytest.approx((shade / 2) ** 2, rel=1e-4)
        assert found.arrays[f"mse_{name}"] == pytest.approx(np.full(3, (shade / 2) ** 2), rel=1e-4)
    assert found["psnr_inferred_start"] == pytest.approx(-20 * np.log10(0.4), rel=1e-4)
    assert found["n_test"] == 3
    assert "ssim_shuffled_codes" not in found


def test_values_beyond_the_range_of_images_are_clamped():
    ones = torch.ones(2, *SHAPE)
    assert compare(ones, ones * 3)["mse"] == 0


def test_what_decodes_nothing_lacks_the_same_numbers():
    found = cannot_reconstruct("it is a control")
    assert set(found) == set(scores(made(), Method())) - {"n_test"}
    assert set(found.reasons.values()) == {"not applicable: it is a control"}


def test_the_picture_shows_the_originals_first():
    rows = shown_rows(made())
    assert list(rows) == ["original", "from its code and noise", "from its code and the inferred start"]
    np.testing.assert_array_equal(rows["original"], IMAGES[SPLITS["test"][:N]])


def test_batches_change_nothing():
    one, other = made(batch_size=1), made(batch_size=50)
    torch.testing.assert_close(one.shuffled_codes, other.shuffled_codes)
    torch.testing.assert_close(one.inferred_start, other.inferred_start)


def starts_of(side: int):
    images = torch.rand(2, 3, side, side)
    return scores(Reconstructions(images, images * 0.5, images, images), Method())


def test_small_images_have_no_lpips():
    found = starts_of(30)
    assert {found.reasons[f"lpips_{start}_start"] for start in ("random", "inferred")} == {SMALL}


def test_without_weights_there_is_no_lpips(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert starts_of(32).reasons["lpips_random_start"] == "skipped: weights missing"


def test_lpips_is_of_every_start_where_its_weights_are(tmp_path, monkeypatch):
    module = sys.modules[lpips.__module__]  # the package's name is the function
    state = {f"features.{name}": values for name, values in alexnet_features().state_dict().items()}
    torch.save(state, tmp_path / "alexnet.pth")
    monkeypatch.setattr(module, "checked_file", lambda path, **_: path)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "alexnet.pth"))
    found = starts_of(32)
    assert found["lpips_random_start"] > found["lpips_inferred_start"] == 0
    assert found.arrays["lpips_random_start"].shape == (2,)
    assert "lpips_shuffled_codes" not in found
    for start in ("random", "inferred"):
        assert number(f"lpips_{start}_start").group == number(f"ssim_{start}_start").group


def test_the_noise_is_the_standard_error_over_images():
    found = scores(made(), Method())
    errors = found.arrays["mse_random_start"]
    assert found.noise["mse_random_start"] == {"rows": pytest.approx(errors.std(ddof=1) / np.sqrt(len(errors)))}
    assert {"psnr_inferred_start", "mse_shuffled_codes"} <= set(found.noise) <= set(found)


def test_all_that_rides_along_has_the_name_in_the_tables():
    found = Measured({"mse": 0.5, "psnr": 3.0}, arrays={"mse": np.array([0.4, 0.6])}, intervals={"mse": (0.4, 0.6)})
    kept = named(found, "random_start", ("mse",))
    assert (kept, kept.intervals) == ({"mse_random_start": 0.5}, {"mse_random_start": (0.4, 0.6)})
    assert kept.arrays["mse_random_start"].tolist() == [0.4, 0.6]
