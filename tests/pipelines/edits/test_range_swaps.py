"""Swaps of ranges of blocks: which dimensions a range is, and what the oracle says of known codes."""

import numpy as np
import painted
import pytest

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.partition import Partition
from diffrep.pipelines.edits.range_swaps import (
    DISTINCT,
    NO_BLOCK,
    NO_TIMES,
    RANGE_SCORES,
    range_swaps,
    ranges_of,
    ranges_serving,
)
from diffrep.pipelines.edits.swaps import decode_swaps

IN_EIGHT = {"early": tuple(range(6)), "middle": tuple(range(6, 10)), "late": tuple(range(10, 16))}


def network(*blocks: tuple[int, ...], **given) -> painted.Painter:
    """A painter whose code is cut into these blocks of dimensions, one for each slice of the time axis."""
    found, edges = painted.Painter(**given), np.linspace(0, 1000, len(blocks) + 1).astype(int)
    found.parts = [Part(f"block {i}", dims, (edges[i], edges[i + 1])) for i, dims in enumerate(blocks)]
    return found


def scored(by=None, known=None):
    session = painted.session(by or network((0,), (1,), (2,)))
    return range_swaps(session, known or painted.oracle(), decode_swaps(session))


def test_ranges_are_thirds_of_the_time_axis():
    eight = painted.Painter()
    eight.parts = Partition(16, 8, "balanced").parts()
    assert ranges_of(eight, 16) == IN_EIGHT


def test_two_blocks_leave_the_middle_empty():
    assert ranges_of(network((0,), (1, 2)), 3) == {"early": (0,), "late": (1, 2)}


@pytest.mark.parametrize("parts", [[], [Part("block 0", tuple(range(16)), (0, 1000))]], ids=["uncut", "one block"])
def test_a_code_that_is_not_cut_but_shifts_the_same_model_is_the_control(parts):
    control = painted.Painter()
    control.parts, control.needs = parts, ("base",)
    assert ranges_of(control, 16) == IN_EIGHT
    assert ranges_of(control, 3) == {"early": (0,), "middle": (1,), "late": (2,)}
    control.needs = ()
    assert ranges_of(control, 16) == {}


def test_a_band_for_each_range_is_perfect():
    found = scored()
    assert found == dict.fromkeys(RANGE_SCORES, 1.0) | {DISTINCT: 3.0}
    assert ranges_serving(found, painted.oracle()) == {"upper": "early", "middle": "middle", "lower": "late"}
    assert {name for name in RANGE_SCORES if name != DISTINCT} == set(found.intervals)


def test_a_code_all_of_which_stands_in_one_range_is_told():
    late = painted.Painter()
    late.parts = [Part("all", (0, 1, 2), (700, 800)), Part("lower again", (2,), (800, 1000))]
    found = scored(late)
    assert (found["efficacy_ranges"], found[DISTINCT]) == (1, 1)
    assert found.reasons["faithfulness_ranges"] == "needs both efficacy and preservation"
    assert found.reasons["efficacy_ranges_early"] == NO_BLOCK


def test_a_rotated_code_is_faithful_in_no_range():
    rotation = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    assert scored(network((0,), (1,), (2,), basis=rotation))["faithfulness_ranges"] < 0.9


def test_a_method_that_ignores_its_code_brings_nothing():
    found = scored(network((0,), (1,), (2,), deaf=True))
    assert (found["efficacy_ranges"], found["preservation_ranges"], found["faithfulness_ranges"]) == (0, 1, 0)


def test_ranges_are_assigned_on_pairs_that_are_not_judged():
    """Two bands change places in the images of the second half: what served there serves no more."""
    session = painted.session(network((0,), (1,), (2,)))
    swaps, half = decode_swaps(session), session.judged
    session.codes["test"][session.b[half], :2] = session.codes["test"][session.a[half], :2]
    found = range_swaps(session, painted.oracle(), swaps)
    assert found["efficacy_ranges_early"] < 0.5
    assert found["efficacy_ranges_late"] > 0.9
    assert found[DISTINCT] == 3


@pytest.mark.parametrize(
    ("by", "known", "reason"),
    [
        (painted.Painter(), painted.oracle(), NO_TIMES),
        (network((0,), (1, 2)), painted.blind_oracle(), painted.blind_oracle().silence),
    ],
    ids=["no times", "no oracle"],
)
def test_what_cannot_be_scored_says_why(by, known, reason):
    found = scored(by, known)
    assert found.reasons == dict.fromkeys(RANGE_SCORES, reason)
    assert ranges_serving(found, known) == {}


def test_every_number_is_there_whatever_is_missing():
    assert sorted(scored(network((0,), (1, 2)))) == sorted(RANGE_SCORES)
