"""What probes read of a factor by what went with it: nothing of the factors themselves, all of its partner alone."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.metrics.catalogue import number
from diffrep.pipelines.evaluation.carry_over import UNTOLD, carry_over, decides, standing_on

RNG = np.random.default_rng(0)
SPLITS = {"train": np.arange(600), "valid": np.arange(600, 900), "test": np.arange(900, 1800)}
FACTORS = RNG.integers(0, 3, (1800, 3))
FACTORS[:900, 1] = FACTORS[:900, 0]  # in training and validation images the first two go together
CARD = {"factor_names": ["hat", "beard", "hue"], "factor_sizes": [3, 3, 3]}
PAIRS = {"joint": {"pairs": [{"factors": ["hat", "beard"], "asked": 1.0}], "held_out": []}}
SETTINGS = SimpleNamespace(steps=100, seeds=1)
TEST = FACTORS[SPLITS["test"]]
AGREES = TEST[:, 0] == TEST[:, 1]


def data(attributes, card=PAIRS) -> SimpleNamespace:
    known = np.stack(attributes, axis=1).astype(np.uint8)
    return SimpleNamespace(attributes=known, factors=FACTORS, splits=SPLITS, card=CARD | card)


def codes(*columns: int) -> dict[str, np.ndarray]:
    """A number for each value of these factors."""
    told = np.concatenate([np.eye(3)[FACTORS[:, k]] for k in columns], axis=1)
    return {split: told[rows] for split, rows in SPLITS.items()}


OF_HAT, OF_BEARD, OF_BOTH, OF_HUE = (
    FACTORS[:, 0] == 1,
    FACTORS[:, 1] < 2,
    (FACTORS[:, 0] == 1) & (FACTORS[:, 1] == 1),
    FACTORS[:, 2] == 0,
)


def found(told, *attributes, **given):
    return carry_over(told, data(attributes, **given), SETTINGS, 0)


def test_a_code_that_is_one_of_two_factors_tells_the_other_by_it_alone():
    """Where they no longer go together a hat is seen where the beard says so, which is never right."""
    negative = ~AGREES & (TEST[:, 0] != 1)
    expected = 1 - 0.5 * (1 - (TEST[negative, 1] == 1).mean())
    told = found(codes(1), OF_HAT)
    assert list(told) == ["carry_over_probe", "carry_over_probe_hat_beard"]
    assert [*told.values()] == pytest.approx([expected] * 2, abs=0.03)  # two beards without a hat differ by lot
    assert expected > 0.7


def test_and_its_own_factor_by_nothing_else():
    assert found(codes(1), OF_BEARD)["carry_over_probe"] == 0


def test_a_code_that_tells_nothing_carries_nothing():
    noise = {split: np.random.default_rng(1).normal(size=(len(rows), 4)) for split, rows in SPLITS.items()}
    assert found(noise, OF_HAT, OF_BEARD)["carry_over_probe"] == pytest.approx(0, abs=0.08)


def test_factors_that_go_together_in_part_are_told_apart_by_a_code_that_is_the_factors():
    loose = FACTORS.copy()
    loose[:900:2, 1] = RNG.integers(0, 3, 450)
    known = data([loose[:, 0] == 1, loose[:, 1] < 2])
    known.factors = loose
    told = np.concatenate([np.eye(3)[loose[:, k]] for k in (0, 1)], axis=1)
    of_splits = {split: told[rows] for split, rows in SPLITS.items()}
    assert carry_over(of_splits, known, SimpleNamespace(steps=1000, seeds=1), 0)["carry_over_probe"] == 0


def test_only_attributes_that_one_factor_of_the_pair_decides_are_asked():
    np.testing.assert_array_equal(
        standing_on(TEST[:, :2], data([OF_HAT, OF_BOTH, OF_HUE, OF_BEARD]).attributes[900:]), [0, 3]
    )
    alone = found(codes(1), OF_HAT)["carry_over_probe"]
    assert found(codes(1), OF_HAT, OF_BOTH, OF_HUE)["carry_over_probe"] == alone
    assert not decides(TEST[:, 0], np.ones(900, int))


@pytest.mark.parametrize("attributes", [[OF_HUE], [OF_BOTH]])
def test_without_such_attributes_it_says_why(attributes):
    assert found(codes(0), *attributes).reasons == dict.fromkeys(
        ("carry_over_probe", "carry_over_probe_hat_beard"), UNTOLD
    )


def test_independent_factors_have_not_a_number_more():
    assert found(codes(0), OF_HAT, card={}) == {}


def test_every_number_has_its_row():
    assert all(number(name) for name in found(codes(0), OF_HAT))
