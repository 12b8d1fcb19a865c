"""Readings of views: tokens as numbers, the best of several times, their mean; plain codes are left as they are."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.pipelines.core.results import Result
from diffrep.pipelines.trained.readings import SPLITS, add_readings, view_names

GENERATOR = np.random.default_rng(0)
ROWS = {"train": np.arange(300), "valid": np.arange(300, 500), "test": np.arange(500, 700)}
CODE = GENERATOR.normal(size=(700, 2))
DATA = SimpleNamespace(attributes=(CODE > 0).astype(np.uint8), splits=ROWS)


def views(**views):
    return {f"{view}_{split}": codes[ROWS[split]] for view, codes in views.items() for split in SPLITS}


def times(best: int) -> np.ndarray:
    """Codes of five times, which tell the attributes at one of them only."""
    codes = GENERATOR.normal(size=(700, 5, 2))
    codes[:, best] = CODE
    return codes


@pytest.mark.parametrize("best", [0, 3, 4])
def test_the_time_that_tells_most_is_chosen(best):
    filled, arrays = Result(), views(z=CODE, times=times(best))
    add_readings(filled, arrays, DATA)
    assert filled["times_best"] == best / 4
    assert filled[f"times_ap_{best}"] == pytest.approx(1, abs=0.01)
    assert np.array_equal(arrays["times_best_test"], CODE[ROWS["test"]])


def test_test_images_have_no_say_in_the_choice():
    codes = times(1)
    codes[ROWS["test"]] = times(3)[ROWS["test"]]
    filled = Result()
    add_readings(filled, views(z=CODE, times=codes), DATA)
    assert filled["times_best"] == 0.25


def test_the_mean_is_over_times():
    arrays = views(z=CODE, times=np.repeat(CODE[:, None], 5, axis=1))
    add_readings(Result(), arrays, DATA)
    assert arrays["times_mean_valid"] == pytest.approx(CODE[ROWS["valid"]])


def test_tokens_become_one_number_each():
    filled, arrays = Result(), views(scalars=CODE, tokens=CODE[:, :, None] * np.ones(4))
    add_readings(filled, arrays, DATA)
    assert arrays["tokens_pca_test"].shape == (200, 2)
    assert (filled["tokens_explained_mean"], filled["tokens_explained_min"]) == pytest.approx((1, 1))


def test_a_plain_code_stays_alone():
    filled, arrays = Result(), views(z=CODE)
    add_readings(filled, arrays, DATA)
    assert view_names(arrays) == ["z"]
    assert set(filled) == {"reasons", "notes"}


@pytest.mark.parametrize(
    ("further", "names"),
    [
        ({"times": times(0)}, ["z", "times", "times_best", "times_mean"]),
        ({"tokens": CODE[:, :, None]}, ["z", "tokens_pca"]),
        ({"middle": CODE}, ["z", "middle"]),
    ],
)
def test_views_that_are_scored(further, names):
    arrays = views(z=CODE, **further)
    add_readings(Result(), arrays, DATA)
    assert view_names(arrays) == names
