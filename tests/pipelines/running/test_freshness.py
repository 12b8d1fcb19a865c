"""A result that other settings have made than params.yaml holds is none of this pipeline, whatever the lock says."""

import pytest

from diffrep.pipelines.core.files import write_json
from diffrep.pipelines.core.params import params_hash, parsed
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.freshness import comes_from_outside, otherwise_made

CELL = Cell("squares", "random", 0)


def run(params, place):
    """Nothing: a stage is declared here, not run."""


PROBE = Stage(run, Cell, params=("evaluate.probe",), results=lambda cell: (cell.results("probe"), cell.results("more")))
FILES = (CELL.results("probe") / "result.json", CELL.results("more") / "row" / "result.json")


@pytest.fixture
def params(small_values, tmp_path, monkeypatch):
    """Parameters, and two results that they have made."""
    monkeypatch.chdir(tmp_path)
    found = parsed(small_values)
    for file in FILES:
        write_json(file, {"params_hash": params_hash(PROBE, CELL, found)})
    return found


def test_a_result_of_these_settings_is_taken(params):
    assert otherwise_made(PROBE, CELL, params) == ""


@pytest.mark.parametrize("file", FILES)
def test_a_result_of_other_settings_is_told_with_both_hashes(params, small_values, file):
    small_values["evaluate"]["probe"]["steps"] += 1
    old, new = params_hash(PROBE, CELL, params), params_hash(PROBE, CELL, parsed(small_values))
    write_json(file, {"params_hash": new})
    told = otherwise_made(PROBE, CELL, params)
    assert told == f"{file} was made with other settings than params.yaml has ({new}, not {old})"


def test_settings_of_other_stages_do_not_matter(params, small_values):
    small_values["evaluate"]["disentangle"]["rounds"] += 1
    assert otherwise_made(PROBE, CELL, parsed(small_values)) == ""


def test_a_missing_result_is_left_to_dvc(params):
    FILES[0].unlink()
    assert otherwise_made(PROBE, CELL, params) == ""


def test_a_result_without_a_hash_is_of_other_settings(params):
    write_json(FILES[0], {"average_precision": 0.5})
    assert "(None, not " in otherwise_made(PROBE, CELL, params)


@pytest.mark.parametrize("network", ["base", "autoencoder"])
def test_a_model_that_others_trained_is_from_outside(small_values, network):
    assert not comes_from_outside(parsed(small_values))
    assert comes_from_outside(parsed(small_values | {network: {"from": "theirs"}}))


@pytest.mark.parametrize(("adapter", "own"), [("pdae", False), ("", False), ("package.module:Class", True)])
def test_only_a_class_by_its_path_is_from_outside(small_values, adapter, own):
    small_values["grid"]["method"] = ["random"]
    small_values["methods"]["random"]["adapter"] = adapter
    assert comes_from_outside(parsed(small_values)) == own
