"""Parts and strengths are chosen on pairs that no number is of: what the judged pairs are changes no choice."""

import numpy as np
import painted
import pytest

from diffrep.metrics.images import effnet_lite0

CHOICES = ("assigned", "assigned_by_truth")
STEPS_TAKEN = [f"{name}{kind}" for name in ("strength", "flipped") for kind in ("_direction", "_direction_top")]
M = painted.SETTINGS.pairs
FACTORS = painted.data().factors[painted.data().splits["test"]]
HIGH = painted.nuisance_of(FACTORS) > painted.HIGH  # where `TwoFaced` answers otherwise
PLAIN, OTHER = np.flatnonzero(~HIGH), np.flatnonzero(HIGH)


def pairs(chosen_on, judged):
    """[2, 100] positions: those that choices are made on, those that numbers are of, and some that nobody judges.

    A donor answers as its source does.
    """
    halves = [(chosen_on[: M // 2], chosen_on[20 : M // 2 + 20]), (judged[-M // 2 :], judged[: M // 2])]
    return [np.concatenate([*(half[side] for half in halves), np.arange(20) + side]) for side in range(2)]


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """The numbers of sessions some of whose pairs answer otherwise: those that choices are made on, or the judged.

    Without perceptual distances, which choose nothing and take half of the time.
    """
    session = painted.session(painted.TwoFaced())
    a, b = pairs(PLAIN, OTHER)
    permuted = b.copy()
    permuted[M // 2 : M] = np.roll(b[M // 2 : M], 1)
    arranged = {
        "plain, plain": pairs(PLAIN, PLAIN),
        "plain, other": (a, b),
        "plain, other donors": (a, permuted),
        "other, plain": pairs(OTHER, PLAIN),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(effnet_lite0, "weights_installed", lambda: False)
        return {
            name: painted.evaluated(
                painted.rearranged(session, *given), painted.oracle(), tmp_path_factory.mktemp("made")
            )
            for name, given in arranged.items()
        }


@pytest.mark.parametrize("judged", ["plain, other", "plain, other donors"])
def test_no_choice_depends_on_the_judged_pairs(found, judged):
    for name in CHOICES:
        np.testing.assert_array_equal(found[judged].arrays[name], [0, 1, 2])
    for name in STEPS_TAKEN:
        assert found[judged][name] == found["plain, plain"][name]


def test_intervals_are_of_the_judged_pairs_too(found):
    for measured in found.values():
        for name, (low, high) in measured.intervals.items():
            assert low - 1e-9 <= measured[name] <= high + 1e-9, name


def test_what_they_are_chosen_on_decides(found):
    for name in CHOICES:
        np.testing.assert_array_equal(found["other, plain"].arrays[name], [1, 0, 2])
    assert found["other, plain"]["strength_direction"] != found["plain, plain"]["strength_direction"]


def test_numbers_are_of_the_judged_pairs_alone(found):
    assert found["plain, plain"]["exact_gain"] == pytest.approx(1.0)
    assert found["plain, other"]["exact_gain"] < 0.5
    assert found["other, plain"]["exact_gain"] < 0.5
    assert found["plain, other"]["efficacy"] < found["plain, plain"]["efficacy"] == 1
