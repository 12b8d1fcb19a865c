"""Readings of views: tokens as numbers, the best of several times, their mean; plain codes are left as they are."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.datasets.contract import SPLITS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.evaluation.readings import readings, view_names

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
    read, found = readings(views(z=CODE, times=times(best)), DATA)
    assert found["times_best"] == best / 4
    assert found[f"times_ap_{best}"] == pytest.approx(1, abs=0.01)
    assert all(np.array_equal(read[f"times_best_{split}"], CODE[ROWS[split]]) for split in SPLITS)


def test_test_images_have_no_say_in_the_choice():
    codes = times(1)
    codes[ROWS["test"]] = times(3)[ROWS["test"]]
    assert readings(views(z=CODE, times=codes), DATA)[1]["times_best"] == 0.25


def test_nor_have_the_labels_of_test_images():
    data = SimpleNamespace(attributes=DATA.attributes.copy(), splits=ROWS)
    data.attributes[ROWS["test"]] = 1 - data.attributes[ROWS["test"]][::-1]
    views_of_times = views(z=CODE, times=times(1))
    (one, found), (other, again) = readings(views_of_times, DATA), readings(views_of_times, data)
    assert found == again
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_what_training_images_tell_is_not_enough():
    """The code of one time tells the training labels alone, as if learnt by heart; validation images see through it."""
    codes = times(1)
    codes[ROWS["train"], 0] = CODE[ROWS["train"]]
    assert readings(views(z=CODE, times=codes), DATA)[1]["times_best"] == 0.25


def test_the_mean_is_over_times():
    read, _ = readings(views(z=CODE, times=CODE[:, None] * np.arange(5)[:, None]), DATA)
    assert all(read[f"times_mean_{split}"] == pytest.approx(2 * CODE[ROWS[split]]) for split in SPLITS)


def test_a_single_time_is_the_first():
    read, found = readings(views(z=CODE, times=CODE[:, None]), DATA)
    assert found["times_best"] == 0
    assert all(np.array_equal(read[f"times_best_{split}"], CODE[ROWS[split]]) for split in SPLITS)


def test_without_an_attribute_of_two_values_no_time_is_the_best():
    data = SimpleNamespace(attributes=np.ones_like(DATA.attributes), splits=ROWS)
    with pytest.raises(UserError, match=r"^no attribute has both 0 and 1 among the validation images, by"):
        readings(views(z=CODE, times=times(0)), data)


def test_tokens_become_one_number_each():
    read, found = readings(views(scalars=CODE, tokens=CODE[:, :, None] * np.ones(4)), DATA)
    centred = CODE - CODE[ROWS["train"]].mean(axis=0)
    assert np.abs(read["tokens_pca_test"]) == pytest.approx(np.abs(2 * centred[ROWS["test"]]), abs=1e-5)
    assert (found["tokens_explained_mean"], found["tokens_explained_min"]) == pytest.approx((1, 1))


def test_the_component_of_a_token_is_that_of_training_images():
    tokens = np.zeros((700, 1, 2))
    tokens[ROWS["train"], 0, 0], tokens[ROWS["test"], 0, 1] = CODE[ROWS["train"], 0], 9 * CODE[ROWS["test"], 0]
    read, _ = readings(views(scalars=CODE, tokens=tokens), DATA)
    assert np.ptp(read["tokens_pca_train"]) > 1
    assert np.ptp(read["tokens_pca_test"]) == pytest.approx(0, abs=1e-6)


def test_a_plain_code_stays_alone():
    assert readings(views(z=CODE), DATA) == ({}, {})
    assert view_names(views(z=CODE)) == ["z"]


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
    read, _ = readings(arrays, DATA)
    assert view_names(arrays | read) == names
