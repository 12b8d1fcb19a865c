"""The made-up pipeline that these tests hand over."""

import in_process
import pytest
from cluster_pipeline import project

from diffrep.pipelines.running import process as processes

__all__ = ["project"]


@pytest.fixture(autouse=True)
def here(monkeypatch):
    """What no task makes is made in this process: what these tests are about is who makes it, and what is recorded."""
    monkeypatch.setattr(processes, "start", in_process.start)
