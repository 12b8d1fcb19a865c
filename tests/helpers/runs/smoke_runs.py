"""Whole runs of the smoke profile in fresh workspaces outside the repository: started, told to stop, killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import yaml

ROOT = Path(__file__).parents[3]
ROOMS = "shapes3d_rendered"
CELL_STAGES = ("train", "encode", "probe", "disentangle", "own_metrics", "reconstruct", "partway", "counterfactual")
PATIENCE = 600  # seconds before a wait is given up
ENVIRONMENT = {**{k: v for k, v in os.environ.items() if k != "MLFLOW_TRACKING_URI"}, "OMP_NUM_THREADS": "1"}


def command(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def diffrep(folder: Path, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [command("diffrep"), *words],
        cwd=folder,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=2 * PATIENCE,
    )


def workspace(folder: Path) -> Path:
    made = diffrep(ROOT, "workspace", "--profile", "smoke", str(folder))
    assert made.returncode == 0, made.stderr
    return folder


def changed_params(folder: Path, change: Callable[[dict], None]) -> None:
    params = yaml.safe_load((folder / "params.yaml").read_text())
    change(params)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))


def started(folder: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [command("diffrep"), "repro", "--jobs", "1"],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def wait(happened: Callable[[], bool], process: subprocess.Popen) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def bases_in_training(folder: Path) -> Iterator[Path]:
    """The settings of unfinished trainings of base models."""
    return (folder / "runs" / "partial" / ROOMS / "base").glob("*/settings.json")


def terminated(folder: Path) -> tuple[subprocess.Popen, str, list[psutil.Process]]:
    """A run that is told to stop while the base model trains: its process, its words, and who outlived it."""
    process = started(folder)
    wait(lambda: any(bases_in_training(folder)), process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.terminate()
    words, _ = process.communicate(timeout=PATIENCE)
    return process, words, psutil.wait_procs(family, timeout=10)[1]


def killed(folder: Path) -> Path:
    """A run whose processes all vanish after the first checkpoint of a method; that checkpoint."""
    process = started(folder)
    place = folder / "runs" / "partial" / ROOMS / "pdae"
    wait(lambda: any(place.glob("*/last.ckpt")), process)
    root = psutil.Process(process.pid)
    family = root.children(recursive=True)
    for each in [root, *family]:
        each.send_signal(signal.SIGKILL)
    process.communicate(timeout=PATIENCE)
    psutil.wait_procs(family, timeout=10)
    return next(place.glob("*/last.ckpt"))
