"""Every example in a docstring of metrics/ runs, and every metric of the table has one."""

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

from diffrep.metrics import entry
from diffrep.metrics.table import METRICS

FILES = [path for path in sorted(Path(entry.__file__).parent.glob("*.py")) if ">>> " in path.read_text()]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_run(path):
    module = importlib.import_module(f"diffrep.metrics.{path.stem}")  # by attribute it would be the function
    failed, tried = doctest.testmod(module)
    assert failed == 0 < tried


def test_every_metric_has_an_example():
    without = {name for name, metric in METRICS.items() if ">>> " not in (inspect.getdoc(metric.load()) or "")}
    assert without == set()
