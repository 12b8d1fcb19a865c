"""Names of numbers and settings in MLflow."""

import pytest

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.tracking.numbers import HEADLINE, flat, folded, named
from diffrep.pipelines.tracking.store import RunKey


def test_the_headline_is_the_first_table():
    assert HEADLINE[0] == "average_precision"
    assert set(HEADLINE) == {name for name, row in CATALOGUE.items() if row.summary}


@pytest.mark.parametrize(
    ("stage", "name", "told"),
    [
        ("probe", "auroc", "probe/auroc"),
        ("disentangle", "info_m", "disentanglement/info_m"),
        ("reconstruct", "psnr", "reconstruction/psnr"),
        ("counterfactual", "preservation", "edits/preservation"),
        ("encode", "code_use", "codes/code_use"),
        ("train", "train_loss", "train/loss"),
        ("a stage of later", "what", "a stage of later/what"),
    ],
)
def test_a_number_stands_in_the_folder_of_its_stage(stage, name, told):
    assert folded(stage, name) == told


def test_a_row_has_its_own_sections_alone():
    known = {"methods.drl.width": 1, "methods.drl_joint.width": 2, "budgets.squares": 3, "datasets.squares_2.test": 4}
    assert named(known, RunKey("squares", "drl", 0, "")) == {
        "method.width": 1,
        "methods.drl_joint.width": 2,
        "budget": 3,
        "datasets.squares_2.test": 4,
    }


def test_nested_settings_are_flat():
    assert dict(flat({"a": {"b": {"c": 1}, "d": "text"}, "e": [1, 2]})) == {"a.b.c": "1", "a.d": "text", "e": "[1, 2]"}
