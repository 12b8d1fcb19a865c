"""Every image has its code in the row of its split, whatever the batch; a code that is no number is refused."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.encoding import all_codes, codes_of

IMAGES = np.random.default_rng(0).integers(0, 256, (30, 2, 2, 1), dtype=np.uint8)
ROWS = np.random.default_rng(1).permutation(30)
SPLITS = {"train": ROWS[:15], "valid": ROWS[15:22], "test": ROWS[22:]}
DATA = SimpleNamespace(images=IMAGES, splits=SPLITS)


class Pixels(torch.nn.Module):
    """Codes that are the pixels, and a second view of half of them; it counts batches."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def encode(self, images):
        self.sizes.append(len(images))
        return {"z": images.flatten(1).double(), "half": images.flatten(1)[:, :2]}


@pytest.mark.parametrize("batch_size", [1, 4, 100])
def test_codes_stand_in_the_order_of_their_split(batch_size):
    found = all_codes(Pixels(), DATA, batch_size, "pixels")
    assert list(found) == [f"{view}_{split}" for split in SPLITS for view in ("z", "half")]
    for split, rows in SPLITS.items():
        expected = IMAGES[rows].reshape(len(rows), 4) / 127.5 - 1
        assert found[f"z_{split}"] == pytest.approx(expected, abs=1e-6)
        assert np.array_equal(found[f"half_{split}"], found[f"z_{split}"][:, :2])


def test_codes_are_kept_in_single_precision():
    assert {codes.dtype for codes in all_codes(Pixels(), DATA, 4, "pixels").values()} == {np.dtype(np.float32)}


def test_batches_are_of_the_size_asked_for_within_a_split():
    network = Pixels()
    all_codes(network, DATA, 6, "pixels")
    assert network.sizes == [6, 6, 3, 6, 1, 6, 2]


def test_no_gradient_is_kept():
    network = torch.nn.Linear(4, 2)
    network.encode = lambda images: {"z": network(images)}
    assert not codes_of(network, torch.zeros(3, 4))["z"].requires_grad


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_codes_that_are_no_numbers_are_refused(value):
    network = SimpleNamespace(encode=lambda images: {"z": images, "odd": images * value})
    with pytest.raises(UserError, match=r"^the codes 'odd' hold NaN or infinities: the training diverged$"):
        codes_of(network, torch.ones(2, 3))


def test_codes_that_are_none_are_told():
    with pytest.raises(UserError, match=r"^encode gives view 'z' of 4 images the shape \[2, 3\]$"):
        codes_of(SimpleNamespace(encode=lambda images: {"z": images[::2]}), torch.ones(4, 3))


def test_codes_of_changing_width_are_told():
    network = Pixels()
    network.encode = lambda images: {"z": images.flatten(1)[:, : len(images)]}
    with pytest.raises(UserError, match=r"^encode gives codes of the shapes {'z': \[3\]}, after {'z': \[4\]} of other"):
        all_codes(network, DATA, 4, "pixels")
