"""The table of the kinds of edit: every name once, every kind with all that is measured of it."""

import numpy as np
import painted
import pytest

from diffrep.metrics.catalogue import OTHER_EDITS
from diffrep.metrics.measured import Measured
from diffrep.pipelines.edits.kinds import DIRECTION_MASK, EDIT_KINDS, SWAP, TOP_SWAP, edit_kinds, targeted_kinds
from diffrep.pipelines.edits.steering import steering
from diffrep.pipelines.edits.targeted_scores import targeted_scores


def test_names_and_suffixes_stand_for_one_kind_each():
    for column in ("name", "suffix", "words"):
        assert len({getattr(kind, column) for kind in EDIT_KINDS}) == len(EDIT_KINDS)


def test_no_name_of_one_kind_is_one_of_another():
    names = [name for kind in EDIT_KINDS for name in (*kind.oracle_names, *kind.truth_names)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("mask_dims", "made"), [(0, False), (2, True)])
def test_a_learned_mask_is_made_where_it_is_asked_for(mask_dims, made):
    settings = painted.SETTINGS.model_copy(update={"mask_dims": mask_dims})
    assert (DIRECTION_MASK in edit_kinds(settings)) == made
    assert SWAP not in targeted_kinds(settings)


@pytest.mark.parametrize("kind", [kind for kind in EDIT_KINDS if kind.make], ids=lambda kind: kind.name)
def test_a_kind_has_the_scores_that_the_table_says(kind):
    session, oracle = painted.session(mask_dims=1), painted.oracle()
    found = targeted_scores(session, oracle, kind.make(steering(session, oracle)))
    assert sorted(kind.named(found)) == sorted(kind.oracle_names)


def test_all_that_a_number_brings_along_is_renamed_with_it():
    given = Measured(
        {"gain": np.nan, "spill": 0.5},
        reasons={"gain": "why"},
        arrays={"gain": np.ones(1)},
        intervals={"spill": (0, 1)},
    )
    found = TOP_SWAP.named(given)
    assert set(found) == {"gain_top", "spill_top"}
    assert (found.reasons, found.intervals) == ({"gain_top": "why"}, {"spill_top": (0, 1)})
    assert list(found.arrays) == ["gain_top"]


def test_every_kind_has_its_rows_in_the_catalogue():
    assert {kind.suffix for kind in EDIT_KINDS} == {"", *OTHER_EDITS}
