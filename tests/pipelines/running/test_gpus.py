"""GPUs are shared out to stages: never one to two at a time, never more than are there, back when a stage ends.

No GPU is needed: how many there are is made up, and what stages would be given is looked at.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from dvc.repo import Repo

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running import gpus, plan
from diffrep.pipelines.running import run as runs
from diffrep.pipelines.running.eta import Expected
from diffrep.pipelines.running.gpus import VISIBLE, Gpus
from diffrep.pipelines.running.repro import repro
from diffrep.pipelines.running.run import Run


@pytest.fixture
def machine(small_params, monkeypatch):
    """A function: the machine of params.yaml with so many GPUs for a stage, where so many are there."""
    monkeypatch.delenv(VISIBLE, raising=False)

    def made(there: int, devices: int = 1, device: str = "gpu"):
        monkeypatch.setattr(gpus, "count", lambda: there)
        return small_params.machine.model_copy(update={"device": device, "devices": devices})

    return made


@pytest.mark.parametrize(("there", "devices", "at_a_time"), [(1, 1, 1), (4, 1, 4), (4, 2, 2), (5, 2, 2), (3, 3, 1)])
def test_as_many_stages_have_a_share_as_there_are_shares(machine, there, devices, at_a_time):
    pool = Gpus(machine(there, devices))
    assert pool.at_a_time == at_a_time
    shares = []
    while pool.suffice():
        shares.append(pool.give(f"stage {len(shares)}").split(","))
    assert len(shares) == at_a_time
    assert {len(share) for share in shares} == {devices}
    every = [gpu for share in shares for gpu in share]
    assert len(set(every)) == len(every)
    assert set(every) <= set(map(str, range(there)))


def test_a_share_that_is_back_is_the_next_stages(machine):
    pool = Gpus(machine(2))
    assert (pool.give("a"), pool.give("b")) == ("0", "1")
    assert not pool.suffice()
    pool.take_back("a")
    pool.take_back("one that had none")
    assert (pool.suffice(), pool.give("c")) == (True, "0")


@pytest.mark.parametrize(
    ("said", "there", "shares"),
    [
        pytest.param("5,2,7", 3, ["5", "2", "7"], id="numbers"),
        pytest.param("GPU-8f2a, MIG-71c0", 2, ["GPU-8f2a", "MIG-71c0"], id="names"),
        pytest.param("3,1,-1,0", 2, ["3", "1"], id="CUDA reads no further than an entry that is none"),
    ],
)
def test_only_what_is_visible_already_is_shared_out(machine, monkeypatch, said, there, shares):
    here = machine(there)
    monkeypatch.setenv(VISIBLE, said)
    pool = Gpus(here)
    assert [pool.give(str(i)) for i in range(there)] == shares
    assert not pool.suffice()


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_without_gpus_nothing_is_counted_or_shared_out(machine, monkeypatch, device):
    other = machine(0, device=device)
    monkeypatch.setattr(gpus, "count", lambda: pytest.fail("counts GPUs"))
    pool = Gpus(other)
    assert (pool.shared, pool.told(), pool.at_a_time) == (False, "", 0)


def test_torch_counts_in_a_process_of_its_own():
    """The one that starts the stages has not even loaded it."""
    source = "import sys; from diffrep.pipelines.running import gpus; print(gpus.count(), 'torch' in sys.modules)"
    hidden = {**os.environ, VISIBLE: ""}
    told = subprocess.run([sys.executable, "-c", source], check=True, env=hidden, capture_output=True, text=True)
    assert told.stdout.split() == ["0", "False"]


class Simulated:
    """A run of made-up stages, whose processes end one by one, those that have begun first before the others.

    shares  what every stage was given, in the order of their starts
    most    how many ran side by side: of all, and of those with a share
    """

    def __init__(self, monkeypatch, machine, stages: dict[str, bool], jobs: int, fails: tuple[str, ...] = ()) -> None:
        self.shares: dict[str, str | None] = {}
        self.most = (0, 0)
        self.fails = fails
        names = list(stages)
        needs = {name: set[str]() for name in names}
        self.plan = SimpleNamespace(
            names=names,
            needs=needs,
            reason=lambda name: plan.CHANGED,
            on_device=stages.get,
            otherwise_made=lambda name: "",
            lacking=lambda name: [],
            expected=lambda: Expected(dict.fromkeys(names, 1.0), needs),
        )
        monkeypatch.setattr(runs.processes, "start", self.start)
        monkeypatch.setattr(runs, "wait", self.wait)
        monkeypatch.setattr(runs.ending, "send", lambda processes, number: None)
        monkeypatch.setattr(runs.ending, "wrong_end", lambda code, log: "it failed" if code else "")
        monkeypatch.setattr(runs.ending, "warnings_in", lambda log: [])
        self.run = Run(self.plan, jobs, machine)
        self.run.to_the_end()

    def start(self, command, log, device, gpus):
        self.shares[command[-1]] = gpus
        return SimpleNamespace(exitcode=None, sentinel=command[-1])

    def wait(self, sentinels, seconds) -> None:
        running = {name: self.shares[name] for name in sentinels}
        held = [gpu for share in running.values() if share is not None for gpu in share.split(",")]
        assert len(set(held)) == len(held), "a GPU of two stages"
        self.most = tuple(map(max, self.most, (len(running), sum(share is not None for share in running.values()))))
        process, _ = self.run.running[sentinels[0]]
        process.exitcode = int(sentinels[0] in self.fails)


TRAININGS = {f"train{i}": True for i in range(5)}
PROBES = {f"probe{i}": False for i in range(5)}


@pytest.mark.parametrize(
    ("there", "devices", "jobs", "most"),
    [(1, 1, 4, (4, 1)), (4, 2, 8, (7, 2)), (8, 1, 3, (3, 3)), (3, 2, 1, (1, 1)), (8, 1, 20, (10, 5))],
)
def test_never_more_stages_on_gpus_than_fit_whatever_jobs_says(monkeypatch, machine, there, devices, jobs, most):
    found = Simulated(monkeypatch, machine(there, devices), TRAININGS | PROBES, jobs)
    assert found.most == most
    assert found.run.done == {*TRAININGS, *PROBES}
    assert {len(found.shares[name].split(",")) for name in TRAININGS} == {devices}


def test_stages_that_need_no_gpu_see_nothing_of_it_and_run_beside(monkeypatch, machine):
    found = Simulated(monkeypatch, machine(1), TRAININGS | PROBES, 2)
    assert {found.shares[name] for name in PROBES} == {None}
    assert found.most == (2, 1)


def test_a_stage_that_fails_gives_its_gpus_back(monkeypatch, machine):
    found = Simulated(monkeypatch, machine(2, 2), TRAININGS, 4, fails=("train4", "train0"))
    assert set(found.run.failed) == {"train4", "train0"}
    assert found.run.done == {"train1", "train2", "train3"}
    assert set(found.shares.values()) == {"0,1"}


def test_on_a_cpu_jobs_alone_says_how_many(monkeypatch, machine):
    found = Simulated(monkeypatch, machine(0, 2, device="cpu"), TRAININGS, 4)
    assert found.most == (4, 0)
    assert set(found.shares.values()) == {None}


@pytest.mark.parametrize(
    ("there", "line"),
    [
        (1, r"^params\.yaml: machine\.devices is 2, but torch finds 1 here$"),
        (0, r"^params\.yaml: machine\.device is 'gpu', but torch finds no such device here: set it to cpu$"),
    ],
)
def test_too_few_gpus_are_one_line_where_a_stage_needs_some(monkeypatch, machine, there, line):
    with pytest.raises(UserError, match=line):
        Simulated(monkeypatch, machine(there, 2), TRAININGS, 4)
    assert Simulated(monkeypatch, machine(there, 2), PROBES, 4).run.done == {*PROBES}


def test_the_time_left_is_that_of_the_gpus_where_they_are_fewer(monkeypatch, machine):
    run = Simulated(monkeypatch, machine(2), TRAININGS | PROBES, 10).run
    run.waiting, run.expected = list(run.plan.names), run.plan.expected()
    assert run.left(0.0)[2] == pytest.approx(1.4 * 5 / 2)


def nothing(params, place):
    """Nothing: the commands stand in dvc.yaml."""


def test_the_processes_of_stages_see_their_gpus_alone(tmp_path, monkeypatch, small_values, machine, capsys):
    machine(2)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VISIBLE, "GPU-a,GPU-b")
    place = Cell("squares", "pca", 0)
    known = {name: (Stage(nothing, Cell, on_device=name != "cpu"), place) for name in ("one", "two", "cpu")}
    monkeypatch.setattr(plan, "declared", lambda params: known)
    stages = {name: {"cmd": f"printenv {VISIBLE} > {name}.txt; sleep 1", "outs": [f"{name}.txt"]} for name in known}
    Path("dvc.yaml").write_text(yaml.safe_dump({"stages": stages}))
    Repo.init(no_scm=True).close()
    small_values["machine"]["device"] = "gpu"
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    try:
        repro(parsed(small_values), 3)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    seen = {name: Path(f"{name}.txt").read_text().strip() for name in known}
    assert sorted((seen["one"], seen["two"])) == ["GPU-a", "GPU-b"]
    assert seen["cpu"] == "GPU-a,GPU-b"
    line = (
        "at most 3 stages side by side, as --jobs says, at most 2 of them on GPUs: torch finds 2 here, machine.devices"
    )
    assert line in " ".join(capsys.readouterr().out.split())
