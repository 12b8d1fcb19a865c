"""Edits along probes on painted bands: which cases they are of, how long the step is, what their dimensions are."""

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.steering import (
    Cases,
    NamedEdits,
    cases_of,
    fill_shifts,
    fit_probes,
    least_for_half,
    named_edits,
    steps_of,
    top_swaps,
)


@pytest.mark.parametrize(
    ("shares", "strength"),
    [
        pytest.param({0.5: 0.1, 1.0: 0.5, 2.0: 0.9}, 1.0, id="the least that is enough"),
        pytest.param({0.5: 0.1, 1.0: 0.4, 2.0: 0.2}, 1.0, id="the most there is, and then it overshoots"),
        pytest.param({0.5: 0.0, 1.0: 0.0}, 0.5, id="nothing ever happens"),
    ],
)
def test_the_strength_flips_half_or_as_many_as_can_be(shares, strength):
    assert least_for_half(shares) == strength


def test_a_case_is_a_factor_in_which_its_pair_differs():
    cell, asked = painted.cell(), painted.asked()
    cases = cases_of(cell, asked, cell.judged)
    factors = cell.data.factors
    np.testing.assert_array_equal(factors[cell.rows(cell.a[cases.pairs]), cases.factor], cases.source)
    np.testing.assert_array_equal(factors[cell.rows(cell.b[cases.pairs]), cases.factor], cases.wanted)
    assert (cases.source != cases.wanted).all()
    assert np.bincount(cases.factor).min() > 5


def test_a_whole_step_goes_from_one_value_to_the_other():
    """Codes are the bands' levels and probes find them: half a step is half the way, near or far."""
    cell, asked = painted.cell(), painted.asked()
    cases = cases_of(cell, asked, cell.judged)
    way = steps_of(fit_probes(cell, asked), cases, None) * cell.codes["train"].std(0)
    rows = np.arange(len(way))
    expected = (cases.wanted - cases.source) * painted.STEP
    np.testing.assert_allclose(way[rows, cases.factor], expected, rtol=0.15)
    way[rows, cases.factor] = 0
    assert np.abs(way).max() < 0.1


def test_the_top_dimension_of_a_band_is_its_own():
    cell, asked = painted.cell(), painted.asked()
    cases = cases_of(cell, asked, cell.judged)
    moved = top_swaps(cell, fit_probes(cell, asked), cases) != cell.source_codes(cases.pairs)
    assert moved.any(1).all()
    assert (moved.argmax(1) == cases.factor).all()
    assert moved.sum() == len(moved)


def test_sources_are_left_as_they_were():
    cell, asked = painted.cell(), painted.asked()
    before = cell.codes["test"].copy()
    list(named_edits(cell, asked))
    np.testing.assert_array_equal(cell.codes["test"], before)


def test_a_learned_mask_is_one_more_kind():
    kinds = [edits.suffix for edits in named_edits(painted.cell(mask_dims=1), painted.asked())]
    assert kinds == ["_top", "_direction", "_direction_top", "_direction_mask"]


class TwoBands:
    """Asked of the first two bands, whether they are bright: log-odds are their levels."""

    binary = True
    counted = None
    truth = painted.asked().truth

    def presence(self, images):
        return painted.Painter().bands(images).numpy()[:, :2]


def test_shifts_are_in_deviations_of_real_images_and_towards_what_is_wanted():
    cell, asked, filled = painted.cell(), TwoBands(), Result()
    pairs = cell.judged
    cases = Cases(pairs, np.zeros(len(pairs), int), np.zeros(len(pairs), int), np.ones(len(pairs), int))
    codes = cell.source_codes(pairs)
    deviation = asked.presence(image_tensor(cell.images(np.arange(len(asked.truth))))).std(0)
    codes[:, 0] += 0.5 * deviation[0]
    codes[:, 1] -= 0.25 * deviation[1]
    fill_shifts(filled, cell, asked, NamedEdits("_direction", cases, cell.decode(codes, pairs)))
    assert filled["logit_shift_direction"] == pytest.approx(0.5, abs=0.01)
    assert filled["logit_shift_others_direction"] == pytest.approx(0.25, abs=0.01)


def test_factors_of_many_values_have_no_shift():
    cell, asked, filled = painted.cell(), painted.asked(), Result()
    cases = cases_of(cell, asked, cell.judged)
    fill_shifts(filled, cell, asked, NamedEdits("_top", cases, cell.original[cases.pairs]))
    assert filled["logit_shift_top"] is None
    assert "more than two values" in filled["reasons"]["logit_shift_others_top"]
