"""The parts of DVC that are replaced, or called though they are its own affair, are those that were tested."""

import inspect
import json
import tomllib
from importlib.metadata import version
from pathlib import Path

import dvc.dvcfile
import dvc.repo
import dvc.rwlock
import dvc.stage
import dvc.stage.run
import pytest
from dvc.utils.serialize import _yaml, load_path
from packaging.requirements import Requirement

from diffrep.pipelines.running.interrupted import LIST

PROJECT = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text())["project"]
ADVICE = (
    "pipelines/running replaces private parts of DVC. Run tests/pipelines/running and tests/runs with the new one, "
    "mend what they show, then raise the bound of dvc in pyproject.toml"
)


def test_the_installed_dvc_is_one_that_was_tested():
    (bound,) = [
        needed.specifier
        for needed in map(Requirement, PROJECT["optional-dependencies"]["suite"])
        if needed.name == "dvc"
    ]
    assert any(part.operator in ("<", "<=", "==", "~=") for part in bound), f"dvc has no upper bound. {ADVICE}"
    assert version("dvc") in bound, f"DVC {version('dvc')} is installed, {bound} was tested. {ADVICE}"


SIGNATURES = {
    _yaml.parse_yaml: "(text, path, typ='safe')",
    dvc.stage.run._run: "(executable, cmd, **kwargs)",
    dvc.dvcfile.Lockfile.load: "(self, **kwargs: Any) -> Any",
    dvc.dvcfile.Lockfile.dump_stages: "(self, stages, **kwargs)",
}


@pytest.mark.parametrize("part", SIGNATURES, ids=lambda part: part.__qualname__)
def test_a_replaced_part_takes_what_it_took(part):
    assert str(inspect.signature(part)) == SIGNATURES[part], ADVICE


def test_dvc_looks_its_parser_up_where_it_is_replaced(pipeline, monkeypatch):
    monkeypatch.setattr(_yaml, "parse_yaml", lambda text, path: {"replaced": path})
    assert load_path("params.yaml", pipeline.fs) == {"replaced": "params.yaml"}, ADVICE


def test_dvc_looks_its_lock_up_where_it_is_replaced(pipeline, monkeypatch):
    class Empty(dvc.dvcfile.Lockfile):
        def load(self, **kwargs):
            return {}

    monkeypatch.setattr(dvc.dvcfile, "Lockfile", Empty)
    with dvc.repo.Repo() as fresh:
        assert len(fresh.status()) == 16, ADVICE


def test_dvc_runs_a_stage_by_what_is_replaced(pipeline, monkeypatch):
    seen = []
    monkeypatch.setattr(dvc.stage.run, "_run", lambda executable, command, **how: seen.append((command, sorted(how))))
    pipeline.reproduce(["report"], single_item=True, force=True)
    assert seen == [("true report", ["close_fds", "cwd", "env", "shell"])], ADVICE


def test_dvc_lists_what_runs_where_it_is_mended(pipeline):
    with dvc.rwlock.rwlock(pipeline.tmp_dir, pipeline.fs, "repro", ["/read"], ["/written"], False):
        listed = json.loads(LIST.read_text())
    assert listed["read"]["/read"][0].keys() == listed["write"]["/written"].keys() == {"pid", "cmd"}, ADVICE
