"""What the judge may be asked, and when it is not to be trusted."""

import numpy as np
import painted
import pytest
import torch

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.edits.oracle import Judge


def test_log_odds_are_differences_of_logits():
    cell, asked = painted.cell(), painted.asked()
    images = image_tensor(cell.images(cell.a[:9]))
    a, b = asked.truth[cell.a[:9]], asked.truth[cell.b[:9]]
    odds = asked.log_odds(images, b, a)
    assert odds.shape == (9, 3)
    np.testing.assert_allclose(odds, -np.abs(a - b) * painted.STEP, atol=0.01)


def test_a_judge_that_reads_decodes_does_not_fail():
    asked = painted.asked()
    assert asked.fails_on(asked.truth[:50], asked.truth[:50]) == ""


def test_a_judge_that_guesses_fails_and_the_factor_is_named():
    asked = painted.asked()
    readings = asked.truth[:50].copy()
    readings[:, 1] = np.roll(readings[:, 1], 1)
    told = asked.fails_on(readings, asked.truth[:50])
    assert told.startswith("middle (0.")
    assert "upper" not in told


@pytest.mark.parametrize("batch_size", [2, 7, 100])
def test_logits_do_not_depend_on_the_batch_and_are_read_by_the_largest(batch_size):
    torch.manual_seed(0)
    judge, images = Judge((3, 16, 16), [4, 2], [8, 8]).eval(), torch.rand(7, 3, 16, 16)
    logits = judge.logits(images, batch_size)
    assert [x.shape for x in logits] == [(7, 4), (7, 2)]
    np.testing.assert_allclose(logits[0], judge.logits(images)[0], atol=1e-5)
    np.testing.assert_array_equal(judge.read(images, batch_size)[:, 0], logits[0].argmax(1))
