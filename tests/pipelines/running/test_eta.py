"""How long a stage will take, read from result files that may be missing or damaged."""

import json

import pytest

from diffrep.pipelines.running.eta import UNKNOWN, recorded

PROBE = "diffrep probe --dataset squares --method alpha"


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A probe stage's folder with one result of 30 seconds."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "results" / "squares" / "alpha" / "probe"
    folder.mkdir(parents=True)
    (folder / "0.json").write_text(json.dumps({"wall_seconds": 30.0}))
    return folder


def test_seconds_of_all_seeds_are_added(results):
    (results / "1.json").write_text(json.dumps({"wall_seconds": 12.0}))
    assert recorded(PROBE) == 42.0


@pytest.mark.parametrize("content", [b"", b'{"wall_sec', b"[]", b"\xff\xfe", b'{"wall_seconds": null}', b"{}"])
def test_a_damaged_result_counts_as_unknown(results, content):
    (results / "0.json").write_bytes(content)
    assert recorded(PROBE) == UNKNOWN


def test_a_damaged_result_takes_the_others_seconds_not_away(results):
    (results / "1.json").write_text("{")
    assert recorded(PROBE) == 30.0


def test_a_stage_that_never_ran_is_unknown(results):
    assert recorded("diffrep train --dataset squares --method alpha --seed 0") == UNKNOWN


def test_a_short_stage_is_not_waited_for(results):
    assert recorded("diffrep report") == 0.0
