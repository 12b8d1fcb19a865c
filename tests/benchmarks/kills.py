"""Kills at random moments: smoke runs that are stopped again and again end with the files of an undisturbed one.

    python tests/benchmarks/kills.py [KILLS [SEED]]

By hand: some ten minutes for 25 kills. Runs are killed as people, batch systems and kernels do it, whole or in part,
several times on their way, with moments drawn from the seed. After each end no process may be left and DVC's list of
what runs must be whole; after the last one the run is completed and its results, weights and codes are compared byte
by byte with those of a run that nobody disturbed, cost files apart. Ends with exit code 1 where anything is wrong.
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import psutil

sys.path.append(str(Path(__file__).parents[1] / "helpers" / "runs"))
from smoke_runs import ENVIRONMENT, PATIENCE, command, workspace

MARK = "DIFFREP_KILLS"  # in the environment of every process of a run, by which those left are found
COST = re.compile(r"\bcost\b")  # names of files that tell of time and memory
ENDING_SECONDS = 20.0  # that what is left may take to end: the fork server looks up when it has loaded its libraries
LONGEST = 10.0  # seconds between two kills
Run = subprocess.Popen[bytes]


def start(folder: Path, mark: str) -> Run:
    """A run in a session of its own, as from a terminal."""
    with (folder / "run.log").open("ab") as log:
        return subprocess.Popen(
            [command("diffrep"), "repro", "--jobs", "2"],
            cwd=folder,
            env={**ENVIRONMENT, MARK: mark},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def marked(mark: str) -> list[psutil.Process]:
    """Every living process of the runs with this mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def stages(run: Run) -> list[int]:
    """The processes of stages: each leads a session of its own."""
    children = psutil.Process(run.pid).children(recursive=True)
    return [child.pid for child in children if os.getpgid(child.pid) == child.pid]


def to_run(*numbers: int) -> Callable[[Run, random.Random], None]:
    """Signals to the main process, a moment apart."""

    def kill(run: Run, chance: random.Random) -> None:
        for number in numbers:
            run.send_signal(number)
            time.sleep(chance.uniform(0.0, 0.3))

    return kill


def to_group(number: int) -> Callable[[Run, random.Random], None]:
    """A signal to the main process's group, as a terminal sends it."""
    return lambda run, chance: os.killpg(run.pid, number)


def to_stage(number: int) -> Callable[[Run, random.Random], None]:
    """A signal to one running stage, where there is one: the run goes on."""

    def kill(run: Run, chance: random.Random) -> None:
        if running := stages(run):
            os.kill(chance.choice(running), number)

    return kill


def to_all(number: int) -> Callable[[Run, random.Random], None]:
    """A signal to every process, in any order."""

    def kill(run: Run, chance: random.Random) -> None:
        family = [*psutil.Process(run.pid).children(recursive=True), psutil.Process(run.pid)]
        for process in chance.sample(family, len(family)):
            if process.is_running():
                process.send_signal(number)

    return kill


ENDING: dict[str, Callable[[Run, random.Random], None]] = {
    "SIGKILL to the run": to_run(signal.SIGKILL),
    "SIGTERM to the run": to_run(signal.SIGTERM),
    "SIGINT to the run": to_run(signal.SIGINT),
    "SIGINT twice": to_run(signal.SIGINT, signal.SIGINT),
    "SIGHUP to its group": to_group(signal.SIGHUP),
    "SIGINT to its group": to_group(signal.SIGINT),
    "SIGKILL to its group": to_group(signal.SIGKILL),
    "SIGTERM to all": to_all(signal.SIGTERM),
    "SIGKILL to all": to_all(signal.SIGKILL),
}
GOING_ON = {"SIGKILL to a stage": to_stage(signal.SIGKILL), "SIGTERM to a stage": to_stage(signal.SIGTERM)}


def storm(folder: Path, kills: int, chance: random.Random) -> tuple[int, list[str]]:
    """Up to `kills` kills of runs in `folder`, until it is complete: how many there were, and what was wrong."""
    wrong: list[str] = []
    mark, done = uuid.uuid4().hex, 0
    while done < kills:
        run = start(folder, mark)
        while done < kills and survives(run, chance.uniform(0.3, LONGEST)):
            kind = chance.choice([*ENDING, *GOING_ON])
            try:
                (ENDING | GOING_ON)[kind](run, chance)
            except (ProcessLookupError, psutil.Error):
                continue  # it ended just now
            done += 1
            print(f"{done:3}  {kind}", flush=True)
            if kind in ENDING:
                break
        code = run.wait(PATIENCE)
        wrong += [f"left: {process}" for process in psutil.wait_procs(marked(mark), timeout=ENDING_SECONDS)[1]]
        wrong += damaged(folder / ".dvc" / "tmp" / "rwlock")
        if code == 0:
            break
    return done, wrong


def survives(run: Run, seconds: float) -> bool:
    """Whether the run still goes after so many seconds."""
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        return True
    return False


def damaged(listed: Path) -> list[str]:
    """What is wrong with DVC's list of what runs."""
    try:
        json.loads(listed.read_text()) if listed.exists() else None
    except ValueError:
        return [f"{listed} is no JSON: {listed.read_text()!r}"]
    return []


def complete(folder: Path) -> list[str]:
    """What is wrong with a run to the end."""
    done = subprocess.run([command("diffrep"), "repro", "--jobs", "2"], cwd=folder, env=ENVIRONMENT, check=False)
    return [] if done.returncode == 0 else [f"{folder}: not completed, exit code {done.returncode}"]


def files(folder: Path) -> dict[str, bytes]:
    """{path: content} of all results, weights and codes, tables and figures; what they cost apart."""
    roots = ("results", "runs/shapes3d_rendered", "runs/code", "reports/tables", "reports/figures", "data")
    found = [path for root in roots for path in sorted((folder / root).rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in found if not COST.search(path.name)}


def differences(calm: Path, stormy: Path) -> list[str]:
    """Files that one tree has alone, or that differ."""
    one, other = files(calm), files(stormy)
    return [
        f"differs: {stormy / name}" for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name)
    ]


def main(kills: int = 25, seed: int = 0) -> None:
    """Kill, complete, compare, and say what was wrong."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)  # as a terminal starts runs, whatever has started this
    chance, wrong, done, rounds = random.Random(seed), [], 0, 0
    with tempfile.TemporaryDirectory() as home:
        calm = workspace(Path(home, "calm"))
        wrong += complete(calm)
        while done < kills:
            stormy = workspace(Path(home, f"stormy-{rounds}"))
            more, found = storm(stormy, kills - done, chance)
            done, rounds = done + more, rounds + 1
            wrong += found + complete(stormy) + differences(calm, stormy)
    print(
        "\n".join(wrong) or f"{done} kills in {rounds} workspaces: every file as undisturbed, no process left, no lock"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
