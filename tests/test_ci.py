"""What .ci/run installs, and when tests that need a package may be skipped: the whole script, on made-up commands."""

import os
import subprocess
from pathlib import Path

import packages
import pytest

SCRIPT = Path(__file__).parents[1] / ".ci" / "run"


@pytest.fixture
def machine(tmp_path):
    """Runs the script on a machine with these packages, user and net; what it has installed, and told the tests."""

    def run(*, installed: bool, root: bool = True, net: bool = True) -> tuple[str, str]:
        if installed:
            (tmp_path / "installed").touch()
        commands = {
            "dpkg": f"test -e {tmp_path}/installed",
            "id": f"echo {0 if root else 1000}",
            "apt-get": f"test $1 = update || {{ {str(net).lower()} && echo $* > {tmp_path}/installed; }}",
            "make": "echo $* ${NO_SKIPS-may skip}",
        }
        for name, lines in commands.items():
            (tmp_path / name).write_text(f"#!/bin/sh\n{lines}\n")
            (tmp_path / name).chmod(0o755)
        path = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
        path.pop(packages.PROMISE, None)
        done = subprocess.run([SCRIPT], env=path, capture_output=True, text=True, check=True)
        there = tmp_path / "installed"
        return there.read_text() if there.exists() else "", done.stdout.splitlines()[-1]

    return run


def test_packages_that_are_here_are_not_installed_and_nothing_is_skipped(machine):
    assert machine(installed=True) == ("", "test ALL=1 1")


def test_root_installs_them_and_nothing_is_skipped(machine):
    installed, told = machine(installed=False)
    assert all(name in installed for name in ("slurmctld", "slurmd", "slurm-client", "munge", "chromium"))
    assert told == "test ALL=1 1"


@pytest.mark.parametrize("lacking", ["root", "net"])
def test_what_cannot_be_installed_fails_nothing(machine, lacking):
    assert machine(installed=False, **{lacking: False}) == ("", "test ALL=1 may skip")


def test_a_program_that_must_be_here_and_is_not_is_an_error(monkeypatch):
    monkeypatch.setenv(packages.PROMISE, "1")
    with pytest.raises(RuntimeError, match="no such-program here: apt install such; NO_SKIPS is set"):
        packages.needs("such", "such-program")
    assert packages.needs("coreutils", "ls").args == (False,)


def test_without_the_promise_it_is_skipped_with_its_reason(monkeypatch):
    monkeypatch.delenv(packages.PROMISE, raising=False)
    mark = packages.needs("such", "such-program")
    assert (mark.args, mark.kwargs) == ((True,), {"reason": "no such-program here: apt install such"})
