"""The smallest grid by a real SLURM, two tasks at a time: a task killed and queued again, the driver killed, a failure.

What it makes must be what the local run makes, to the digit.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loopback_slurm import needs_slurm, start, stop
from smoke_runs import CELL_STAGES, ENVIRONMENT, PATIENCE, ROOMS, changed_params, command, workspace

pytestmark = [needs_slurm, pytest.mark.long]
LONG = 4 * PATIENCE  # as long as a whole run may take
NEEDS = "stages:\n" + "".join(
    f"  {name}: {{cpus: 1, memory_gib: 2, minutes: 60}}\n" for name in ("prepare", "base", "train", "encode")
)


@pytest.fixture(scope="module")
def slurm(tmp_path_factory):
    """The environment in which commands find it."""
    folder = tmp_path_factory.mktemp("slurm")
    found = start(folder, 2)
    yield {**ENVIRONMENT, **found, "PATH": f"{Path(sys.executable).parent}:{found['PATH']}"}
    stop(folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = workspace(tmp_path_factory.mktemp("cluster") / "smoke")
    (made / "cluster.yaml").write_text(NEEDS)
    return made


def driver(folder: Path, environment: dict[str, str]) -> subprocess.Popen:
    words = [command("diffrep"), "repro", "--engine", "slurm"]
    return subprocess.Popen(
        words, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def receipts(folder: Path) -> dict[str, dict]:
    files = (folder / "runs" / "logs" / "cluster" / "receipts").glob("[!.]*.json")
    return {file.stem: json.loads(file.read_text()) for file in files}


def wait_for(happened, process: subprocess.Popen) -> None:
    end = time.monotonic() + LONG
    while not happened():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.2)


def running(folder: Path, stage: str) -> list[str]:
    return [name for name, said in receipts(folder).items() if name.startswith(stage) and said["state"] == "running"]


def job_of(folder: Path, stage: str, environment: dict[str, str]) -> str:
    """What SLURM calls the task of a stage."""
    for file in (folder / "runs" / "logs" / "cluster" / "arrays").glob("[!.]*.json"):
        names = [job["name"] for job in json.loads(file.read_text())["jobs"]]
        if stage in names:
            asked = ["squeue", "--array", "--noheader", f"--name={file.stem}", "--format=%K|%i"]
            said = subprocess.run(asked, env=environment, capture_output=True, text=True, check=True).stdout
            places = dict(line.strip().split("|") for line in said.splitlines())
            return places.get(str(names.index(stage)), places.get("N/A", ""))
    raise AssertionError(f"{stage} is in no array")


def jobs_running(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """{training: what SLURM calls its task}, of those that run."""
    found = {stage: job_of(folder, stage, environment) for stage in running(folder, "train@")}
    return {stage: job for stage, job in found.items() if job}


def numbers(folder: Path) -> dict[str, dict]:
    files = [file for file in sorted((folder / "results").rglob("*.json")) if file.name != "cost.json"]
    return {str(file.relative_to(folder)): json.loads(file.read_text()) for file in files}


@pytest.fixture(scope="module")
def done(folder, slurm):
    """The run at its end: a training killed by SLURM and queued again, the first driver killed; the last one's word."""
    first = driver(folder, slurm)
    found: dict[str, str] = {}
    wait_for(lambda: found.update(jobs_running(folder, slurm)) or found, first)
    stage, job = next(iter(found.items()))
    began = receipts(folder)[stage]["began"]
    subprocess.run(["scontrol", "requeue", job], env=slurm, check=True)
    os.kill(first.pid, signal.SIGKILL)
    first.communicate()
    second = driver(folder, slurm)
    wait_for(lambda: receipts(folder)[stage]["began"] > began, second)
    told, _ = second.communicate(timeout=LONG)
    return {"code": second.returncode, "told": told, "stage": stage}


def test_the_second_driver_finds_what_the_first_has_handed_over(done):
    assert done["code"] == 0, done["told"]
    assert "stages are in the queue already" in done["told"]
    assert "queued   " not in done["told"]


def test_the_killed_task_began_anew(done):
    assert f"finished {done['stage']} in " in done["told"]


def test_its_numbers_are_those_of_the_local_run(done, folder, calm):
    assert numbers(folder) == numbers(calm.folder)


def test_its_tables_are_those_of_the_local_run(done, folder, calm):
    files = [file.relative_to(folder) for file in sorted((folder / "reports" / "tables").glob("*.csv"))]
    assert files
    for file in files:
        assert without_costs(folder / file) == without_costs(calm.folder / file)


def without_costs(table: Path) -> list[list[str]]:
    head, *rows = csv.reader(table.read_text().splitlines())
    kept = [i for i, name in enumerate(head) if not any(word in name for word in ("seconds", "memory", "minutes"))]
    return [[row[i] for i in kept] for row in [head, *rows]]


def test_dvc_finds_nothing_to_do(done, folder):
    said = subprocess.run([command("dvc"), "status"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True)
    assert "Data and pipelines are up to date" in said.stdout


def test_a_failing_cell_is_told_with_its_logs_last_line_and_the_rest_goes_on(done, folder, slurm):
    changed_params(folder, lambda params: params["methods"]["random"].update(code_dim=12))
    lost = folder / "results" / ROOMS / "random" / "1"
    shutil.rmtree(lost)
    lost.write_text("no folder: nothing can be written into it")
    failing = driver(folder, slurm)
    told, _ = failing.communicate(timeout=LONG)
    assert failing.returncode == 1
    said = next(line for line in told.splitlines() if f"FAILED   train@{ROOMS}-random-1: " in line)
    last = (folder / "runs" / "logs" / f"train@{ROOMS}-random-1.log").read_text().splitlines()[-1]
    assert last.removeprefix("diffrep: error: ") in said
    for stage in CELL_STAGES[1:]:
        assert f"dropped  {stage}@{ROOMS}-random-1: needs train@{ROOMS}-random-1, which has failed" in told
        assert f"finished {stage}@{ROOMS}-random-0 in " in told
