"""dvc.yaml depends on what it runs: every file and parameter that can change a stage's numbers is listed there.

Left out on purpose is the plumbing: files that carry, name, check, show or log numbers but never change one. DVC
compares whole files, so a comment in a plumbing file would otherwise cost every training again. A module of another
stage is left out too where it is imported for the reader of that stage's output: the output itself is a dependency.
"""

import ast
import re
from pathlib import Path

import pytest
import yaml

from diffrep.pipelines.stages.code import imported

ROOT = Path(__file__).parents[3]
STAGES = yaml.safe_load((ROOT / "dvc.yaml").read_text())["stages"]
PLUMBING = {
    *("card", "errors", "files", "paths", "names", "needs", "params", "progress", "results", "sections"),
    *("cli", "stage", "stages"),
    *("entries", "live", "store", "tracking"),  # MLflow: a view of the results
}
READERS = {"base", "autoencoder", "oracle", "encode"}  # imported by later stages to read what these stages have written
TYPES = {
    "methods/shared/method.py",
    "methods/shared/part.py",
    "metrics/measured.py",
}  # conventions: nothing is computed
OTHERS = {  # imported by modules that the stage takes another function from
    "oracle": {"pipelines/cells.py"},
    "anchors": {
        f"pipelines/{n}.py" for n in ("asked", "cells", "decoding", "extractors", "judge", "pictures", "swaps")
    },
}
THROUGH = {  # which dependency stands for which files
    "runs/adapters/methods": "methods/",  # hashes of all that the adapter imports
    "runs/adapters/datasets": "datasets/",
    "data/": "datasets/prepared.py",  # checks what it reads by the checksums of its card
    "results": "pipelines/",  # report: made from result files alone
}
PATTERN = re.compile(r"section\(\s*params, \"([a-z_.]+)\"|params((?:\[\"[a-z_]+\"\])+)")


def module_file(name: str) -> str | None:
    """The repository's file of a module, or None where it is no module of ours."""
    path = name.removeprefix("diffrep.").replace(".", "/") + ".py"
    return path if name.startswith("diffrep.") and (ROOT / path).is_file() else None


def own_imports(file: str) -> set[str]:
    """The repository's files that a file imports."""
    package = "diffrep." + file.rpartition("/")[0].replace("/", ".")
    names = imported(ast.parse((ROOT / file).read_text()), package)
    return {found for name in names if (found := module_file(name))}


def is_plumbing(file: str, stage: str) -> bool:
    """Whether a file can change no number of the stage, as the head of this file tells."""
    name = file.removeprefix("pipelines/").removesuffix(".py")
    return file in TYPES or (file.startswith("pipelines/") and (name in PLUMBING or name in READERS - {stage}))


def needed(stage: str) -> set[str]:
    """The stage's module and all that it imports, plumbing and what only plumbing imports left out."""
    found: set[str] = set()
    waiting = {f"pipelines/{stage}.py"}
    while waiting:
        file = waiting.pop()
        found.add(file)
        waiting |= {other for other in own_imports(file) if not is_plumbing(other, stage)} - found
    return found - OTHERS.get(stage, set())


def covered(file: str, deps: list[str]) -> bool:
    """Whether the file is a dependency itself, lies in one, or is stood for by one."""
    direct = any(file == dep or file.startswith(f"{dep}/") for dep in deps)
    return direct or any(dep.startswith(by) and file.startswith(to) for dep in deps for by, to in THROUGH.items())


@pytest.mark.parametrize("stage", STAGES)
def test_every_file_that_a_stage_runs_is_a_dependency(stage):
    deps = STAGES[stage]["deps"]
    assert sorted(file for file in needed(stage) if not covered(file, deps)) == []


@pytest.mark.parametrize("stage", STAGES)
def test_every_file_dependency_is_there(stage):
    files = [dep for dep in STAGES[stage]["deps"] if not dep.startswith(("runs/", "data/", "results"))]
    assert [file for file in files if not (ROOT / file).exists()] == []


def read_params(stage: str) -> set[str]:
    """The dotted paths that the stage's module reads, as far as they are written out."""
    text = (ROOT / "pipelines" / f"{stage}.py").read_text()
    return {section or ".".join(re.findall(r"[a-z_]+", keys)) for section, keys in PATTERN.findall(text)}


@pytest.mark.parametrize("stage", STAGES)
def test_every_parameter_that_a_stage_reads_is_listed(stage):
    listed = STAGES[stage]["params"]
    missing = {
        path
        for path in read_params(stage)
        if not any(path == entry or path.startswith(f"{entry}.") or entry.startswith(f"{path}.") for entry in listed)
    }
    assert missing == set()


def test_every_stage_is_a_subcommand():
    from diffrep.pipelines.cli import cli

    assert set(STAGES) <= set(cli.commands)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_runs_the_subcommand_of_its_name(stage):
    assert STAGES[stage]["cmd"].split()[:2] == ["diffrep", stage]


@pytest.mark.parametrize("name", sorted(PLUMBING - {"store", "sync", "views"}))
def test_plumbing_is_still_there(name):
    assert (ROOT / "pipelines" / f"{name}.py").is_file()
