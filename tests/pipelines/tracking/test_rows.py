"""What a run holds, read from the files of a row at one seed."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow.utils.validation import MAX_TAG_VAL_LENGTH
from tracked_tree import (
    BASES,
    CELLS,
    CURVES,
    DATA,
    DATASET,
    HASH,
    draw,
    fill,
    seal,
    settings,
    study,
    write,
    write_curves,
    write_result,
)

from diffrep.pipelines.core.params import load
from diffrep.pipelines.core.paths import CONTACT, Shared
from diffrep.pipelines.study import study_of
from diffrep.pipelines.tracking.rows import COPIES, run_contents
from diffrep.reports.pages import build

ROOT = Path(__file__).parents[3]


@pytest.fixture
def root(tmp_path):
    fill(tmp_path)
    return tmp_path


def contents(root, known=None):
    return {content.key.name: content for content in run_contents(known or study(), root, settings)[DATASET]}


def test_methods_stand_before_anchors_and_what_has_no_seed_says_none(root):
    assert list(contents(root)) == ["pdae/0", "pca/0", "anchors/factors", "anchors/noise/0", "report"]


def test_what_left_the_grid_has_no_run(root):
    of_pca = list(contents(root, replace(study(), methods=("pca",))))
    assert of_pca == ["pca/0", "anchors/factors", "anchors/noise/0", "report"]


def test_without_results_there_is_no_run_at_all(tmp_path):
    assert contents(tmp_path) == {}


def test_a_method_is_found_by_all_its_settings_an_anchor_by_those_of_its_stage(root):
    keys = [content.key.text for content in contents(root).values()]
    assert keys[0] == "squares/pdae/0/all of pdae"
    assert keys[-2] == f"squares/anchors/noise/0/{HASH}"


def test_headline_metrics_come_first_and_the_rest_is_folded(root):
    assert list(contents(root)["pca/0"].metrics.items()) == [
        ("average_precision", 0.5),
        ("train/loss", 0.125),
        ("train/valid_loss", 0.25),
        ("probe/auroc", 0.75),
        ("cost/wall_minutes", 0.2),
        ("cost/cpu_minutes", 0.1),
        ("cost/device_minutes", 0),
        ("cost/peak_memory_mib", 100),
    ]


def test_a_curve_says_how_a_training_ended(root):
    content = contents(root)["pdae/0"]
    assert "train/loss" not in content.metrics
    assert content.metrics["train/valid_loss"] == 0.25  # of which the curve has no point
    assert content.curves["train/loss"] == list(CURVES.items())
    assert set(content.curves) == {"train/loss", "train/learning_rate"}
    assert contents(root)["pca/0"].curves == {}


def test_artifacts_are_named_by_stage_and_kind(root):
    content = contents(root)["pdae/0"]
    assert sorted(content.pictures) == ["pictures/counterfactual-exact.png", "pictures/reconstruct-main.png"]
    assert sorted(content.files) == [
        f"results/{stage}{end}"
        for stage in ("counterfactual", "probe", "reconstruct", "train")
        for end in ("-cost.json", *((".csv",) if stage == "train" else ()), ".json")
    ]


def test_in_a_clone_the_copies_are_shown_that_the_report_keeps(root):
    shutil.move(
        root / CELLS[0].pictures("reconstruct"), root / "reports" / "pictures" / CELLS[0].pictures("reconstruct")
    )
    pictures = contents(root)["pdae/0"].pictures
    assert pictures["pictures/reconstruct-main.png"].is_relative_to(root / "reports" / "pictures")
    assert pictures["pictures/counterfactual-exact.png"].is_relative_to(root / "results")
    assert COPIES.name == build.COPIES


def test_what_is_of_all_rows_has_a_run_of_its_own(root):
    names = ("figures/squares-curves.png", "figures/squares-ranks.png", "tables/squares.csv", "tables/squares-cost.csv")
    for name in (*names, "tables/circles.csv", "figures/circles-curves.png"):
        write(root / "reports" / name, name)
    draw(root / Shared(DATASET).pictures("prepare") / CONTACT, "squares")
    assert sorted(contents(root)["report"].files) == sorted(names)
    assert list(contents(root)["report"].pictures) == ["pictures/prepare-contact.png"]


@pytest.mark.parametrize("change", ["result", "cost", "curves", "picture", "weights"])
def test_the_digest_is_that_of_all_files(root, change):
    before = contents(root)["pdae/0"].digest
    if change == "curves":
        write_curves(root, "pdae", {1: 0.5})
    elif change == "weights":
        write(root / CELLS[0].weights / "settings.json", {"sha256": "of the weights"})
    else:
        content = contents(root)["pdae/0"]
        names = {"result": "results/probe.json", "cost": "results/probe-cost.json"}
        path = content.files[names[change]] if change in names else content.pictures["pictures/reconstruct-main.png"]
        path.write_bytes(path.read_bytes() + b" ")
        if change == "result":
            seal(path.parent)
    assert contents(root)["pdae/0"].digest != before


def test_tags_tell_where_numbers_come_from(root):
    tags = contents(root)["pca/0"].tags
    assert {name: tags[name] for name in ("device", "preset", "commit", "mlflow.source.git.commit")} == {
        "device": "cpu",
        "preset": "quick",
        "commit": "c0ffee",
        "mlflow.source.git.commit": "c0ffee",
    }


def test_data_are_known_by_name_and_checksum(root):
    assert contents(root)["pca/0"].data == (DATASET, DATA)
    assert contents(root)["anchors/factors"].data is None  # whose file here names none


def test_every_description_of_the_committed_results_says_what_it_is_and_fits():
    known = study_of(load(ROOT))
    found = [
        (c.key, c.tags["mlflow.note.content"])
        for each in run_contents(known, ROOT, lambda _: {}).values()
        for c in each
    ]
    assert max(len(note) for _, note in found) < MAX_TAG_VAL_LENGTH
    assert not [note for _, note in found if "not applicable" in note or "skipped" in note]
    assert not [key.name for key, note in found if key.kind == "method" and ("**" not in note or "AP ↑ 0." not in note)]
    papers = {key.row for key, note in found if "https://arxiv.org/abs/" in note}
    assert {key.row for key, _ in found if key.kind == "method"} - papers == {"pca", "random", "diffsiam"}


def test_settings_are_parameters_under_names_that_methods_share(root):
    assert contents(root)["pdae/0"].params == {
        "dataset": "squares",
        "method": "pdae",
        "seed": "0",
        "steps": "150",
        "train.batch_size": "32",
        "method.code_dim": "4",
        "budget.method": "300",
        "base.network.channels": "[8, 16]",
        "evaluate.preset": "quick",
    }


def test_a_joint_distribution_is_a_parameter_of_every_run(root):
    pair = {"factors": ["side", "hue"], "asked": 0.9, "train": 0.88, "valid": 0.9, "test": 0.0}
    joint = {"pairs": [pair], "held_out": [{"side": 3}], "images_held_out": {"train": 0, "valid": 0, "test": 7}}
    write_result(root / Shared(DATASET).results("prepare"), {}, notes={"joint": joint})
    for name in ("pdae/0", "anchors/factors"):
        told = contents(root)[name].params
        assert json.loads(told["data.joint.pairs"]) == [pair]
        assert (told["data.joint.held_out"], told["data.joint.images_held_out.test"]) == ('[{"side": 3}]', "7")


def test_settings_that_have_moved_on_are_not_told_of_old_results(root):
    write_result(root / CELLS[0].results("train"), {}, params_hash="of yesterday", settings_hash="old")
    write_result(root / BASES[0], {}, params_hash="of yesterday")
    told = contents(root)["pdae/0"].params
    assert told == {"dataset": "squares", "method": "pdae", "seed": "0", "evaluate.preset": "quick"}


def test_an_anchor_without_a_seed_has_no_such_parameter(root):
    assert contents(root)["anchors/factors"].params == {"dataset": "squares", "method": "factors"}
