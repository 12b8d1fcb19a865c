"""The whole of the stage's scores, on methods and a judge all of whose answers are known."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import painted
import pytest
from matplotlib.image import imread

from diffrep.metrics.images import effnet_lite0
from diffrep.pipelines.commands import counterfactual
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.results import Result

ROTATION = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
METHODS = {"aligned": {}, "rotated": {"basis": ROTATION}, "deaf": {"deaf": True}}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """What the stage finds of each method: its result, arrays and folder of pictures."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        for name, given in METHODS.items():
            folder = tmp_path_factory.mktemp(name)
            np.savez(folder / "real.npz")
            patch.setattr(paths, "oracle", lambda dataset, folder=folder: folder)
            cell, filled = painted.cell(painted.Painter(**given)), Result()
            cell.decoder.shown.done = 0
            arrays = counterfactual.evaluate(
                filled,
                cell,
                painted.asked(),
                painted.Painted(painted.nuisance_of),
                "painted",
                lambda kind="", folder=folder: folder / f"0-{kind}.png",
            )
            found[name] = SimpleNamespace(filled=filled, arrays=arrays, folder=folder, cell=cell)
    return found


def scores(found, *names):
    return [found.filled[name] for name in names]


def test_one_dimension_for_each_band_is_perfect(judged):
    found = judged["aligned"]
    assert scores(found, "efficacy", "preservation", "faithfulness", "cf_gap", "noise_floor") == [1, 1, 1, 1, 0]
    assert scores(found, "exact_mse", "exact_mse_changed", "exact_gain", "exact_spill") == [0, 0, 1, 0]
    assert scores(found, "efficacy_top", "preservation_top", "exact_gain_top") == [1, 1, 1]
    assert scores(found, "monotonicity", "monotonicity_code") == [1, 1]


def test_a_rotated_code_swaps_badly_and_steers_well(judged):
    found = judged["rotated"].filled
    assert found["preservation"] < 0.95
    assert found["exact_spill"] > 10 * found["exact_spill_direction"]
    assert found["exact_gain_direction"] == pytest.approx(judged["aligned"].filled["exact_gain_direction"], abs=0.02)
    assert found["exact_mse_reachable"] == pytest.approx(0, abs=1e-4)


def test_a_method_that_ignores_its_code_is_told_by_every_score(judged):
    found = judged["deaf"].filled
    for suffix in ("", *counterfactual.SUFFIXES):
        assert found[f"efficacy{suffix}"] == 0
        assert found[f"preservation{suffix}"] == 1
        assert found[f"exact_gain{suffix}"] == 0
        assert found[f"exact_spill{suffix}"] == 0
    assert found["edit_mse"] == 0
    assert found["monotonicity"] != found["monotonicity"]
    assert found["notes"]["oracle_fails"].count("(0.2") == 3


def test_the_truth_keeps_what_no_factor_tells(judged):
    """The null edit is wrong where the band had to change, by as much as the bands differ, and nowhere else."""
    found, cell = judged["aligned"], judged["aligned"].cell
    pairs, factor = found.arrays["exact_pair"], found.arrays["exact_factor"]
    values = [cell.data.factors[cell.rows(side[pairs]), factor] for side in (cell.a, cell.b)]
    expected = ((values[0] - values[1]) * painted.STEP / 2) ** 2  # levels in [0, 1]
    np.testing.assert_allclose(found.arrays["exact_mse_changed_null"], expected, rtol=0.05)  # levels are rounded
    assert not found.arrays["exact_mse_stayed_null"].any()


def test_numbers_are_of_the_second_half_of_the_pairs(judged):
    assert judged["aligned"].arrays["exact_pair"].min() == painted.SETTINGS["pairs"] // 2


def test_every_interval_holds_its_value(judged):
    for found in judged.values():
        for name, (low, high) in found.filled["intervals"].items():
            assert low - 1e-9 <= found.filled[name] <= high + 1e-9, name


def test_what_can_be_resampled_has_an_interval(judged):
    have = set(judged["rotated"].filled["intervals"])
    kinds = ("", *counterfactual.SUFFIXES)
    assert {f"{name}{kind}" for kind in kinds for name in ("efficacy", "preservation", "exact_gain")} <= have
    assert {"composition_10", "edit_mse", "exact_mse_reachable"} <= have


def test_null_edits_of_an_exact_decoder_drift_nowhere(judged):
    assert scores(judged["aligned"], "composition_1", "composition_10") == [0, 0]


def test_every_name_of_the_stage_is_filled(judged):
    assert set(counterfactual.EVERYTHING) <= set(judged["aligned"].filled)


def test_distances_without_weights_say_so(judged):
    found = judged["aligned"].filled
    for name in ("cf_fid", "delta_kid", "cf_fd_effnet_lite0"):
        assert found[name] is None
        assert found["reasons"][name] == effnet_lite0.MISSING


def test_about_as_much_is_decoded_as_was_planned(judged):
    cell = judged["aligned"].cell
    plan = counterfactual.planned(cell.settings, len(cell.parts), True, True)
    before = 2 * cell.settings.images  # starts and null decodes
    assert judged["aligned"].cell.decoder.shown.done + before == pytest.approx(plan, rel=0.03)


@pytest.mark.parametrize("kind", ["", "exact", "direction", "interpolation", "blocks"])
def test_a_picture_has_its_rows_and_columns_named(judged, kind):
    path = judged["aligned"].folder / f"0-{kind}.png"
    names = json.loads(path.with_suffix(".rows.json").read_text())
    height, width = imread(path).shape[:2]
    tile = 2 * (painted.SIDE + 2)
    assert height == len(names["rows"]) * tile - 4
    if kind:
        assert width == len(names["columns"]) * tile - 4
        assert names["caption"].endswith(".")


def test_the_edit_that_is_right_shows_no_difference(judged):
    names = json.loads((judged["aligned"].folder / "0-exact.rows.json").read_text())["rows"]
    tile = 2 * (painted.SIDE + 2)
    pixels = imread(judged["aligned"].folder / "0-exact.png")[..., :3]
    strip = lambda name: pixels[names.index(name) * tile :][: tile - 4, : tile - 4]  # noqa: E731
    assert not strip("difference to the truth").any()
    np.testing.assert_array_equal(strip("true counterfactual"), strip("edit, decoded"))
    assert strip("what had to change").any()


def asked_of(*bands):
    """The perfect judge, asked of these bands only."""
    whole, kept = painted.asked(), np.array(bands, int)
    names = [whole.names[k] for k in bands]
    return dataclasses.replace(whole, kept=kept, names=names, accuracy=np.ones(len(bands)), truth=whole.truth[:, kept])


@pytest.mark.parametrize("deaf", [False, True])
@pytest.mark.parametrize(
    ("bands", "changed"),
    [
        pytest.param((0, 1, 2), {"pairs": 2, "images": 3, "interpolated": 1, "composed": 5}, id="hardly any pairs"),
        pytest.param((1,), {"pairs": 40}, id="one judged factor"),
        pytest.param((), {"pairs": 40}, id="no judged factor"),
    ],
)
def test_what_cannot_be_scored_is_filled_in_with_its_reason(tmp_path, monkeypatch, bands, changed, deaf):
    np.savez(tmp_path / "real.npz")
    monkeypatch.setattr(paths, "oracle", lambda dataset: tmp_path)
    filled, picture = Result(), lambda kind="": tmp_path / f"0-{kind}.png"
    cell, redrawn = painted.cell(painted.Painter(deaf=deaf), **changed), painted.Painted(painted.nuisance_of)
    counterfactual.evaluate(filled, cell, asked_of(*bands), redrawn, "painted", picture)
    assert set(counterfactual.EVERYTHING) <= set(filled)
    unknown = [name for name, value in filled.items() if value is None or value != value]
    assert set(unknown) <= set(filled["reasons"])
    if len(bands) == 1:
        assert "no second factor" in filled["reasons"]["preservation_top"]
