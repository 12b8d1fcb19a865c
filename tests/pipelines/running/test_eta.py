"""How long a stage will take, read from cost files that may be missing or damaged."""

import json
from pathlib import Path

import pytest

from diffrep.pipelines.core.paths import Cell, Shared, Whole
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.eta import START, TRUSTED, UNKNOWN_SECONDS, Expected, recorded

CELL = Cell("squares", "alpha", 0)


def run(params, place):
    """Nothing: a stage is declared here, not run."""


PROBE = Stage(run, Cell, results=lambda cell: (cell.results("probe"),))
ANCHORS = Stage(run, Shared, results=lambda shared: (Path("results", shared.dataset, "anchors"),))
PREPARE = Stage(run, Shared)
REPORT = Stage(run, Whole, results=lambda whole: (Path("reports", "tables"),))


@pytest.fixture
def cost(tmp_path, monkeypatch):
    """The cost file of a probe that took 30 seconds."""
    monkeypatch.chdir(tmp_path)
    return put(CELL.results("probe"), 30.0)


def put(folder: Path, seconds: float) -> Path:
    folder.mkdir(parents=True)
    (folder / "cost.json").write_text(json.dumps({"wall_seconds": seconds, "peak_memory_mib": 400}))
    return folder / "cost.json"


def test_a_stages_seconds_are_its_own(cost):
    put(CELL.results("encode"), 5.0)
    assert recorded(PROBE, CELL) == 30.0


def test_seconds_of_all_its_results_are_added(cost):
    for name, seconds in (("noise", 2.0), ("pca20", 3.0)):
        put(Shared("squares").anchor(name, "probe"), seconds)
    assert recorded(ANCHORS, Shared("squares")) == 5.0


@pytest.mark.parametrize("content", [b"", b'{"wall_sec', b"[]", b"\xff\xfe", b'{"wall_seconds": null}', b"{}"])
def test_a_damaged_cost_counts_as_unknown(cost, content):
    cost.write_bytes(content)
    assert recorded(PROBE, CELL) is None


def test_a_stage_that_never_ran_is_unknown(cost):
    assert recorded(PROBE, Cell("squares", "alpha", 1)) is None


@pytest.mark.parametrize(("stage", "place"), [(PREPARE, Shared("squares")), (REPORT, Whole())])
def test_a_short_stage_is_not_waited_for(cost, stage, place):
    assert recorded(stage, place) == 0.0


NEEDS = {"base": set(), "train": {"base"}, "probe": {"train"}, "edit": {"train"}, "report": {"probe", "edit"}}
SECONDS = {"base": 10.0, "train": 100.0, "probe": 5.0, "edit": 50.0, "report": 1.0}


def test_the_longest_chain_is_what_a_stage_holds_up():
    expected = Expected(SECONDS, NEEDS)
    assert expected.path("train") == pytest.approx(151 + 3 * START)
    assert expected.path("probe") == pytest.approx(6 + 2 * START)


def test_what_is_left_follows_the_pace_of_this_machine():
    expected = Expected({name: seconds - START for name, seconds in SECONDS.items()}, NEEDS)
    assert expected.left(["probe", "edit"], {"train": 40.0}, jobs=2) == pytest.approx((5 + 50 + 60) / 2)
    expected.took("base", 20.0)
    pace = (TRUSTED + 20) / (TRUSTED + 10)
    assert expected.left(["probe", "edit"], {"train": 40.0}, jobs=2) == pytest.approx((155 * pace - 40) / 2)


def test_a_few_seconds_tell_little_of_the_pace_and_many_tell_it():
    slow = Expected({"prepare": 2.0, "base": 2000.0, "train": 1000.0}, {})
    slow.took("prepare", 8.0)
    assert slow.pace() < 1.1
    slow.took("base", 6000.0)
    assert slow.pace() == pytest.approx(3, abs=0.1)


def test_a_stage_that_takes_a_moment_tells_no_pace():
    expected = Expected({"code": 0.0, "train": 100.0 - START}, {})
    expected.took("code", 20.0)
    assert expected.left(["train"], {}, jobs=1) == pytest.approx(100)


CELLS = {"train@squares-a-0": 100.0, "train@squares-a-1": None, "train@squares-b-1": None, "probe@squares-a-1": None}


@pytest.mark.parametrize(("name", "seconds"), [("train@squares-a-1", 100.0), ("train@squares-b-1", 100.0)])
def test_what_never_ran_takes_what_its_like_takes(name, seconds):
    assert Expected(CELLS, {}).seconds[name] == pytest.approx(START + seconds)


def test_its_own_cell_with_other_seeds_is_closer_than_its_stage():
    expected = Expected({**CELLS, "train@squares-b-0": 10.0}, {})
    assert expected.seconds["train@squares-b-1"] == pytest.approx(START + 10)


def test_what_has_ended_here_tells_of_its_like_at_once():
    expected = Expected(CELLS, {})
    assert expected.left(["probe@squares-a-1"], {}, jobs=1) == UNKNOWN_SECONDS
    expected.took("probe@squares-b-0", 7.0)
    assert expected.left(["probe@squares-a-1"], {}, jobs=1) == pytest.approx(7)


NEVER = dict.fromkeys(["train@squares-a-0", "train@squares-b-0", "train@squares-c-0", "probe@squares-a-0"])


def test_one_that_never_ran_and_is_late_is_half_done_and_its_like_take_as_long():
    expected, waiting = Expected(NEVER, {}), ["train@squares-c-0", "probe@squares-a-0"]
    running = {"train@squares-a-0": 50.0, "train@squares-b-0": 50.0}
    assert expected.left(waiting, running, jobs=1) == pytest.approx(2 * UNKNOWN_SECONDS + 10 + 10)
    running = {"train@squares-a-0": 600.0, "train@squares-b-0": 400.0}
    assert expected.left(waiting, running, jobs=1) == pytest.approx(1000 + UNKNOWN_SECONDS + 600 + 400)


def test_one_that_ran_before_and_is_late_tells_nothing_of_others():
    expected = Expected({**NEVER, "train@squares-a-0": 10.0}, {})
    left = expected.left(["train@squares-c-0"], {"train@squares-a-0": 600.0}, jobs=1)
    assert left == pytest.approx(START + 10)
