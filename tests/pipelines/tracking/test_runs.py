"""What a run holds, read from the files of a row at one seed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH
from tracked_tree import CELLS, CURVES, DATASET, HASH, fill, seal, settings, study, write_curves, write_result

from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.study import study_of
from diffrep.pipelines.tracking.runs import flat, parameters, run_contents

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path):
    fill(tmp_path)
    return tmp_path


def contents(root, known=None):
    return {content.key.name: content for content in run_contents(known or study(), DATASET, root)}


def test_methods_stand_before_anchors_and_what_has_no_seed_says_none(root):
    assert list(contents(root)) == ["pdae/0", "pca/0", "anchors/factors", "anchors/noise/0"]


def test_what_left_the_grid_has_no_run(root):
    assert list(contents(root, replace(study(), methods=("pca",)))) == ["pca/0", "anchors/factors", "anchors/noise/0"]


def test_a_method_is_found_by_all_its_settings_an_anchor_by_those_of_its_stage(root):
    keys = [content.key.text for content in contents(root).values()]
    assert keys[0] == "squares/pdae/0/all of pdae"
    assert keys[-1] == f"squares/anchors/noise/0/{HASH}"


def test_metrics_are_those_of_all_stages_with_their_cost(root):
    assert contents(root)["pca/0"].metrics == {
        "average_precision": 0.5,
        "steps": 150,
        "train_loss": 0.125,
        "cost/wall_minutes": 0.2,
        "cost/cpu_minutes": 0.1,
        "cost/device_minutes": 0,
        "cost/peak_memory_mib": 100,
    }


def test_a_metric_of_two_stages_is_that_of_the_training(root):
    write_result(root / CELLS[1].results("probe"), {"train_loss": 9.0})
    assert contents(root)["pca/0"].metrics["train_loss"] == 0.125


def test_curves_are_points_without_those_not_measured(root):
    curves = contents(root)["pdae/0"].curves
    assert curves["train/loss"] == list(CURVES.items())
    assert curves["train/valid_loss"] == []
    assert contents(root)["pca/0"].curves == {}


def test_artifacts_are_named_by_stage_and_kind(root):
    assert sorted(contents(root)["pdae/0"].artifacts) == [
        "pictures/counterfactual-exact.png",
        "pictures/reconstruct-main.png",
        *(
            f"results/{stage}{end}"
            for stage in ("counterfactual", "probe", "reconstruct", "train")
            for end in ("-cost.json", *((".csv",) if stage == "train" else ()), ".json")
        ),
    ]


@pytest.mark.parametrize("change", ["result", "cost", "curves", "picture"])
def test_the_digest_is_that_of_all_files(root, change):
    before = contents(root)["pdae/0"].digest
    if change == "curves":
        write_curves(root, "pdae", {1: 0.5})
    else:
        name = {
            "result": "results/probe.json",
            "cost": "results/probe-cost.json",
            "picture": "pictures/reconstruct-main.png",
        }
        path = contents(root)["pdae/0"].artifacts[name[change]]
        path.write_text(path.read_text() + " ")
        if change == "result":
            seal(path.parent)
    assert contents(root)["pdae/0"].digest != before


def test_tags_tell_where_numbers_come_from_and_why_some_are_missing(root):
    tags = contents(root)["pca/0"].tags
    assert {name: tags[name] for name in ("device", "preset", "commit", "mlflow.source.git.commit")} == {
        "device": "cpu",
        "preset": "quick",
        "commit": "c0ffee",
        "mlflow.source.git.commit": "c0ffee",
    }
    assert tags["mlflow.note.content"] == "- rare: f1"


def test_the_longest_note_of_the_committed_results_is_shorter_than_what_mlflow_keeps():
    study = study_of(load(ROOT))
    notes = [content.note for name in study.datasets for content in run_contents(study, name, ROOT)]
    assert 1000 < max(map(len, notes)) < MAX_TAG_VAL_LENGTH


def test_settings_are_parameters_under_names_that_methods_share(root):
    assert parameters(contents(root)["pdae/0"], settings) == {
        "dataset": "squares",
        "method": "pdae",
        "seed": "0",
        "train.batch_size": "32",
        "method.code_dim": "4",
        "budget.method": "300",
        "base.seed": "0",
        "base.network.channels": "[8, 16]",
        "evaluate.preset": "quick",
    }


def test_a_joint_distribution_is_a_parameter_of_every_run(root):
    pair = {"factors": ["side", "hue"], "asked": 0.9, "train": 0.88, "valid": 0.9, "test": 0.0}
    joint = {"pairs": [pair], "held_out": [{"side": 3}], "images_held_out": {"train": 0, "valid": 0, "test": 7}}
    write_result(root / Shared(DATASET).results("prepare"), {}, notes={"joint": joint})
    for name in ("pdae/0", "anchors/factors"):
        told = parameters(contents(root)[name], settings)
        assert json.loads(told["data.joint.pairs"]) == [pair]
        assert (told["data.joint.held_out"], told["data.joint.images_held_out.test"]) == ('[{"side": 3}]', "7")


def test_settings_that_have_moved_on_are_not_told_of_old_results(root):
    write_result(root / CELLS[0].results("train"), {}, params_hash="of yesterday", settings_hash="old")
    write_result(root / Shared(DATASET).results("base"), {}, params_hash="of yesterday")
    told = parameters(contents(root)["pdae/0"], settings)
    assert told == {"dataset": "squares", "method": "pdae", "seed": "0", "evaluate.preset": "quick"}


def test_an_anchor_without_a_seed_has_no_such_parameter(root):
    assert parameters(contents(root)["anchors/factors"], settings) == {"dataset": "squares", "method": "factors"}


def test_nested_settings_are_flat():
    assert dict(flat({"a": {"b": {"c": 1}, "d": "text"}, "e": [1, 2]})) == {"a.b.c": "1", "a.d": "text", "e": "[1, 2]"}
