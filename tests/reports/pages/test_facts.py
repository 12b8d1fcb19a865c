"""What was run and on which data, as texts."""

import pytest

from diffrep.reports.pages.facts import card_facts, plain, study_facts


def test_what_was_run(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, steps=4000, python="3.11")
    results_tree.share("base", steps=90)
    assert study_facts(results_tree.results, results_tree.study) == [
        ("Preset", "quick"),
        ("Training seeds", "0, 1, 2"),
        ("Optimiser steps", "4,000"),
        ("Optimiser steps, base model", "90"),
        *((f"Samples, {stage}", "8 test") for stage in ("train", "probe", "reconstruct")),
        ("Data checksum (sha256)", "ab12"),
        ("Suite commit", "c0ffee"),
        ("Versions", "python 3.11"),
    ]


def test_samples_are_whole_numbers_in_whichever_type_a_result_holds_them(results_tree):
    for method in ("alpha", "beta"):
        for seed in (0, 1, 2):
            results_tree.put(method, "probe", seed, n_test=5000.0)
    assert dict(study_facts(results_tree.results, results_tree.study))["Samples, probe"] == "5,000 test"


def test_what_differs_is_told_side_by_side(results_tree):
    results_tree.put("alpha", "train", 0, steps=20)
    assert dict(study_facts(results_tree.results, results_tree.study))["Optimiser steps"] == "20 / 40"


def test_what_the_card_says():
    card = {"source": "drawn", "counts": {"train": 8}, "image_shape": [3, 32, 32], "attribute_groups": ["a", "b", "a"]}
    assert card_facts(card | {"factor_names": ["hue"], "factor_sizes": [6]}) == [
        ("Source", "drawn"),
        ("Counts", "train 8"),
        ("Image shape", "3 × 32 × 32"),
        ("Factors", "hue (6)"),
        ("Attributes", "3: a 2, b 1"),
    ]


def test_without_a_card_nothing_is_said():
    assert card_facts({}) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [({"side": 0.91234}, "side 0.9123"), ([1000, "a"], "1,000, a"), (0.5, "0.5"), ("as it is", "as it is")],
)
def test_values_as_text(value, text):
    assert plain(value) == text
