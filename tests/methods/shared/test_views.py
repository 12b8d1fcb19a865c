"""Views: every operation against another implementation, and what is drawn for each image by itself."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance
from scipy.ndimage import correlate1d
from skimage.color import hsv2rgb, rgb2hsv

from diffrep.methods.shared.views import (
    Views,
    blurred,
    brightened,
    contrasted,
    flipped,
    grey,
    hue_shifted,
    kernel_size,
    pair,
    saturated,
    view,
)

OFF = {"flip": 0, "jitter": 0, "brightness": 0, "contrast": 0, "saturation": 0, "hue": 0, "grey": 0, "blur": 0}
PUBLISHED = {"flip": 0.5, "jitter": 0.8, "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}
PUBLISHED |= {"grey": 0.2, "blur": 0.5}
ONE_STEP = 1.01 / 255  # what rounding to whole pixel values may cost once
TWO_STEPS = 2.01 / 255


def views(**changes):
    return Views(**OFF | changes)


def viewed(settings, pictures, generator):
    """The first view that these settings draw."""
    return view(pictures, settings.draw(len(pictures), generator)["first"])


def images(count=6, shape=(3, 20, 24), seed=0):
    """Pixel values that bytes can hold, [count, ...] in [0, 1]."""
    return torch.randint(256, (count, *shape), generator=torch.Generator().manual_seed(seed)) / 255


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def column(values):
    """One number per image as [n, 1, 1, 1]."""
    return torch.tensor(values).view(-1, 1, 1, 1)


def pillow(change, pictures, amounts):
    """`change(picture, amount)` of every image by Pillow, on bytes."""
    made = []
    for picture, amount in zip(pictures, amounts, strict=True):
        array = (picture.permute(1, 2, 0) * 255).round().byte().numpy()
        made.append(np.asarray(change(Image.fromarray(array), amount).convert("RGB")))
    return torch.from_numpy(np.stack(made)).permute(0, 3, 1, 2) / 255


FACTORS = [0.0, 0.6, 0.9, 1.0, 1.2, 1.4]


@pytest.mark.parametrize(
    ("ours", "theirs", "atol"),
    [
        pytest.param(brightened, ImageEnhance.Brightness, ONE_STEP, id="brightness"),
        pytest.param(contrasted, ImageEnhance.Contrast, TWO_STEPS, id="contrast"),
        pytest.param(saturated, ImageEnhance.Color, TWO_STEPS, id="saturation"),
    ],
)
def test_enhancements_are_pillows(ours, theirs, atol):
    expected = pillow(lambda picture, factor: theirs(picture).enhance(factor), images(), FACTORS)
    torch.testing.assert_close(ours(images(), column(FACTORS)), expected, atol=atol, rtol=0)


def test_grey_is_pillows():
    expected = pillow(lambda picture, _: picture.convert("L"), images(), FACTORS)
    torch.testing.assert_close(grey(images()), expected, atol=ONE_STEP, rtol=0)


def test_hue_is_scikit_images():
    turns = [-0.5, -0.1, -0.03, 0.0, 0.1, 0.5]
    hsv = rgb2hsv(images().numpy(), channel_axis=1)
    hsv[:, 0] = (hsv[:, 0] + np.array(turns)[:, None, None]) % 1
    expected = torch.from_numpy(hsv2rgb(hsv, channel_axis=1)).float()
    torch.testing.assert_close(hue_shifted(images(), column(turns)), expected, atol=1e-5, rtol=0)


def test_a_third_of_a_turn_makes_red_green():
    red = torch.zeros(1, 3, 1, 1)
    red[:, 0] = 0.8
    expected = torch.tensor([0.0, 0.8, 0.0])
    torch.testing.assert_close(hue_shifted(red, column([1 / 3])).flatten(), expected, atol=1e-6, rtol=0)


def test_hue_leaves_grey_alone():
    pictures = grey(images()).contiguous()
    torch.testing.assert_close(hue_shifted(pictures, column([0.3] * 6)), pictures, atol=1e-6, rtol=0)


@pytest.mark.parametrize("size", [1, 3, 7, 13])
def test_blur_is_scipys(size):
    sigmas = [0.1, 0.5, 1.0, 1.3, 1.7, 2.0]
    offsets = np.arange(size) - size // 2
    expected = []
    for picture, sigma in zip(images().double().numpy(), sigmas, strict=True):
        kernel = np.exp(-(offsets**2) / (2 * sigma**2))
        kernel /= kernel.sum()
        expected.append(correlate1d(correlate1d(picture, kernel, axis=1, mode="mirror"), kernel, axis=2, mode="mirror"))
    found = blurred(images(), column(sigmas), size)
    torch.testing.assert_close(found, torch.from_numpy(np.stack(expected)).float(), atol=1e-6, rtol=0)


@pytest.mark.parametrize(("side", "size"), [(16, 1), (32, 3), (64, 7), (128, 13)])
def test_kernel_size(side, size):
    assert kernel_size(torch.zeros(1, 3, side, side)) == size


def test_flip_swaps_left_and_right_where_told():
    which = column([True, False, True, False, False, False])
    found = flipped(images(), which)
    assert torch.equal(found[0, ..., 0], images()[0, ..., -1])
    assert torch.equal(found[1], images()[1])


@pytest.mark.parametrize(
    ("ours", "theirs", "amounts"),
    [
        pytest.param(brightened, "adjust_brightness", FACTORS, id="brightness"),
        pytest.param(contrasted, "adjust_contrast", FACTORS, id="contrast"),
        pytest.param(saturated, "adjust_saturation", FACTORS, id="saturation"),
        pytest.param(hue_shifted, "adjust_hue", [-0.5, -0.1, 0.0, 0.05, 0.1, 0.5], id="hue"),
    ],
)
@pytest.mark.parametrize("channels", [1, 3])
def test_jitters_are_torchvisions(ours, theirs, amounts, channels):
    torchvision = pytest.importorskip("torchvision.transforms.functional")
    pictures = images(shape=(channels, 20, 24))
    expected = [
        getattr(torchvision, theirs)(picture, amount) for picture, amount in zip(pictures, amounts, strict=True)
    ]
    torch.testing.assert_close(ours(pictures, column(amounts)), torch.stack(expected), atol=1e-5, rtol=0)


@pytest.mark.parametrize("channels", [1, 3])
def test_grey_and_blur_are_torchvisions(channels):
    torchvision = pytest.importorskip("torchvision.transforms.functional")
    pictures = images(shape=(channels, 20, 24))
    expected = torchvision.rgb_to_grayscale(pictures, channels) if channels == 3 else pictures
    torch.testing.assert_close(grey(pictures), expected, atol=1e-5, rtol=0)
    expected = torchvision.gaussian_blur(pictures, [7, 7], [1.3, 1.3])
    torch.testing.assert_close(blurred(pictures, column([1.3] * 6), 7), expected, atol=1e-5, rtol=0)


def test_nothing_chosen_changes_nothing():
    pictures = 2 * images() - 1
    torch.testing.assert_close(viewed(views(), pictures, seeded()), pictures, atol=1e-6, rtol=0)


def test_a_certain_flip_is_a_flip():
    pictures = 2 * images() - 1
    torch.testing.assert_close(viewed(views(flip=1), pictures, seeded()), pictures.flip(-1), atol=1e-6, rtol=0)


@pytest.mark.parametrize("key", ["flip", "grey"])
@pytest.mark.parametrize("probability", [0.2, 0.5])
def test_operations_happen_as_often_as_told(key, probability):
    pictures = 2 * images(4000, (3, 2, 2)) - 1
    changed = (viewed(views(**{key: probability}), pictures, seeded()) - pictures).abs().amax((1, 2, 3)) > 1e-3
    assert changed.float().mean().item() == pytest.approx(probability, abs=0.03)


def test_factors_fill_their_range_and_differ_between_images():
    half = torch.zeros(4000, 3, 2, 2)
    found = (viewed(views(jitter=1, brightness=0.4), half, seeded())[:, 0, 0, 0] + 1) / 2
    assert (found.min().item(), found.max().item()) == pytest.approx((0.3, 0.7), abs=1e-3)
    assert found.mean().item() == pytest.approx(0.5, abs=0.01)


def test_views_come_from_the_generator():
    pictures = 2 * images() - 1
    first, second = (viewed(Views(**PUBLISHED), pictures, seeded(4)) for _ in range(2))
    assert torch.equal(first, second)


def test_jitters_come_in_every_order_alike_in_a_batch():
    drawn = [Views(**PUBLISHED).draw(1, seeded(seed)) for seed in range(300)]
    assert len({view.order for pair in drawn for view in pair.values()}) == 24
    assert 0 < sum(pair["first"].order == pair["second"].order for pair in drawn) < 30  # one in 24


def test_the_order_of_the_jitters_is_the_one_that_is_drawn():
    pictures, drawn = 2 * images() - 1, views(jitter=1, brightness=0.4, hue=0.1).draw(6, seeded())["first"]
    for order, change in (((0, 3), (brightened, hue_shifted)), ((3, 0), (hue_shifted, brightened))):
        found = (pictures + 1) / 2
        for i, each in zip(order, change, strict=True):
            found = each(found, (drawn.brightness, None, None, drawn.hue)[i])
        made = view(pictures, drawn._replace(order=order))
        torch.testing.assert_close((made + 1) / 2, found, atol=1e-6, rtol=0)


def test_the_two_views_of_a_pair_differ():
    first, second = pair(2 * images() - 1, **Views(**PUBLISHED).draw(6, seeded()))
    assert not torch.allclose(first, second)


@settings(max_examples=20, deadline=None)
@given(st.sampled_from([1, 3]), st.sampled_from([(1, 1), (8, 8), (20, 31), (40, 40)]), st.integers(0, 2**31))
def test_views_are_images(channels, sides, seed):
    pictures = 2 * images(5, (channels, *sides), seed) - 1
    found = viewed(Views(**PUBLISHED), pictures, seeded(seed))
    assert found.shape == pictures.shape
    assert found.abs().max() <= 1 + 1e-6


def test_one_channel_knows_no_colour():
    pictures = 2 * images(shape=(1, 8, 8)) - 1
    made = viewed(views(jitter=1, saturation=0.4, hue=0.1, grey=1), pictures, seeded())
    torch.testing.assert_close(made, pictures, atol=1e-6, rtol=0)


def test_views_keep_the_dtype():
    assert viewed(views(jitter=1, hue=0.1, blur=1), 2 * images().double() - 1, seeded()).dtype == torch.float64


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"flip": 1.5}, r"flip=1\.5 must lie between 0 and 1"),
        ({"hue": 0.6}, r"hue=0\.6 must lie between 0 and 0\.5"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        views(**changes)


def test_views_are_of_grey_or_of_colour():
    views().check((1, 8, 8))
    views().check((3, 8, 8))
    with pytest.raises(ValueError, match="images of 2 channels: views are made of 1 or 3"):
        views().check((2, 8, 8))
