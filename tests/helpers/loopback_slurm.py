"""A SLURM of one node on loopback for the tests that need one, or why there is none."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

START = Path(__file__).parents[1] / "slurm" / "start.sh"
PACKAGES = "slurmctld slurmd slurm-client munge"
DAEMONS = ("slurmctld", "slurmd", "munged", "srun")
LACKING = [name for name in DAEMONS if shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None]
needs_slurm = pytest.mark.skipif(bool(LACKING), reason=f"no {', '.join(LACKING)} here: apt install {PACKAGES}")


def start(folder: Path, slots: int) -> dict[str, str]:
    """Start it in a folder; the environment in which SLURM's commands find it."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    done = subprocess.run([START, folder, str(slots)], env={**os.environ, "PATH": path}, capture_output=True, text=True)
    if done.returncode != 0:
        stop(folder)
        pytest.fail(f"SLURM did not start: {done.stderr}")
    return {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}


def stop(folder: Path) -> None:
    """End its daemons."""
    for file in folder.glob("*.pid"):
        with suppress(ProcessLookupError, ValueError):
            os.kill(int(file.read_text()), signal.SIGTERM)
