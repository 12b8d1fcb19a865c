"""Images between bytes and tensors."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from diffrep.datasets.pixels import image_bytes, image_tensor


def test_every_byte_comes_back():
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    np.testing.assert_array_equal(image_bytes(image_tensor(images)), images)


def test_black_is_minus_one_and_white_one():
    assert image_tensor(np.array([0, 255], np.uint8).reshape(1, 1, 2, 1)).ravel().tolist() == [-1, 1]


def test_channels_go_first():
    images = np.zeros((2, 4, 5, 3), np.uint8)
    images[..., 1] = 255
    tensor = image_tensor(images)
    assert tensor.shape == (2, 3, 4, 5)
    assert tensor.dtype == torch.float32
    assert (tensor[:, 1] == 1).all()


def test_read_only_images_are_welcome():
    images = np.zeros((1, 2, 2, 1), np.uint8)
    images.flags.writeable = False
    image_tensor(images).add_(1)
    assert images.max() == 0


@given(st.floats(-3, 3, width=32))
@settings(max_examples=50, deadline=None)
def test_nearest_byte_is_taken_and_the_range_kept(value):
    byte = image_bytes(torch.full((1, 1, 1, 1), value)).item()
    assert byte == pytest.approx(min(max((value + 1) * 127.5, 0), 255), abs=0.501)
