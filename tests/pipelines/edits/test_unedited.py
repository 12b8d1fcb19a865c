"""The source handed back: nothing of the change is made, nothing is broken, on the pairs of every method."""

import numpy as np
import painted

from diffrep.pipelines.edits.scenes import all_scenes
from diffrep.pipelines.edits.unedited import unedited_errors


def test_the_source_makes_nothing_and_breaks_nothing():
    found = unedited_errors(painted.data(), painted.SCENE, painted.SETTINGS, painted.SEED)
    assert (found["exact_gain"], found["exact_spill"], found["exact_mse_stayed"]) == (0, 0, 0)
    assert found["exact_mse_changed"] > 0
    assert found["n_pairs"] == painted.SETTINGS.pairs


def test_cases_are_those_of_every_methods_judged_pairs():
    found = unedited_errors(painted.data(), painted.SCENE, painted.SETTINGS, painted.SEED)
    session = painted.session()
    known = all_scenes(session, painted.SCENE, session.judged)
    np.testing.assert_array_equal(found.arrays["exact_factor"], known.factor)
    np.testing.assert_array_equal(found.arrays["exact_pair"] + session.judged[0], known.pairs)
