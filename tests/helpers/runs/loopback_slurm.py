"""A SLURM of one node on loopback for the tests that need one."""

import os
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from packages import PATH, needs

GRACE = 60.0  # seconds that tasks have to end
START = Path(__file__).parents[2] / "slurm" / "start.sh"
needs_slurm = needs("slurmctld slurmd slurm-client munge", "slurmctld", "slurmd", "munged", "srun")


def start(folder: Path, slots: int) -> dict[str, str]:
    """Start it in a folder; the environment in which SLURM's commands find it."""
    done = subprocess.run([START, folder, str(slots)], env={**os.environ, "PATH": PATH}, capture_output=True, text=True)
    if done.returncode != 0:
        stop(folder)
        pytest.fail(f"SLURM did not start: {done.stderr}")
    return {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": PATH}


def stop(folder: Path) -> None:
    """End its tasks, then its daemons."""
    environment = {**os.environ, "SLURM_CONF": f"{folder}/slurm.conf"}
    subprocess.run(["scancel", "--partition=main"], env=environment, check=False)
    end = time.monotonic() + GRACE
    while (
        time.monotonic() < end
        and subprocess.run(["squeue", "--noheader"], env=environment, capture_output=True, check=False).stdout.strip()
    ):
        time.sleep(0.5)
    for file in folder.glob("*.pid"):
        with suppress(ProcessLookupError, ValueError):
            os.kill(int(file.read_text()), signal.SIGTERM)
