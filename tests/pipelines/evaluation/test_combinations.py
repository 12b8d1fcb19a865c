"""Scores apart by what training has seen: the same probes and decodes, each part by itself, nothing without parts."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.metrics.measured import Measured, missing
from diffrep.metrics.probes.probe import Probed, probe_scores
from diffrep.pipelines.evaluation.combinations import errors_apart, held_out, probes_apart
from diffrep.pipelines.evaluation.probing import probe_codes

DRAWN = np.random.default_rng(0)
ROWS = DRAWN.permutation(900)
SPLITS = {"train": ROWS[:300], "valid": ROWS[300:600], "test": ROWS[600:]}
FACTORS = DRAWN.integers(0, 3, (900, 2))
KNOWN = np.stack([FACTORS[:, 0] == 0, FACTORS[:, 1] == 1, DRAWN.random(900) < 0.4], axis=1).astype(np.uint8)
CODES = {split: KNOWN[rows] + DRAWN.normal(size=(300, 3)) for split, rows in SPLITS.items()}
CARD = {"attribute_groups": ["one", "one", "two"], "factor_names": ["hue", "shape"]}
HELD = {"joint": {"pairs": [], "held_out": [{"hue": 0, "shape": 1}, {"shape": 2}]}}


def data(card=HELD) -> SimpleNamespace:
    return SimpleNamespace(attributes=KNOWN, factors=FACTORS, targets=None, splits=SPLITS, card=CARD | card)


def logits(seeds=2) -> Probed:
    drawn = np.random.default_rng(1).normal(size=(2, seeds, 300, 3)) + KNOWN[SPLITS["test"]]
    return Probed(drawn[0], drawn[1], np.ones(seeds, int))


def apart(held) -> Measured:
    return probes_apart(logits(), KNOWN[SPLITS["valid"]], KNOWN[SPLITS["test"]], held)


def test_held_out_rows_are_those_that_show_a_combination_whole():
    hue, shape = FACTORS[SPLITS["test"]].T
    np.testing.assert_array_equal(held_out(data(), SPLITS["test"]), ((hue == 0) & (shape == 1)) | (shape == 2))


@pytest.mark.parametrize("card", [{}, {"joint": {"pairs": [], "held_out": []}}])
def test_where_nothing_is_held_out_there_is_not_a_number_more(card):
    assert held_out(data(card), SPLITS["test"]) is None
    assert apart(None) == errors_apart(Measured({"mse_random_start": 1}), None) == {}
    found = probe_codes(CODES, data(card), SimpleNamespace(steps=3, seeds=1), 0)
    assert not [name for name in found if "seen" in name or "held" in name or "both" in name]


def test_each_part_has_the_scores_of_its_own_rows():
    held = np.arange(300) % 3 == 0
    found = apart(held)
    for part, rows in (("seen", ~held), ("held_out", held)):
        own = logits()._replace(test_logits=logits().test_logits[:, rows])
        expected = probe_scores(own, KNOWN[SPLITS["valid"]], KNOWN[SPLITS["test"]][rows])
        for name in ("average_precision", "ap_lift", "auroc", "f1", "prevalence"):
            assert found[f"{part}_{name}"] == pytest.approx(expected[name])
    assert (found["n_seen"], found["n_held_out"], found["attributes_in_both"]) == (200, 100, 3)
    assert {name for name in found if not name.startswith("n_")} <= set(CATALOGUE)


def test_an_attribute_that_one_part_has_or_lacks_throughout_is_in_neither_mean():
    """All that is held out has the second factor's value, so that its attribute says nothing there."""
    held = FACTORS[SPLITS["test"], 1] == 1
    found = apart(held)
    assert found["attributes_in_both"] == 2
    rows = logits()._replace(
        test_logits=logits().test_logits[:, ~held][..., [0, 2]], valid_logits=logits().valid_logits[..., [0, 2]]
    )
    known = KNOWN[:, [0, 2]]
    expected = probe_scores(rows, known[SPLITS["valid"]], known[SPLITS["test"]][~held])
    assert found["seen_average_precision"] == pytest.approx(expected["average_precision"])


@pytest.mark.parametrize("held", [np.zeros(300, bool), np.ones(300, bool)])
def test_one_part_alone_is_no_comparison(held):
    found = apart(held)
    assert np.isnan(found["seen_average_precision"])
    assert "held out" in found.reasons["held_out_f1"]


def test_errors_are_means_over_the_images_of_each_part():
    errors = np.array([1.0, 2.0, 3.0, 6.0])
    measured = Measured({"mse_random_start": 3.0, "ssim_random_start": 0.5}, arrays={"mse_random_start": errors})
    held = np.array([False, True, False, True])
    assert errors_apart(measured, held) == {"seen_mse_random_start": 2.0, "held_out_mse_random_start": 4.0}
    assert errors_apart(measured, ~held & held).reasons == {
        "held_out_mse_random_start": "no test image here shows a combination that is held out, or all do"
    }


def test_what_does_not_decode_says_so_of_both_parts():
    found = errors_apart(missing(["mse_random_start"], "not applicable: it has no decoder"), np.array([True, False]))
    assert set(found.reasons.values()) == {"not applicable: it has no decoder"}
    assert list(found) == ["seen_mse_random_start", "held_out_mse_random_start"]


def test_probing_scores_both_parts_of_the_test_images():
    found = probe_codes(CODES, data(), SimpleNamespace(steps=40, seeds=1), 0)
    assert found["n_seen"] + found["n_held_out"] == found["n_test"] == 300
    assert found["n_held_out"] == held_out(data(), SPLITS["test"]).sum()
    assert 0 < found["seen_average_precision"] <= 1
