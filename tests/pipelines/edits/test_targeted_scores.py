"""What the oracle says of edits that name their target: on perfect edits, on none, and in which unit logits move."""

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.edits.steering import TargetedEdits
from diffrep.pipelines.edits.targeted_scores import (
    LOGIT_SHIFTS,
    STEP_SCORES,
    TARGETED_SCORES,
    logit_shifts,
    targeted_scores,
)
from diffrep.pipelines.edits.targets import Targets, oracle_targets


@pytest.fixture(scope="module")
def session():
    return painted.session()


@pytest.fixture(scope="module")
def targets(session):
    return oracle_targets(session, painted.oracle(), session.judged)


def test_an_edit_that_arrives_and_changes_nothing_else_is_perfect(session, targets):
    codes = session.source_codes(targets.pairs)
    rows = np.arange(len(codes))
    codes[rows, targets.factor] = session.donor_codes(targets.pairs)[rows, targets.factor]
    found = targeted_scores(session, painted.oracle(), TargetedEdits(targets, session.decode(codes, targets.pairs)))
    assert [found[name] for name in TARGETED_SCORES] == [1, 1, 1]
    assert found.intervals["efficacy"] == (1, 1)
    assert set(found) == {*TARGETED_SCORES, *LOGIT_SHIFTS}


def test_a_null_edit_keeps_everything_and_arrives_nowhere(session, targets):
    edits = TargetedEdits(targets, session.original[targets.pairs], 2.0, 0.25)
    found = targeted_scores(session, painted.oracle(), edits)
    assert [found[name] for name in TARGETED_SCORES] == [0, 1, 0]
    assert [found[name] for name in STEP_SCORES] == [2.0, 0.25]


def test_of_one_factor_alone_nothing_else_can_be_preserved(session):
    oracle = painted.oracle(1)
    own = oracle_targets(session, oracle, session.judged)
    found = targeted_scores(session, oracle, TargetedEdits(own, session.original[own.pairs]))
    assert "no second factor" in found.reasons["preservation"]


class TwoBands:
    """Asked of the first two bands, whether they are bright: log-odds are their levels."""

    binary = True
    counted = None
    truth = painted.oracle().truth

    def presence(self, images):
        return painted.Painter().bands(images).numpy()[:, :2]


@pytest.mark.parametrize(("wanted", "sign"), [(1, 1), (0, -1)])
def test_shifts_are_in_deviations_of_real_images_and_towards_what_is_wanted(session, wanted, sign):
    oracle, pairs = TwoBands(), session.judged
    targets = Targets(pairs, np.zeros(len(pairs), int), np.full(len(pairs), 1 - wanted), np.full(len(pairs), wanted))
    codes = session.source_codes(pairs)
    deviation = oracle.presence(image_tensor(session.images(np.arange(len(oracle.truth))))).std(0)
    codes[:, 0] += 0.5 * deviation[0]
    codes[:, 1] -= 0.25 * deviation[1]
    found = logit_shifts(session, oracle, TargetedEdits(targets, session.decode(codes, pairs)))
    assert found["logit_shift"] == pytest.approx(sign * 0.5, abs=0.01)
    assert found["logit_shift_others"] == pytest.approx(0.25, abs=0.01)


def test_factors_of_many_values_have_no_shift(session, targets):
    found = logit_shifts(session, painted.oracle(), TargetedEdits(targets, session.original[targets.pairs]))
    assert set(found) == set(LOGIT_SHIFTS)
    assert "more than two values" in found.reasons["logit_shift_others"]
