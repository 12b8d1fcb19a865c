"""Where a method leaves its code open, the one is taken that tells most of validation images, by no others' labels."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.evaluation.choosing import choose

GENERATOR = np.random.default_rng(0)
ROWS = {"train": np.arange(300), "valid": np.arange(300, 500), "test": np.arange(500, 700)}
IMAGES = GENERATOR.integers(0, 256, (700, 1, 2, 1), dtype=np.uint8)
DATA = SimpleNamespace(images=IMAGES, attributes=(IMAGES[:, 0, :, 0] > 127).astype(np.uint8), splits=ROWS)


class Open(torch.nn.Module):
    """One of its three choices is the image itself, the others are the image less and less of it."""

    cannot = {"decode": "none of this"}  # noqa: RUF012
    choices = ("none of it", "half of it", "all of it")
    chosen = 0

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def candidates(self, images):
        flat = images.flatten(1)
        return [flat * 0, flat * torch.tensor([1.0, 0.0]), flat]


def test_the_choice_that_tells_most_is_taken():
    network = Open()
    told = choose(network, DATA, 64)
    assert network.chosen == 2
    assert list(told) == list(network.choices)
    assert told["none of it"] < told["half of it"] < told["all of it"] == pytest.approx(1, abs=0.01)


def test_labels_of_test_images_have_no_say():
    data = SimpleNamespace(**{**vars(DATA), "attributes": DATA.attributes.copy()})
    data.attributes[ROWS["test"]] = 1 - data.attributes[ROWS["test"]]
    assert choose(Open(), data, 64) == choose(Open(), DATA, 64)


def test_batches_change_nothing():
    assert choose(Open(), DATA, 7) == choose(Open(), DATA, 500)


def test_a_method_without_choices_is_left_as_it_is():
    assert choose(torch.nn.Linear(1, 1), DATA, 64) == {}


def test_without_an_attribute_of_two_values_nothing_is_chosen():
    data = SimpleNamespace(**{**vars(DATA), "attributes": DATA.attributes.copy()})
    data.attributes[ROWS["valid"]] = (0, 1)
    with pytest.raises(UserError, match=r"^no attribute has both 0 and 1 among the validation images, by"):
        choose(Open(), data, 64)


def test_images_are_seen_as_methods_see_them():
    seen = []
    network = Open()
    network.choices = ("all of it",)
    network.candidates = lambda images: seen.append(images) or [images.flatten(1)]
    choose(network, DATA, 500)
    assert torch.equal(seen[0], image_tensor(IMAGES[:200]))
    assert torch.equal(seen[1], image_tensor(IMAGES[300:500]))
