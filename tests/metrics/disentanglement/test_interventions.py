"""Batches with one factor held, from a pool of rows."""

import numpy as np
import pytest

from diffrep.metrics.disentanglement import interventions
from diffrep.metrics.disentanglement.interventions import gathered, rows_that_agree

GENERATOR = np.random.default_rng(0)
FACTORS = GENERATOR.integers(0, [3, 7], size=(300, 2))
HELD = GENERATOR.integers(2, size=400)
POSITION = GENERATOR.random((400, 50))


@pytest.mark.parametrize("places", [1, 50])
def test_rows_have_the_held_value_of_their_example(places):
    examples = GENERATOR.integers(300, size=(400, places))
    rows = rows_that_agree(FACTORS, HELD, examples, POSITION)
    assert (FACTORS[rows, HELD[:, None]] == FACTORS[examples, HELD[:, None]]).all()


def test_rows_of_a_value_are_drawn_uniformly():
    rows = rows_that_agree(FACTORS, np.zeros(400, int), np.zeros((400, 1), int), POSITION)
    alike = FACTORS[:, 0] == FACTORS[0, 0]
    counts = np.bincount(rows.ravel(), minlength=300)
    assert not counts[~alike].any()
    assert counts[alike] == pytest.approx(20_000 / alike.sum(), rel=0.3)


def test_any_labels_will_do():
    examples = GENERATOR.integers(300, size=(400, 1))
    renamed = FACTORS * 1000 - 7
    assert np.array_equal(
        rows_that_agree(renamed, HELD, examples, POSITION), rows_that_agree(FACTORS, HELD, examples, POSITION)
    )


def test_parts_are_the_whole_and_bounded(monkeypatch):
    monkeypatch.setattr(interventions, "CHUNK", 1000)
    codes, rows = GENERATOR.normal(size=(300, 4)), GENERATOR.integers(300, size=(37, 50))
    parts = list(gathered(codes, rows))
    assert max(part.size for part in parts) <= 1000
    assert np.array_equal(np.concatenate(parts), codes[rows])
