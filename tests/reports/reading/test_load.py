"""Result files are read with their cost and views, and refused where they cannot stand in one table."""

import json
import math
import re
from pathlib import Path

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.paths import cost_file
from diffrep.reports.reading.load import load, read, read_csv


def one(tree, method, stage, seed, view=""):
    found = [r for r in tree.results if (r.row, r.stage, r.seed, r.view) == (method, stage, seed, view)]
    assert len(found) == 1
    return found[0]


def test_metrics_are_the_numbers_that_are_no_provenance(results_tree):
    results_tree.put("alpha", "encode", 0, threads=1, devices=2, code_use=0.5, mig=None, device="cpu", view=None)
    metrics = one(results_tree, "alpha", "encode", 0).metrics
    assert {name: value for name, value in metrics.items() if value == value} == {"n_test": 8, "code_use": 0.5}
    assert math.isnan(metrics["mig"])
    assert set(metrics) == {"n_test", "code_use", "mig"}


def test_the_cost_is_what_the_file_beside_it_says(results_tree):
    results_tree.put("alpha", "encode", 0, wall_seconds=2.5)
    assert one(results_tree, "alpha", "encode", 0).cost["wall_seconds"] == 2.5


def without_seal(path):
    cost = read_json(path)
    del cost["sha256"]
    write_json(path, cost)


@pytest.mark.parametrize(("spoil", "told"), [(Path.unlink, "is missing"), (without_seal, "is cut off or altered")])
def test_a_result_that_nothing_vouches_for_is_refused(results_tree, spoil, told):
    path = cost_file(results_tree.path("alpha", "probe", 1).parent)
    spoil(path)
    with pytest.raises(UserError, match=rf"^{re.escape(str(path))} {told}: run "):
        read(results_tree.root, results_tree.study.folders)


def test_a_view_that_is_gone_is_told_and_drops_out_of_no_mean(results_tree):
    for seed in (0, 1):
        results_tree.put("alpha", "encode", seed, notes={"views": ["times_best"]})
        path = results_tree.put("alpha", "probe", seed, "times_best", average_precision=0.75)
    path.unlink()
    with pytest.raises(UserError, match=rf"^{re.escape(str(path))} is cut off or altered: run its stage again$"):
        load(results_tree.root, results_tree.study.folders)


@pytest.mark.parametrize("key", ["dataset", "method", "seed", "stage", "params_hash"])
@pytest.mark.parametrize("row", ["alpha", "noise"])
def test_a_result_says_of_which_place_it_is(results_tree, row, key):
    path = results_tree.path("alpha", "probe", 0)
    if row == "noise":
        path = results_tree.anchor("noise", "probe", 0)
    record = json.loads(path.read_text())
    path.write_text(json.dumps({name: value for name, value in record.items() if name != key}))
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))} has no {key}: run its stage again$"):
        read(results_tree.root, results_tree.study.folders)


@pytest.mark.parametrize(("key", "value"), [("method", "pca20"), ("seed", 0), ("stage", "train"), ("dataset", "dots")])
def test_an_anchor_in_the_place_of_another_is_refused(results_tree, key, value):
    path = results_tree.anchor("noise", "probe", 1)
    write_json(path, read_json(path) | {key: value})
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))} is a result of {key} '?{value}'?, not of "):
        read(results_tree.root, results_tree.study.folders)


@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_number_that_no_float_holds_is_named(results_tree, value):
    path = results_tree.put("alpha", "probe", 0, average_precision=value)
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: average_precision is -?10+, which is no finite"):
        read(results_tree.root, results_tree.study.folders)


def test_a_missing_value_gives_its_reason(results_tree):
    results_tree.put("alpha", "encode", 0, mig=None, info_m=None, reasons={"mig": "not measured"})
    encoded = one(results_tree, "alpha", "encode", 0)
    assert (encoded.reason("mig"), encoded.reason("info_m")) == ("not measured", "no reason given")


def test_intervals_without_ends_are_none(results_tree):
    results_tree.put("alpha", "encode", 0, intervals={"best": [0.25, 0.5], "worst": [None, None]})
    assert one(results_tree, "alpha", "encode", 0).intervals == {"best": (0.25, 0.5)}


def test_noise_is_told_by_its_source_and_is_no_metric(results_tree):
    results_tree.put("alpha", "encode", 0, mig=0.5, noise={"mig": {"rows": 0.125}})
    assert one(results_tree, "alpha", "encode", 0).noise == {"mig": {"rows": 0.125}}
    assert "noise" not in one(results_tree, "alpha", "encode", 0).metrics


def test_a_stage_not_run_is_left_out(results_tree):
    assert {r.stage for r in results_tree.results if r.row == "beta"} == {"probe", "reconstruct"}


def test_views_are_those_that_the_cell_has_encoded(results_tree):
    results_tree.put("alpha", "encode", 0, notes={"views": ["times_best"]})
    results_tree.put("alpha", "probe", 0, "times_best", average_precision=0.75)
    results_tree.put("alpha", "probe", 0, "left_over", average_precision=0.9)
    results_tree.put("alpha", "probe", 1, "times_best", average_precision=0.9)
    assert [(r.seed, r.view) for r in results_tree.results if r.view] == [(0, "times_best")]
    assert one(results_tree, "alpha", "probe", 0, "times_best").metrics["average_precision"] == 0.75


def test_the_cost_of_a_stage_counts_once_whatever_its_views(results_tree):
    results_tree.put("alpha", "encode", 0, notes={"views": ["times_best"]})
    results_tree.put("alpha", "probe", 0, "times_best")
    assert one(results_tree, "alpha", "probe", 0, "times_best").cost == {}


@pytest.mark.parametrize("key", ["preset", "data_sha256", "params_hash"])
def test_results_that_cannot_share_a_column_are_refused(results_tree, key):
    for path in results_tree.root.rglob("result.json"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: "one"}))
    results_tree.seal()
    path = results_tree.put("beta", "probe", 1, average_precision=0.3, **{"data_sha256": "one"} | {key: "other"})
    with pytest.raises(ValueError, match=rf"{re.escape(str(path))} has {key} 'other' but .*: they cannot share"):
        load(results_tree.root, results_tree.study.folders)


def test_a_view_of_other_settings_is_refused(results_tree):
    results_tree.put("alpha", "encode", 1, notes={"views": ["times_best"]})
    results_tree.put("alpha", "probe", 1, average_precision=0.8)
    results_tree.put("alpha", "probe", 1, "times_best", average_precision=0.8, params_hash="other")
    with pytest.raises(ValueError, match=r"times_best\.json.*cannot share"):
        load(results_tree.root, results_tree.study.folders)


def test_methods_may_be_trained_with_settings_of_their_own(results_tree):
    for method in ("alpha", "beta"):
        for seed in (0, 1, 2):
            results_tree.put(method, "train", seed, params_hash=method)
    assert {r.record["params_hash"] for r in results_tree.results if r.stage == "train"} == {"alpha", "beta"}


def test_seeds_of_one_method_may_not(results_tree):
    for seed in (0, 1, 2):
        results_tree.put("alpha", "train", seed, params_hash=str(seed))
    with pytest.raises(ValueError, match="params_hash"):
        load(results_tree.root, results_tree.study.folders)


def test_reading_alone_refuses_no_mixture(results_tree):
    results_tree.put("beta", "probe", 1, preset="other")
    assert len(read(results_tree.root, results_tree.study.folders)) == 16


@pytest.mark.parametrize("text", ['{"preset": "quick", "average_', "", "[1, 2]", "<html>"])
def test_an_unreadable_file_is_named(results_tree, text):
    path = results_tree.path("alpha", "probe", 1)
    path.write_text(text)
    with pytest.raises(UserError, match=re.escape(str(path))) as caught:
        load(results_tree.root, results_tree.study.folders)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("text", "message"), [("", "no readable CSV"), ("part,hue\na,1\n", "no column 'end'")])
def test_a_bad_table_is_named(tmp_path, text, message):
    path = tmp_path / "parts.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=rf"{path}.*{message}"):
        read_csv(path, {"part", "end"})
