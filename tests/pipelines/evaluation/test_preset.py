"""A preset means the same in params.yaml and in `diffrep score`."""

from pathlib import Path

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import load
from diffrep.pipelines.evaluation.preset import expect_preset, stands_for

ROOT = Path(__file__).parents[3]
EVALUATE = load(ROOT).evaluate


def test_the_committed_settings_are_those_of_their_preset():
    assert EVALUATE.preset == "quick"
    expect_preset(EVALUATE)


def test_presets_stand_for_rows_votes_rounds_and_probes():
    assert stands_for("quick") == {
        "disentangle.train": 3_000,
        "disentangle.test": 1_500,
        "disentangle.votes_train": 2_000,
        "disentangle.votes_test": 1_000,
        "disentangle.rounds": 50,
        "probe.steps": 5_000,
        "probe.seeds": 2,
    }
    assert stands_for("standard") == {
        "disentangle.train": 10_000,
        "disentangle.test": 5_000,
        "disentangle.votes_train": 10_000,
        "disentangle.votes_test": 5_000,
        "disentangle.rounds": 100,
        "probe.steps": 5_000,
        "probe.seeds": 3,
    }
    assert stands_for("mine") == {}


@pytest.mark.parametrize("key", stands_for("quick"))
def test_other_settings_have_to_stand_under_another_name(key):
    section, _, name = key.partition(".")
    changed = getattr(EVALUATE, section).model_copy(update={name: 7})
    mine = EVALUATE.model_copy(update={section: changed})
    with pytest.raises(UserError, match=rf"evaluate\.{key} is 7, but preset 'quick' means .*: give evaluate\.preset a"):
        expect_preset(mine)
    expect_preset(mine.model_copy(update={"preset": "mine"}))
