"""docs/python.md: its metric is one, its commands do what it says, and all that it names is there."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
import yaml

import diffrep
from diffrep.pipelines.trained.opened import OpenCell

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "python.md").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def blocks(language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [text for name, text in found if name == language]


USE, METRIC = blocks("python")
WORKSPACE, SCORE, COMPLETION = blocks("")


def bash(commands: str, folder: Path) -> subprocess.CompletedProcess:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        ["bash", "-c", commands], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_its_metric_keeps_the_contract_and_is_scored_word_for_word(tmp_path):
    (tmp_path / "mine.py").write_text(METRIC)
    factors = np.random.default_rng(0).integers(0, 4, (300, 3))
    np.savez(tmp_path / "codes.npz", codes=factors + 0.1, factors=factors)
    links = os.environ.get("PYTHONPATH", "")
    quick = SCORE.replace("--metrics default", "--metrics mig").replace("$PWD", f"$PWD:{links}")
    done = bash(f"set -e\n{quick}", tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mine:nearest_factor keeps the contract" in done.stdout
    assert re.search(r"nearest_factor +│ [01]\.\d{3} │ ↑ │ 0 to 1", done.stdout), done.stdout


def test_the_members_that_it_names_are_there():
    rows = re.findall(r"^\| (`[a-z_]+.*?) \| ", PAGE.partition("| member |")[2], re.MULTILINE)
    names = {name for row in rows for name in re.findall(r"`([a-z_]+)", row)}
    assert names == {
        *(name for name in vars(OpenCell) if not name.startswith("_")),
        *("network", "record"),
    }
    assert "diffrep.load(" in USE


def test_the_extras_that_it_names_are_there():
    assert set(re.findall(r"diffrep\[(\w+)\]", PAGE)) == set(PROJECT["optional-dependencies"]) - {"dev"}
    assert all(
        any(name.startswith(word) for name in PROJECT["dependencies"])
        for word in ("numpy", "scipy", "scikit-learn", "numba", "pandas")
    )


def test_the_shell_is_given_completion():
    assert "_DIFFREP_COMPLETE=bash_source diffrep" in COMPLETION
    script = bash("_DIFFREP_COMPLETE=bash_source diffrep", ROOT)
    assert "_diffrep_completion" in script.stdout
    words = bash('COMP_WORDS="diffrep sc" COMP_CWORD=1 _DIFFREP_COMPLETE=bash_complete diffrep', ROOT)
    assert words.stdout == "plain,score\n"


def test_its_workspace_is_made(tmp_path):
    done = bash(WORKSPACE.splitlines()[0], tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "trial" / "params.yaml").exists()


def test_what_stands_beside_the_readme_says_the_same():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["license"] == PROJECT["license"]
    assert set(citation["keywords"]) == set(PROJECT["keywords"])
    assert f"## {diffrep.__version__}" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("target", ["test ALL=1", "site"])
def test_the_workflow_runs_what_make_has(target):
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "tests-and-pages.yml").read_text())
    commands = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert f"make {target}" in commands
