"""A result file stands alone: what was measured, why something was not, and what made it."""

import json
import math
import time

import pytest

from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.results import provenance, read_by, result
from diffrep.reports.load import PROVENANCE

IDENTITY = {"dataset": "shapes3d_rendered", "method": "pdae", "seed": 1, "stage": "probe", "data_sha256": "ab"}


@pytest.fixture
def written(tmp_path, small_params):
    """Fill a result by a function and read the file back."""

    def write(fill) -> dict:
        with result(tmp_path / "1.json", small_params, **IDENTITY) as filled:
            fill(filled)
        return json.loads((tmp_path / "1.json").read_text())

    return write


def test_an_empty_result_is_exactly_the_provenance(written):
    assert set(written(lambda filled: None)) == PROVENANCE


def test_identity_is_written_as_given(written):
    assert IDENTITY.items() <= written(lambda filled: None).items()


def test_machine_comes_from_the_params(small_params):
    small_params["machine"]["threads"] = 3
    made = provenance(small_params)
    assert (made["device"], made["threads"]) == ("cpu", 3)


def test_hash_depends_on_what_the_stage_reads_and_on_nothing_else(small_params):
    before = read_by(small_params, "probe", "shapes3d_rendered")
    small_params["evaluate"]["disentangle"]["rounds"] += 1
    assert read_by(small_params, "probe", "shapes3d_rendered") == before
    small_params["evaluate"]["probe"]["steps"] += 1
    assert read_by(small_params, "probe", "shapes3d_rendered")["params_hash"] != before["params_hash"]


def test_the_preset_stands_only_where_it_is_read(small_params):
    assert read_by(small_params, "probe", "shapes3d_rendered")["preset"] == "smoke"
    assert "preset" not in read_by(small_params, "base", "shapes3d_rendered")


def test_a_hash_that_is_given_stays(tmp_path, small_params):
    with result(tmp_path / "0.json", small_params, **IDENTITY, params_hash="cd") as filled:
        pass
    assert json.loads((tmp_path / "0.json").read_text())["params_hash"] == "cd"
    assert "preset" not in filled


@pytest.mark.parametrize("name", ["python", "torch", "numpy", "sklearn", "diffusers", "platform", "suite_commit"])
def test_versions_are_told(small_params, name):
    assert provenance(small_params)[name]


def test_what_a_metric_could_not_compute_is_null_with_its_reason(written):
    found = written(lambda filled: filled.add(Measured({"mig": math.nan}, reasons={"mig": "no factor varies"})))
    assert found["mig"] is None
    assert found["reasons"] == {"mig": "no factor varies"}


def test_what_was_measured_has_no_reason(written):
    found = written(lambda filled: filled.add(Measured({"mig": 0.25})))
    assert found["mig"] == 0.25
    assert found["reasons"] == {}


def test_reasons_of_several_metrics_come_together(written):
    def fill(filled) -> None:
        filled.add(Measured({"mig": math.nan}, reasons={"mig": "no factor varies"}))
        filled.not_applicable(["efficacy"], "nothing is decoded")

    found = written(fill)
    assert found["efficacy"] is None
    assert found["reasons"] == {"mig": "no factor varies", "efficacy": "not applicable: nothing is decoded"}


def test_results_share_no_reasons(tmp_path, small_params):
    with result(tmp_path / "0.json", small_params, **IDENTITY) as first:
        first.not_applicable(["mig"], "a test")
    with result(tmp_path / "1.json", small_params, **IDENTITY) as second:
        assert second["reasons"] == {}


def test_cost_is_that_of_the_block(written):
    found = written(lambda filled: time.sleep(0.05))
    assert found["wall_seconds"] >= 0.05
    assert isinstance(found["peak_memory_mib"], int)
    assert found["peak_memory_mib"] > 10


def test_cost_of_a_resumed_training_is_that_of_all_its_parts(written):
    found = written(lambda filled: filled.update(earlier_seconds=100.0))
    assert found["wall_seconds"] >= 100
    assert "earlier_seconds" not in found


def test_a_block_that_fails_writes_nothing(tmp_path, small_params):
    with pytest.raises(KeyError), result(tmp_path / "1.json", small_params, **IDENTITY) as filled:
        raise KeyError(filled)
    assert list(tmp_path.iterdir()) == []
