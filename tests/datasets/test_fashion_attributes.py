"""Attributes of Fashion-MNIST: those of the label, and measurements of drawn images that are known by construction."""

import numpy as np
import pytest

from diffrep.datasets.fashion_attributes import BY_CLASS, BY_PIXELS, NAMES, attributes_of, measurements
from diffrep.datasets.fashion_mnist import CHECKSUMS, SHIPPED
from diffrep.datasets.files.idx import read_idx

IMAGES = "t10k-images-idx3-ubyte.gz"
LABELS = "t10k-labels-idx1-ubyte.gz"


def test_prevalences_are_between_3_and_50_percent():
    archive = (read_idx(SHIPPED / name, CHECKSUMS[name]) for name in (IMAGES, LABELS))
    shares = attributes_of(*archive).mean(0)
    assert shares.min() >= 0.03
    assert shares.max() <= 0.5


def test_class_attributes_follow_the_label_alone():
    black = np.zeros((10, 28, 28), np.uint8)
    by_class = attributes_of(black, np.arange(10, dtype=np.uint8))[:, : len(BY_CLASS)]
    np.testing.assert_array_equal(by_class[:, :10], np.eye(10))
    assert by_class[:, 10:].sum(0).tolist() == [3, 2, 4, 2, 5, 2]


def bars(across: int) -> np.ndarray:
    """A block of 20 rows and 10 columns at 200, two of its columns (across) or rows darker."""
    image = np.zeros((1, 28, 28), np.uint8)
    image[:, 4:24, 9:19] = 200
    if across:
        image[:, 4:24, 13:15] = 100
    else:
        image[:, 13:15, 9:19] = 100
    return image


def test_measurements_of_a_block_are_what_it_was_drawn_with():
    block = np.zeros((1, 28, 28), np.uint8)
    block[:, 4:24, 9:19] = 204
    found = {name: float(value[0]) for name, value in measurements(block).items()}
    assert found == pytest.approx(
        {"tone": 0.8, "spread": 0, "above": 0, "right": 0, "aspect": 0.5, "filled": 1, "asymmetry": 0, "gaps": 0}
        | {"across": 0, "down": 0},
        abs=1e-6,
    )


def test_stripes_are_told_by_their_direction():
    columns, rows = measurements(bars(across=1)), measurements(bars(across=0))
    assert columns["across"] > 0 == columns["down"]
    assert rows["down"] > 0 == rows["across"]


def test_gap_counts_the_rows_that_background_parts():
    image = bars(across=0)
    image[:, 6:16, 13] = 0
    assert measurements(image)["gaps"].tolist() == [10]


def test_empty_image_measures_zero():
    assert all(value.tolist() == [0] for value in measurements(np.zeros((1, 28, 28), np.uint8)).values())


def test_a_ramp_is_measured_as_it_was_drawn():
    """Rows 4 to 7, columns 0 to 9, of 51, 102, ..., 0.2 brighter from row to row: all left and above."""
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4:8, :10] = 51 * np.arange(1, 5)[:, None]
    found = {name: float(value[0]) for name, value in measurements(image).items()}
    total = 10 * (0.2 + 0.4 + 0.6 + 0.8)
    assert found == pytest.approx(
        {"tone": 0.5, "spread": 0.05**0.5, "above": total / 14 / 28, "right": -total / 14 / 28, "aspect": 2.5}
        | {"filled": 1, "asymmetry": 2 * total / 28 / 28, "gaps": 0, "across": 0, "down": 0.2},
        abs=1e-6,
    )


@pytest.mark.parametrize(
    ("light", "told"),
    [
        (204, {"bright", "even_tone", "narrow", "symmetric", "fills_its_box", "smooth"}),
        (102, {"dark", "even_tone", "narrow", "symmetric", "fills_its_box", "smooth"}),
    ],
)
def test_rules_of_a_block_in_the_middle(light, told):
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 2:26, 9:19] = light
    (found,) = attributes_of(image, np.zeros(1, np.uint8))
    assert {name for name, has in zip(NAMES, found, strict=True) if has and name in BY_PIXELS} == told
