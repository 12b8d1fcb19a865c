"""A result file stands alone: what was measured, why something was not, and what made it; its cost lies beside it."""

import dataclasses
import hashlib
import json
import math
import subprocess
import sys
import time

import pytest
import torch

from diffrep.metrics.measured import Measured, missing
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Cell, Shared
from diffrep.pipelines.core.provenance import MADE_BY, provenance
from diffrep.pipelines.core.results import cost_of, written
from diffrep.pipelines.core.spent import Spent
from diffrep.pipelines.core.stage import TRAINING_MACHINE, Stage

ROOMS = "shapes3d_rendered"
CELL = Cell(ROOMS, "pdae", 1)


def probe(params, cell) -> None:
    """A stage."""


STAGE = Stage(
    probe,
    Cell,
    params=("evaluate.preset", "evaluate.probe", "methods.{method}"),
    results=lambda cell: (cell.results("probe"),),
)
OF_DATA = Stage(probe, Shared, params=("budgets.{dataset}.base",), results=lambda shared: (shared.results("probe"),))
FOLDER = CELL.results("probe")


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    """Work in a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(name: str = "result") -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def filled(params, fill=lambda result: None, **identity) -> dict:
    with written(STAGE, CELL, params, **identity) as result:
        fill(result)
    return content()


def test_a_result_says_whose_it_is_and_what_made_it(small_params):
    found = filled(small_params, data_sha256="ab")
    whose = {"stage": "probe", "dataset": ROOMS, "method": "pdae", "seed": 1, "data_sha256": "ab", "preset": "smoke"}
    assert whose.items() <= found.items()
    assert provenance(STAGE, small_params.machine).items() <= found.items()


def test_machine_comes_from_the_params(small_values):
    small_values["machine"] |= {"device": "gpu", "threads": 3, "devices": 2, "nodes": 2}
    small_values["machine"] |= {"precision": "bf16-mixed", "tf32": True}

    def made(*precision, **declared) -> tuple:
        found = provenance(dataclasses.replace(STAGE, **declared), parsed(small_values).machine, *precision)
        return tuple(found[name] for name in ("device", "threads", "devices", "precision"))

    assert tuple(provenance(STAGE, parsed(small_values).machine)) == MADE_BY
    assert made("bf16-mixed", on_device=True, params=TRAINING_MACHINE) == ("gpu", 3, 4, "bf16-mixed with tf32")
    assert made(on_device=True) == ("gpu", 3, 1, "32-true with tf32")
    assert made() == ("cpu", 3, 1, "32-true")


def test_the_instruction_set_is_torchs(small_params):
    assert filled(small_params)["instruction_set"] == torch.backends.cpu.get_cpu_capability()


def test_a_training_has_the_sums_of_its_weights_on_record(small_params):
    declared = {"params": TRAINING_MACHINE, "writes": lambda cell: (cell.weights,)}
    with written(dataclasses.replace(STAGE, **declared), CELL, small_params):
        (CELL.weights / "unet").mkdir(parents=True)
        (CELL.weights / "settings.json").write_text("{}")
        (CELL.weights / "weights.safetensors").write_bytes(b"one")
        (CELL.weights / "unet" / "raw.safetensors").write_bytes(b"other")
    sums = {name: hashlib.sha256(text).hexdigest() for name, text in {"unet/raw": b"other", "weights": b"one"}.items()}
    assert content()["weights_sha256"] == {f"{name}.safetensors": value for name, value in sums.items()}
    assert "weights_sha256" not in filled(small_params)


def hash_with(values: dict, *path, value) -> str:
    place = values
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return filled(parsed(values))["params_hash"]


def test_hash_depends_on_what_the_stage_declares_and_on_nothing_else(small_values):
    before = filled(parsed(small_values))["params_hash"]
    assert hash_with(small_values, "evaluate", "disentangle", "rounds", value=7) == before
    assert hash_with(small_values, "methods", "random", "code_dim", value=7) == before
    assert hash_with(small_values, "evaluate", "probe", "steps", value=7) != before
    assert hash_with(small_values, "methods", "pdae", "code_dim", value=7) != before


def test_the_preset_stands_only_where_it_is_declared(small_params):
    with written(OF_DATA, Shared(ROOMS), small_params):
        pass
    assert "preset" not in json.loads((Shared(ROOMS).results("probe") / "result.json").read_text())


@pytest.mark.parametrize("name", ["python", "torch", "numpy", "sklearn", "diffusers", "platform"])
def test_versions_stand_in_the_result(small_params, name):
    assert filled(small_params)[name]


def test_what_a_metric_could_not_compute_is_null_with_its_reason(small_params):
    found = filled(small_params, lambda result: result.add(missing(["mig"], "no factor varies")))
    assert found["mig"] is None
    assert found["reasons"] == {"mig": "no factor varies"}


def test_reasons_and_intervals_of_several_metrics_come_together(small_params):
    def fill(result) -> None:
        result.add(Measured({"mig": math.nan}, reasons={"mig": "no factor varies"}))
        result.add(Measured({"efficacy": 0.25}, intervals={"efficacy": (0.125, 0.5)}))

    found = filled(small_params, fill)
    assert (found["mig"], found["efficacy"]) == (None, 0.25)
    assert found["reasons"] == {"mig": "no factor varies"}
    assert found["intervals"] == {"efficacy": [0.125, 0.5]}


def test_noise_of_several_metrics_comes_together(small_params):
    def fill(result) -> None:
        result.add(Measured({"mig": 0.5}, noise={"mig": {"rows": 0.125}}))
        result.add(Measured({"factor_vae": 0.5}, noise={"factor_vae": {"estimator": 0.25}}))

    assert filled(small_params, fill)["noise"] == {"mig": {"rows": 0.125}, "factor_vae": {"estimator": 0.25}}
    assert "noise" not in filled(small_params, lambda result: result.add(Measured({"mig": 0.5})))


def test_another_view_has_a_file_of_its_own(small_params):
    def fill(result) -> None:
        result.add(Measured({"mig": 0.5}))
        result.view("times_mean").add(Measured({"mig": 0.25}))

    assert filled(small_params, fill)["mig"] == 0.5
    assert (content("times_mean")["mig"], content("times_mean")["view"]) == (0.25, "times_mean")
    assert content("times_mean")["params_hash"] == content()["params_hash"]


def test_a_view_that_is_gone_leaves_no_file(small_params):
    filled(small_params, lambda result: result.view("times_mean"))
    filled(small_params)
    assert sorted(path.name for path in FOLDER.iterdir()) == ["cost.json", "result.json"]


def test_what_is_put_beside_it_comes_along(small_params):
    filled(small_params, lambda result: (result.folder / "parts.csv").write_text("part"))
    assert (FOLDER / "parts.csv").read_text() == "part"


def test_cost_is_that_of_the_block_and_stands_beside_the_numbers(small_params):
    found = filled(small_params, lambda result: time.sleep(0.05))
    cost = content("cost")
    assert not cost.keys() & found.keys()
    assert cost["wall_seconds"] >= 0.05
    assert cost["cpu_seconds"] < 0.05
    assert cost["device_seconds"] == 0
    assert cost["peak_memory_mib"] > 10
    assert cost["suite_commit"]


def test_cost_of_a_resumed_training_is_that_of_all_its_parts(small_params):
    filled(small_params, lambda result: setattr(result, "earlier", Spent(100.0, 40.0)))
    assert content("cost")["wall_seconds"] >= 100
    assert 40 <= content("cost")["cpu_seconds"] < 100
    assert "earlier" not in content()


@pytest.mark.parametrize(
    ("device", "devices", "on_device", "held"),
    [
        ("cpu", 2, True, 0.0),
        ("gpu", 1, True, 10.0),
        ("gpu", 4, True, 40.0),
        ("gpu", 4, False, 0.0),
    ],
)
def test_devices_are_paid_for_while_they_are_held(small_params, device, devices, on_device, held):
    machine = small_params.machine.model_copy(update={"device": device, "devices": devices})
    stage = dataclasses.replace(STAGE, on_device=on_device)
    assert cost_of(Spent(10.0, 7.0), stage, machine)["device_seconds"] == held


def test_other_work_on_the_machine_costs_nothing_of_the_processor(small_params):
    """A process that only waits, and one that has children who work."""
    busy = "sum(i * i for i in range(10**6))"
    filled(small_params, lambda result: subprocess.run([sys.executable, "-c", busy], check=True))
    worked = content("cost")["cpu_seconds"]
    filled(small_params, lambda result: (time.sleep(0.2), result.update(mig=0.25)))
    assert content("cost")["cpu_seconds"] < 0.1 * content("cost")["wall_seconds"] < worked


def test_a_run_that_comes_to_the_same_numbers_changes_no_file(small_params):
    filled(small_params, lambda result: result.update(mig=0.5))
    before = {path.name: path.read_bytes() for path in FOLDER.iterdir()}
    filled(small_params, lambda result: (time.sleep(0.02), result.update(mig=0.5)))
    assert {path.name: path.read_bytes() for path in FOLDER.iterdir()} == before


def test_other_numbers_have_their_own_cost(small_params):
    filled(small_params, lambda result: result.update(mig=0.5))
    before = content("cost")["wall_seconds"]
    filled(small_params, lambda result: (time.sleep(before + 0.05), result.update(mig=0.25)))
    assert content("cost")["wall_seconds"] > before


def test_a_block_that_fails_leaves_the_old_result(small_params, project):
    filled(small_params, lambda result: result.update(mig=0.5))
    with pytest.raises(KeyError):
        filled(small_params, lambda result: {}["mig"])
    assert content()["mig"] == 0.5
    assert [path.name for path in FOLDER.parent.iterdir()] == ["probe"]
