"""The whole protocol, on methods and an oracle all of whose answers are known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import painted
import pytest

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.measured import missing
from diffrep.pipelines.edits import factor_probes, intervals, protocol, realism
from diffrep.pipelines.edits.kinds import EDIT_KINDS, edit_kinds
from diffrep.pipelines.edits.protocol import evaluate, planned, score_names
from diffrep.pipelines.edits.swaps import decode_swaps

ROTATION = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
METHODS = {"aligned": {}, "rotated": {"basis": ROTATION}, "deaf": {"deaf": True}}
SUFFIXES = [kind.suffix for kind in edit_kinds(painted.SETTINGS)]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """What is found of each method: its numbers, and the session that they are of."""
    found = {}
    for name, given in METHODS.items():
        session = painted.session(painted.Painter(**given))
        session.decoder.shown.done = 0
        measured = painted.evaluated(session, painted.oracle(), tmp_path_factory.mktemp(name))
        found[name] = SimpleNamespace(measured=measured, session=session)
    return found


def scores(found, *names):
    return [found.measured[name] for name in names]


def test_one_dimension_for_each_band_is_perfect(judged):
    found = judged["aligned"]
    assert scores(found, "efficacy", "preservation", "faithfulness", "cf_gap", "noise_floor") == [1, 1, 1, 1, 0]
    assert scores(found, "exact_mse", "exact_mse_changed", "exact_gain", "exact_spill") == [0, 0, 1, 0]
    assert scores(found, "efficacy_top", "preservation_top", "exact_gain_top") == [1, 1, 1]
    assert scores(found, "monotonicity", "monotonicity_code") == [1, 1]


def test_a_rotated_code_swaps_badly_and_steers_well(judged):
    found = judged["rotated"].measured
    assert found["preservation"] < 0.95
    assert found["exact_spill"] > 10 * found["exact_spill_direction"]
    assert found["exact_gain_direction"] == pytest.approx(judged["aligned"].measured["exact_gain_direction"], abs=0.02)
    assert found["exact_mse_reachable"] == pytest.approx(0, abs=1e-4)


def test_a_method_that_ignores_its_code_is_told_by_every_score(judged):
    found = judged["deaf"].measured
    for suffix in SUFFIXES:
        assert found[f"efficacy{suffix}"] == 0
        assert found[f"preservation{suffix}"] == 1
        assert found[f"exact_gain{suffix}"] == 0
        assert found[f"exact_spill{suffix}"] == 0
    assert found["edit_mse"] == 0
    assert found["monotonicity"] != found["monotonicity"]
    assert len(painted.oracle().fails_on(found.arrays["agreement"])) == 3


def test_the_truth_keeps_what_no_factor_tells(judged):
    """The null edit is wrong where the band had to change, by as much as the bands differ, and nowhere else."""
    found, session = judged["aligned"].measured, judged["aligned"].session
    pairs, factor = found.arrays["exact_pair"], found.arrays["exact_factor"]
    values = [session.data.factors[session.rows(side[pairs]), factor] for side in (session.a, session.b)]
    expected = ((values[0] - values[1]) * painted.STEP / 2) ** 2  # levels in [0, 1]
    np.testing.assert_allclose(found.arrays["exact_mse_changed_null"], expected, rtol=0.05)  # levels are rounded
    assert not found.arrays["exact_mse_stayed_null"].any()


def test_numbers_are_of_the_second_half_of_the_pairs(judged):
    assert judged["aligned"].measured.arrays["exact_pair"].min() == painted.SETTINGS.pairs // 2


def test_every_factor_in_which_a_judged_pair_differs_is_a_case(judged):
    session = judged["aligned"].session
    a, b = (session.data.factors[session.rows(side[session.judged])] for side in (session.a, session.b))
    assert len(judged["aligned"].measured.arrays["exact_pair"]) == (a != b).sum()


def test_every_interval_holds_its_value(judged):
    for found in judged.values():
        for name, (low, high) in found.measured.intervals.items():
            assert low - 1e-9 <= found.measured[name] <= high + 1e-9, name


def test_what_can_be_resampled_has_an_interval(judged):
    have = set(judged["rotated"].measured.intervals)
    assert {f"{name}{kind}" for kind in SUFFIXES for name in ("efficacy", "preservation", "exact_gain")} <= have
    assert {"composition_10", "edit_mse", "exact_mse_reachable"} <= have


def test_null_edits_of_an_exact_decoder_drift_nowhere(judged):
    assert scores(judged["aligned"], "composition_1", "composition_10") == [0, 0]


def test_about_as_much_is_decoded_as_was_planned(judged):
    session = judged["aligned"].session
    plan = planned(session.settings, len(session.parts), True, True)
    before = 2 * session.settings.images  # starts and null decodes
    assert session.decoder.shown.done + before == pytest.approx(plan, rel=0.03)


@pytest.mark.parametrize(("deaf", "adds"), [(True, False), (False, True)])
def test_distances_are_of_swaps_and_what_they_add_beyond_the_null_edit(tmp_path, monkeypatch, deaf, adds):
    levels = lambda images: images.reshape(len(images), 4, -1).mean(2) / 255  # noqa: E731
    monkeypatch.setattr(realism, "extractors", lambda device: {"effnet_lite0": levels})
    session = painted.session(painted.Painter(deaf=deaf))
    reference = {"effnet_lite0": levels(session.data.images[:100])}
    measured = evaluate(session, painted.oracle(), None, reference, tmp_path)
    assert (measured["delta_fd_effnet_lite0"] != 0) == adds


WHATEVER = [
    pytest.param(lambda: painted.oracle(), {"pairs": 2, "images": 3, "interpolated": 1, "composed": 5}, id="few pairs"),
    pytest.param(lambda: painted.oracle(1), {"pairs": 16}, id="one judged factor"),
    pytest.param(painted.blind_oracle, {"pairs": 16}, id="no judged factor"),
    pytest.param(lambda: painted.oracle(), {"pairs": 16, "mask_dims": 1}, id="a learned mask"),
]


@pytest.mark.parametrize("scene", [None, painted.SCENE], ids=["no truth", "truth"])
@pytest.mark.parametrize("deaf", [False, True], ids=["", "deaf"])
@pytest.mark.parametrize(("by", "changed"), WHATEVER)
def test_whatever_happens_the_names_are_the_same(tmp_path, by, changed, deaf, scene):
    session = painted.session(painted.Painter(deaf=deaf), **changed)
    measured = painted.evaluated(session, by(), tmp_path, scene)
    assert sorted(measured) == sorted(score_names(session.settings, session.data))
    assert set(measured.reasons) == {name for name, value in measured.items() if np.isnan(value)}


def test_without_any_weights_they_are_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(effnet_lite0, "weights_installed", lambda: False)
    session = painted.session(pairs=16)
    measured = painted.evaluated(session, painted.oracle(), tmp_path)
    assert sorted(measured) == sorted(score_names(session.settings, session.data))
    assert measured.reasons["exact_pd_effnet_lite0_null_top"] == effnet_lite0.MISSING


def test_what_nobody_reads_is_told_by_the_truth_alone(tmp_path):
    measured = painted.evaluated(painted.session(pairs=16), painted.blind_oracle(), tmp_path)
    assert measured["exact_gain"] == 1
    assert measured.reasons["exact_gain_top"] == "not applicable: the oracle reads no factor with accuracy 0.98"


def test_no_name_is_given_twice():
    settings = painted.SETTINGS.model_copy(update={"mask_dims": 1})
    names = score_names(settings, painted.data())
    assert len(set(names)) == len(names)
    assert set(edit_kinds(settings)) == set(EDIT_KINDS)


def test_it_is_said_how_many_of_the_parts_were_tried(tmp_path):
    session = painted.session(painted.Painter(basis=np.eye(3)), pairs=16, random_parts=0)
    few = replace(session, parts=session.parts[:2])
    measured = painted.evaluated(few, painted.oracle(), tmp_path)
    assert scores(SimpleNamespace(measured=measured), "parts_tried", "parts") == [2, 3]


def test_realism_is_of_edits_beside_what_was_decoded_unedited(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(
        protocol, "realism", lambda *sets, seed, device: seen.extend(sets) or missing(realism.REALISM, "none")
    )
    session = painted.session(pairs=16)
    painted.evaluated(session, painted.oracle(), tmp_path)
    edited, unedited, _ = seen
    np.testing.assert_array_equal(edited, image_bytes(decode_swaps(session).drawn))
    np.testing.assert_array_equal(unedited, image_bytes(session.original[: len(edited)]))


class Noting(painted.Painter):
    """Notes the steps of everything that it draws or inverts."""

    def __init__(self):
        super().__init__()
        self.steps = {"decode": set(), "invert": set()}

    def decode(self, codes, start, *, steps):
        self.steps["decode"].add(steps)
        return super().decode(codes, start, steps=steps)

    def invert(self, images, codes, *, steps):
        self.steps["invert"].add(steps)
        return super().invert(images, codes, steps=steps)

    def denoise(self, noisy, timesteps, codes):
        return super().decode(codes, noisy, steps=1)


def test_everything_is_drawn_in_the_steps_of_decoding_and_inverted_in_its_own(tmp_path):
    network = Noting()
    session = painted.session(network, pairs=20, decode_steps=3, invert_steps=7)
    painted.evaluated(session, painted.oracle(), tmp_path)
    assert network.steps == {"decode": {3}, "invert": {7}}


def test_every_estimator_has_the_seed_of_the_session(tmp_path, monkeypatch):
    seeds = {}

    def noting(module, name):
        plain = getattr(module, name)

        def noted(*given, seed, **others):
            seeds.setdefault(name, set()).add(seed)
            return plain(*given, seed=seed, **others)

        monkeypatch.setattr(module, name, noted)

    for module, name in ((intervals, "row_intervals"), (factor_probes, "pro_mask"), (protocol, "realism")):
        noting(module, name)
    painted.evaluated(painted.session(pairs=16, mask_dims=1), painted.oracle(), tmp_path)
    assert seeds == {name: {painted.SEED} for name in ("row_intervals", "pro_mask", "realism")}
    assert painted.SEED
