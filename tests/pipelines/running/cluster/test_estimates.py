"""What tasks ask for: what a person says, then what their stage cost, then the dry run, then a guess."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import Cell, cost_file
from diffrep.pipelines.core.sections import Machine
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.cluster.estimates import needs_of, rounded_minutes
from diffrep.pipelines.running.cluster.needs import Cluster, read_cluster
from diffrep.pipelines.running.plan import Plan

STAGES, METHODS = ("train", "probe"), ("pca", "pdae")
CPU = {
    **{"device": "cpu", "devices": 1, "nodes": 1, "precision": "32-true", "threads": 1, "workers": 0},
    **{"compile": False, "channels_last": False, "tf32": False, "cudnn_benchmark": False},
    **{"checkpoint_minutes": 5.0, "array_gib": 1.0},
}


def train(params, place): ...


def probe(params, place): ...


def declared() -> dict:
    made = {
        "train": Stage(train, Cell, results=lambda cell: (cell.results("train"),), on_device=True),
        "probe": Stage(probe, Cell, results=lambda cell: (cell.results("probe"),)),
    }
    cells = [Cell("room", method, seed) for method in METHODS for seed in (0, 1)]
    return {stage.addressing(cell): (stage, cell) for stage in made.values() for cell in cells}


def needs(machine: dict | None = None, cluster: Cluster | None = None, seconds: dict | None = None) -> dict:
    known = declared()
    machine_here = Machine(**(CPU | (machine or {})))
    plan = Plan.__new__(Plan)
    plan.declared, plan.params = known, SimpleNamespace(machine=machine_here)
    return needs_of(plan, known, cluster or Cluster(), lambda gpu, dataset: seconds or {})


def cost(stage: str, seconds: float, mib: float, seed: int = 0) -> None:
    file = cost_file(Cell("room", "pdae", seed).results(stage))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"wall_seconds": seconds, "peak_memory_mib": mib}))


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_what_never_ran_asks_for_a_guess():
    assert {(each.gpus, each.cpus, each.memory_gib, each.minutes) for each in needs().values()} == {(0, 1, 8, 240)}


def test_all_seeds_ask_for_three_times_what_the_dearest_cost_before():
    cost("train", 1000.0, 3000, seed=0)
    cost("train", 2000.0, 2000, seed=1)
    asked = needs()
    assert {asked[f"train@room-pdae-{seed}"].minutes for seed in (0, 1)} == {160}  # 100 of them, from 10 doubled
    assert asked["train@room-pdae-0"].memory_gib == 8  # 2.9 and 1.5 for libraries
    assert asked["train@room-pca-0"].minutes == 240


def test_a_damaged_cost_is_none():
    cost("probe", 1.0, 1)
    cost_file(Cell("room", "pdae", 0).results("probe")).write_text("{")
    assert needs()["probe@room-pdae-0"].minutes == 240


def test_a_training_on_gpus_that_never_ran_asks_for_what_the_dry_run_says():
    asked = needs({"device": "gpu", "devices": 2, "workers": 3}, seconds={"pdae": 3600.0 * 10})
    assert asked["train@room-pdae-0"].minutes == 2 * 24 * 60  # 30 hours, in whole days
    assert (asked["train@room-pdae-0"].gpus, asked["train@room-pdae-0"].cpus) == (2, 8)
    assert (asked["probe@room-pdae-0"].gpus, asked["probe@room-pdae-0"].cpus) == (0, 4)


def test_the_file_is_believed_before_all_and_a_method_before_its_stage():
    Path("cluster.yaml").write_text(
        "partition: gpu\nstages: {train: {minutes: 60, cpus: 4}}\nmethods: {pca: {train: {minutes: 9}}}\n"
    )
    cost("train", 9000.0, 9000)
    asked = needs(cluster=read_cluster(STAGES, METHODS))
    assert [(asked[f"train@room-{m}-0"].minutes, asked[f"train@room-{m}-0"].cpus) for m in METHODS] == [(9, 4), (60, 4)]


@pytest.mark.parametrize(("minutes", "asked"), [(0.1, 10), (10, 10), (11, 20), (1440, 2560), (1441, 2880)])
def test_minutes_are_rounded_up(minutes, asked):
    assert rounded_minutes(minutes) == asked


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("partitoin: gpu", "cluster.yaml: unknown key 'partitoin': did you mean 'partition'?"),
        ("stages: {trian: {cpus: 1}}", "cluster.yaml: unknown key 'trian' below stages: did you mean 'train'?"),
        ("methods: {pdea: {}}", "cluster.yaml: unknown key 'pdea' below methods: did you mean 'pdae'?"),
        ("methods: {pdae: {prob: {}}}", "cluster.yaml: unknown key 'prob' below methods.pdae: did you mean 'probe'?"),
        ("sbatch: {array: 0-3}", "cluster.yaml: sbatch.array is what tasks are found by: leave it out"),
        ("sbatch: {job_name: mine}", "cluster.yaml: sbatch.job_name is what tasks are found by: leave it out"),
        ("sbatch: {exclusive: false}", "cluster.yaml: sbatch.exclusive is false: leave it out"),
        ("stages: {train: {cpus: 0}}", "cluster.yaml: stages.train.cpus is 0, which must be at least 1"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(text, line):
    Path("cluster.yaml").write_text(text)
    with pytest.raises(UserError) as caught:
        read_cluster(STAGES, METHODS)
    assert str(caught.value) == line


def test_a_training_of_several_nodes_is_refused():
    with pytest.raises(UserError, match=r"machine\.nodes is 2: a task of the cluster is of one node"):
        needs({"nodes": 2})


def test_a_training_that_would_end_before_its_first_checkpoint_is_refused():
    Path("cluster.yaml").write_text("stages: {train: {minutes: 7}}")
    with pytest.raises(UserError, match=r"7 minutes for train, and .*checkpoint_minutes is 5: .* give it at least 8$"):
        needs(cluster=read_cluster(STAGES, METHODS))
    Path("cluster.yaml").write_text("stages: {train: {minutes: 8}}")
    assert needs(cluster=read_cluster(STAGES, METHODS))["train@room-pca-0"].minutes == 8


def test_no_guess_ends_a_training_before_its_first_checkpoint():
    cost("train", 1.0, 1)
    assert needs({"checkpoint_minutes": 30.0})["train@room-pdae-0"].minutes == 40
