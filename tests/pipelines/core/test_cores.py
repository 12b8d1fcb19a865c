"""The share of the cores that a process may use."""

import joblib
import pytest

from diffrep.pipelines.core.cores import SHARES, usable_cores


@pytest.fixture
def machine(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 8)
    for name in SHARES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_outside_a_job_they_are_those_that_joblib_counts(machine):
    assert usable_cores() == 8


@pytest.mark.parametrize(("value", "cores"), [("2", 2), ("64", 8), ("0", 1), ("", 8), ("2(x3)", 8)])
def test_in_a_batch_job_they_are_its_share(machine, value, cores):
    machine.setenv("SLURM_CPUS_ON_NODE", value)
    assert usable_cores() == cores
