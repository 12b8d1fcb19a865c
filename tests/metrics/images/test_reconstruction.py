"""Image metrics on pairs whose values are known, and against scikit-image."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from diffrep.metrics.images.reconstruction import reconstruction

RAMP = np.linspace(0, 1, 3 * 64 * 64).reshape(1, 3, 64, 64)
RNG = np.random.default_rng(0)
IMAGES = RNG.random((5, 3, 16, 12))
DECODED = np.clip(IMAGES + 0.2 * RNG.normal(size=IMAGES.shape), 0, 1)


def skimage_ssim(a, b):
    """scikit-image leaves out a frame of half a window: give it the reflected one to leave out."""
    framed = [np.pad(x, ((0, 0), (5, 5), (5, 5)), mode="reflect") for x in (a, b)]
    return structural_similarity(
        *framed, channel_axis=0, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
    )


def test_published_helpers_values():
    found = reconstruction(RAMP, 0.9 * RAMP + 0.05, padding="zeros")
    assert found["mse"] == pytest.approx(8.334692e-4, rel=1e-6)
    assert found["ssim"] == pytest.approx(0.9684002, abs=1e-6)


def test_border_is_reflected_by_default():
    assert reconstruction(RAMP, 0.9 * RAMP + 0.05)["ssim"] == pytest.approx(0.9704144, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "independent", "tolerance"),
    [
        ("mse", mean_squared_error, 1e-8),
        ("psnr", lambda a, b: peak_signal_noise_ratio(a, b, data_range=1.0), 1e-5),
        ("ssim", skimage_ssim, 1e-5),
    ],
)
def test_agrees_with_scikit_image(name, independent, tolerance):
    expected = [independent(a, b) for a, b in zip(IMAGES, DECODED, strict=True)]
    np.testing.assert_allclose(reconstruction(IMAGES, DECODED).arrays[name], expected, atol=tolerance)


def test_a_copy_is_perfect_and_psnr_stops_at_100():
    assert reconstruction(IMAGES, IMAGES) == {"mse": 0.0, "psnr": 100.0, "ssim": pytest.approx(1.0, abs=1e-6)}


def test_psnr_is_the_mean_over_images():
    decoded = IMAGES[:2] * 0 + np.array([0.1, 0.5]).reshape(2, 1, 1, 1)
    found = reconstruction(np.zeros_like(decoded), decoded)
    assert found["psnr"] == pytest.approx((20.0 + 20 * np.log10(2)) / 2, abs=1e-5)


def test_values_outside_the_range_are_clamped():
    assert reconstruction(np.ones((1, 1, 8, 8)), np.full((1, 1, 8, 8), 3.0))["mse"] == 0.0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31), st.sampled_from([1, 3]), st.integers(6, 20))
def test_ranges_and_symmetry(seed, channels, size):
    rng = np.random.default_rng(seed)
    a, b = rng.random((2, 2, channels, size, size))
    found = reconstruction(a, b)
    assert 0 <= found["mse"] <= 1
    assert -1 <= found["ssim"] <= 1
    assert 0 <= found["psnr"] <= 100
    assert found == pytest.approx(reconstruction(b, a), rel=1e-5)


def test_an_image_does_not_depend_on_its_neighbours():
    alone, among = reconstruction(IMAGES[3:4], DECODED[3:4]), reconstruction(IMAGES, DECODED)
    assert alone["ssim"] == pytest.approx(among.arrays["ssim"][3], rel=1e-6)


@pytest.mark.parametrize(
    ("decoded", "says"),
    [
        (DECODED[:2], "must both be the same"),
        (np.full_like(IMAGES, np.nan), "decoded hold values that are not finite"),
    ],
)
def test_bad_input_is_named(decoded, says):
    with pytest.raises(ValueError, match=says):
        reconstruction(IMAGES, decoded)


def test_no_images_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        reconstruction(IMAGES[:0], DECODED[:0])
