"""Decoding in batches: every image with its own code and its own start, whatever the batch."""

import numpy as np
import pytest
import torch

from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.trained.decoder import Decoder, device_of

CODES = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)
STARTS = torch.randn(7, 1, 2, 2, generator=torch.Generator().manual_seed(0))


class Adding(torch.nn.Module):
    """Draws the code on its start, as many times as there are steps; the way back takes it off."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def decode(self, codes, start, *, steps):
        self.sizes.append(len(codes))
        assert not torch.is_grad_enabled()
        return start + steps * codes.view(-1, 1, 2, 2)

    def invert(self, images, codes, *, steps):
        return images - steps * codes.view(-1, 1, 2, 2)


def decoder(batch_size=3) -> Decoder:
    return Decoder(Adding(), batch_size, Meter("test", 7, shown=False))


@pytest.mark.parametrize("batch_size", [1, 3, 50])
def test_every_image_has_its_own_code_and_start(batch_size):
    found = decoder(batch_size).decode(CODES, STARTS, 5)
    torch.testing.assert_close(found, STARTS + 5 * torch.from_numpy(CODES).view(-1, 1, 2, 2))


def test_the_way_back_ends_at_the_start():
    images = decoder().decode(CODES, STARTS, 2)
    torch.testing.assert_close(decoder().invert(images, CODES, 2), STARTS)


def test_batches_and_progress_are_of_the_size_asked_for():
    used = decoder(3)
    used.decode(CODES, STARTS, 1)
    assert used.network.sizes == [3, 3, 1]
    assert used.shown.done == 7


def test_codes_need_not_lie_in_one_piece():
    torch.testing.assert_close(
        decoder().decode(CODES[::-1], STARTS, 1), STARTS + torch.from_numpy(CODES[::-1].copy()).view(-1, 1, 2, 2)
    )


def test_nothing_to_decode_is_nothing():
    assert len(decoder().decode(CODES[:0], STARTS[:0], 1)) == 0
    assert len(decoder().invert(STARTS[:0], CODES[:0], 1)) == 0


def test_codes_and_starts_of_different_numbers_are_refused():
    with pytest.raises(ValueError, match="3 codes for 7 images"):
        decoder(2).decode(CODES[:3], STARTS, 1)


def test_a_method_without_numbers_lies_on_the_cpu():
    assert device_of(torch.nn.Module()).type == "cpu"
    assert device_of(torch.nn.Linear(1, 1, device="meta")).type == "meta"
    buffered = torch.nn.Module()
    buffered.register_buffer("mean", torch.zeros(1, device="meta"))
    assert device_of(buffered).type == "meta"
