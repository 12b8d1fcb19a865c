"""A row of the catalogue, and a family of rows."""

import pytest

from diffrep.metrics.facts.number import Number
from diffrep.metrics.facts.sample import Sample, one_factor

OWN = Number("factor_vae", "FactorVAE", "tests", "up", 3, "0 to 1", "1 / number of factors", "", chance_of=one_factor)
FAMILY = Number("loss_{factor}_t{t}", "loss of {factor} at {t}", "tests", "down", 3, "0 to 1", "0.5", "Of {factor}.")


@pytest.mark.parametrize(("better", "heading"), [("up", "MIG ↑"), ("down", "MIG ↓"), ("", "MIG")])
def test_a_heading_says_which_way_is_better(better, heading):
    assert Number("mig", "MIG", "tests", better, 3, "", "", "").heading == heading


def test_chance_is_computed_where_that_can_be():
    assert OWN.chance_on(Sample(10, 5, 2, values=(2, 2, 2))) == "0.333"
    assert OWN.chance_on(Sample(10, 5, 2, values=())) == ""
    assert FAMILY.chance_on(Sample(10, 5, 2, values=())) == "0.5"


def test_a_family_fills_in_its_rows():
    row = FAMILY.filled("loss_floor_hue_t199")
    assert (row.name, row.title, row.meaning) == ("loss_floor_hue_t199", "loss of floor_hue at 199", "Of floor_hue.")


@pytest.mark.parametrize("name", ["loss_floor_hue", "loss_floor_hue_tx", "loss__t5x", "my_loss_scale_t5", "loss_t5"])
def test_others_are_not_of_the_family(name):
    assert FAMILY.filled(name) is None
