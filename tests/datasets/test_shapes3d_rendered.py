"""The rendered data set: its rows, its splits, its attributes, its true counterfactuals."""

import numpy as np
import pytest
from even import EVEN

from diffrep.datasets.rendered.room import COUNT, factors_of, index_of, nuisance_of, render
from diffrep.datasets.shapes3d_rendered import RULES, Shapes3DRendered, attributes_of

SETTINGS = {
    "size": 8,
    "nuisance": True,
    "joint": EVEN,
    "train": 60,
    "valid": 10,
    "test": 30,
    "seed": 0,
}
ROOMS = Shapes3DRendered(**SETTINGS)
ALL = np.arange(len(ROOMS))
PREVALENCES = dict(zip(RULES, attributes_of(factors_of(np.arange(COUNT))).mean(0), strict=True))


def test_no_room_is_drawn_twice():
    assert len(np.unique(index_of(ROOMS.factors(ALL)))) == len(ROOMS) == 100


def test_splits_share_no_row_and_leave_none():
    splits = ROOMS.splits()
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 60, "valid": 10, "test": 30}
    np.testing.assert_array_equal(np.sort(np.concatenate(list(splits.values()))), ALL)


def test_same_seed_same_images():
    np.testing.assert_array_equal(ROOMS.images(ALL), Shapes3DRendered(**SETTINGS).images(ALL))


def test_another_seed_draws_other_rooms():
    other = Shapes3DRendered(**SETTINGS | {"seed": 1})
    assert len(np.intersect1d(ROOMS.index, other.index)) < 5


def test_row_is_the_same_image_however_it_is_asked_for():
    np.testing.assert_array_equal(ROOMS.images(ALL)[[7, 3]], ROOMS.images(np.array([7, 3])))


def test_redrawn_with_its_own_factors_is_the_image():
    factors = ROOMS.factors(ALL)
    np.testing.assert_array_equal(ROOMS.redrawn(factors, factors), ROOMS.images(ALL))


def test_redrawn_uses_the_originals_nuisance():
    factors = ROOMS.factors(ALL)
    edited = factors.copy()
    edited[:, 4] = (edited[:, 4] + 1) % 4
    expected = render(edited, nuisance_of(ROOMS.index), size=8)
    np.testing.assert_array_equal(ROOMS.redrawn(edited, factors), expected)


def test_nuisance_off_draws_clean_rooms():
    clean = Shapes3DRendered(**SETTINGS | {"nuisance": False})
    np.testing.assert_array_equal(clean.images(ALL), render(clean.factors(ALL), None, size=8))


@pytest.mark.parametrize("name", RULES)
def test_prevalence_is_neither_rare_nor_common(name):
    assert 0.025 <= PREVALENCES[name] <= 0.5


@pytest.mark.parametrize(
    ("name", "prevalence"),
    [
        ("object_red", 1 / 10),
        ("cube", 1 / 4),
        ("small", 2 / 8),
        ("seen_from_front", 3 / 15),
        ("object_hue_is_wall_hue", 1 / 10),
        ("large_and_left", 1 / 2 * 7 / 15),
        ("red_anywhere", 1 - 0.9**3),
    ],
)
def test_prevalence_follows_from_the_rule(name, prevalence):
    assert PREVALENCES[name] == pytest.approx(prevalence)


def test_no_attribute_is_another_or_its_opposite():
    related = np.corrcoef(attributes_of(factors_of(np.arange(0, COUNT, 7))).T)
    assert np.abs(related[np.triu_indices(len(RULES), 1)]).max() < 0.95


def test_groups_have_the_sizes_the_tables_promise():
    names, counts = np.unique(ROOMS.attribute_groups, return_counts=True)
    assert dict(zip(names, counts, strict=True)) == {"colour": 8, "conjunction": 13, "shape": 7, "size": 4, "view": 4}


@pytest.mark.parametrize("wrong", [{"train": COUNT}, {"valid": -1}, {"train": 0, "valid": 0, "test": 0}])
def test_impossible_counts_are_refused(wrong):
    with pytest.raises(ValueError, match="together at most 480,000"):
        Shapes3DRendered(**SETTINGS | wrong)


def test_tiny_size_is_refused():
    with pytest.raises(ValueError, match="at least 8 pixels: got 4"):
        Shapes3DRendered(**SETTINGS | {"size": 4})
