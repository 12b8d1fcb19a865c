"""What edits bring along that went with a factor in training: nothing of known clean ones, all of known mixed ones."""

from types import SimpleNamespace

import numpy as np
import painted
import pytest
import torch

from diffrep.metrics.catalogue import number
from diffrep.pipelines.edits.carry_over import UNJUDGED, carry_over, carry_over_names, conflicts
from diffrep.pipelines.edits.protocol import score_names
from diffrep.pipelines.edits.steering import steering
from diffrep.pipelines.trained.pairings import pairings
from diffrep.pipelines.trained.renderer import NO_TRUTH

NAMES = ["carry_over_edit", "carry_over_wanted", "carry_over_edit_upper_middle"]


def correlated():
    """The painted pictures; in training the middle band is often that above it."""
    known, rng = painted.data(), np.random.default_rng(1)
    seen = np.concatenate([known.splits[split] for split in ("train", "valid")])
    same = seen[rng.random(len(seen)) < 0.5]
    known.factors[same, 1] = known.factors[same, 0]
    known.images = painted.painted(painted.levels(known.factors, painted.nuisance_of(known.factors)))
    known.card["joint"] = {"pairs": [{"factors": ["upper", "middle"], "asked": 0.5}], "held_out": []}
    return known


class Mixed(painted.Painter):
    """Tells of the two upper bands the first alone, and paints both from it."""

    def encode(self, images):
        return {"z": self.bands(images)[:, [0, 2]]}

    def decode(self, codes, start, *, steps):
        return painted.as_images(torch.cat([codes[:, [0, 0, 1]], self.bands(start)[:, 3:]], dim=1))


def scored(network, known=None, oracle=None, scene=painted.SCENE):
    network.parts = []
    session, oracle = painted.session(network, known=known or correlated()), oracle or painted.oracle()
    return carry_over(session, oracle, scene, steering(session, oracle))


def test_a_code_that_is_the_factors_brings_nothing_along():
    found = scored(painted.Painter())
    assert list(found) == NAMES
    assert found["carry_over_edit"] == 0
    assert found["carry_over_wanted"] > 0.9
    assert set(found.arrays["carry_over_wanted"]) <= {0, 1}


def test_a_decoder_that_paints_both_from_one_brings_everything_along():
    found = scored(Mixed())
    upper = found.arrays["carry_over_factor"] == 0
    assert found.arrays["carry_over"][upper].mean() == 1
    assert found["carry_over_edit"] > 0.5
    assert found.intervals["carry_over_edit"][0] > 0.3


def test_a_code_that_is_ignored_brings_nothing_along():
    found = scored(painted.Painter(deaf=True))
    assert found["carry_over_edit"] == found["carry_over_wanted"] == 0


def test_the_factors_that_a_code_lacks_do_not_arrive():
    """Both factors count the same, however many cases each has."""
    found = scored(Mixed())
    upper, arrived = found.arrays["carry_over_factor"] == 0, found.arrays["carry_over_wanted"]
    assert arrived[upper].mean() > 0.9
    assert arrived[~upper].mean() < 0.5
    assert found["carry_over_wanted"] == pytest.approx((arrived[upper].mean() + arrived[~upper].mean()) / 2)


def test_a_decode_that_shows_the_wanted_value_unedited_is_no_case():
    """This decoder paints the middle band as the lower one, which often has the value that the middle shall have."""

    class Astray(Mixed):
        def decode(self, codes, start, *, steps):
            return painted.as_images(torch.cat([codes[:, [0, 1, 1]], self.bands(start)[:, 3:]], dim=1))

    network, oracle = Astray(), painted.oracle()
    network.parts = []
    session = painted.session(network, known=correlated())
    cases = conflicts(session, oracle, pairings(session.data))
    read = oracle.read(session.original[cases.targets.pairs])
    assert (cases.targets.factor == 1).any()
    assert (read[np.arange(len(read)), cases.targets.factor] != cases.targets.wanted).all()
    assert (read[np.arange(len(read)), cases.partner] != cases.targets.wanted).all()


def test_what_true_counterfactuals_show_is_no_fault_of_the_edit():
    """A scene whose middle band follows the upper one: as often as the mixed decoder's."""

    def redrawn(factors, original):
        moved = factors.copy()
        moved[:, 1] = factors[:, 0]
        return painted.painted(painted.levels(moved, painted.nuisance_of(original)))

    found = scored(Mixed(), scene=SimpleNamespace(redrawn=redrawn))
    upper = found.arrays["carry_over_factor"] == 0
    assert found.arrays["carry_over"][upper].mean() == 0


def test_cases_are_judged_pairs_whose_source_does_not_show_the_partners_value():
    session, oracle = painted.session(known=correlated()), painted.oracle()
    cases = conflicts(session, oracle, pairings(session.data))
    targets = cases.targets
    assert set(targets.pairs) <= set(session.judged)
    shown = oracle.truth[session.a[targets.pairs], cases.partner]
    assert (shown != targets.wanted).all()
    assert (targets.source != targets.wanted).all()
    assert set(zip(targets.factor, cases.partner, strict=True)) == {(0, 1), (1, 0)}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"scene": None}, NO_TRUTH),
        ({"oracle": painted.oracle(0, 2)}, UNJUDGED),
        ({"oracle": painted.blind_oracle()}, painted.blind_oracle().silence),
    ],
    ids=["no truth", "one factor read", "none read"],
)
def test_what_cannot_be_judged_says_why(given, reason):
    assert scored(painted.Painter(), **given).reasons == dict.fromkeys(NAMES, reason)


def test_independent_factors_have_not_a_number_more():
    assert scored(painted.Painter(), known=painted.data()) == {}
    assert carry_over_names(painted.data()) == []


def test_they_are_among_the_numbers_of_the_stage(tmp_path):
    session = painted.session(known=correlated(), pairs=40)
    found = painted.evaluated(session, painted.oracle(), tmp_path)
    assert sorted(found) == sorted(score_names(session.settings, session.data))
    assert set(NAMES) <= set(found)
    assert all(number(name) for name in NAMES)
