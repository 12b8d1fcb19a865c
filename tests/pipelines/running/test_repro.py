"""`diffrep repro` sees what DVC cannot: code of an adapter that lies outside the repository."""

import signal

import pytest
import yaml
from dvc.repo import Repo

from diffrep.pipelines.running.repro import repro

STAGES = {
    "adapters": {
        "cmd": "diffrep adapters",
        "params": ["grid", "datasets", "methods"],
        "deps": ["methods"],
        "outs": ["runs/adapters"],
    },
    "cell": {
        "cmd": "cp runs/adapters/methods/own.json cell.json",
        "deps": ["runs/adapters/methods/own.json"],
        "outs": ["cell.json"],
    },
}
OWN = """from torch import nn


class Own(nn.Module):
    needs, cannot, encode = (), {{}}, None

    def __init__(self, image_shape, *, code_dim: int):
        self.size = code_dim * {factor}
"""


@pytest.fixture
def project(tmp_path, monkeypatch, small_params):
    """A folder with two stages, one behind the other, and a method from outside."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    for folder in (outside, inside / "methods"):
        folder.mkdir(parents=True)
    (outside / "own_cell.py").write_text(OWN.format(factor=1))
    small_params["methods"]["own"] = {"adapter": "own_cell:Own", "code_dim": 2}
    small_params["grid"]["method"] = ["own"]
    (inside / "methods" / "inside.txt").write_text("what DVC watches")
    (inside / "params.yaml").write_text(yaml.safe_dump(small_params))
    (inside / "dvc.yaml").write_text(yaml.safe_dump({"stages": STAGES}))
    monkeypatch.chdir(inside)
    monkeypatch.syspath_prepend(outside)
    monkeypatch.setenv("PYTHONPATH", str(outside))
    Repo.init(no_scm=True).close()
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield tmp_path
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_edit_outside_the_repository_reruns_its_cells_each_time(project, small_params):
    repro(small_params, 1)
    cell, seen = project / "inside" / "cell.json", []
    for factor in (1, 2, 1):
        (project / "outside" / "own_cell.py").write_text(OWN.format(factor=factor))
        repro(small_params, 1)
        seen.append(cell.read_text())
    assert seen[0] == seen[2] != seen[1]


def test_without_an_edit_nothing_runs(project, small_params, capsys):
    repro(small_params, 1)
    repro(small_params, 1)
    assert "Everything is up to date" in capsys.readouterr().out
