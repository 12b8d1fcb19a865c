"""The package's root: its version, its one function, and a package that lists every folder with code."""

import tomllib
from pathlib import Path

import pytest
from bare_package import in_bare_python

import diffrep

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
FOLDERS = ("datasets", "methods", "metrics", "pipelines", "reports")


def test_the_version_stands_in_one_place():
    assert "version" in PROJECT["project"]["dynamic"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "diffrep.__version__"}
    assert diffrep.__version__.count(".") == 2


def test_the_root_is_that_of_this_checkout():
    assert Path(diffrep.__file__).resolve() == ROOT / "pipelines" / "root" / "__init__.py"


def test_importing_it_loads_no_library():
    done = in_bare_python("import sys, diffrep; print([m for m in ('numpy', 'click', 'pydantic') if m in sys.modules])")
    assert done.stdout == "[]\n", done.stderr


def test_without_torch_load_names_the_extra():
    done = in_bare_python("import diffrep; diffrep.load('x')")
    assert done.stderr.splitlines()[-1].endswith("torch is not installed: pip install 'diffrep[suite]'")


def test_a_metric_that_needs_torch_names_the_extra():
    done = in_bare_python("from diffrep.metrics import linear_probe")
    line = done.stderr.splitlines()[-1]
    assert line == "ModuleNotFoundError: linear_probe needs torch: pip install 'diffrep[suite]'"


def own(top: str) -> list[Path]:
    """The modules of a folder, without the copies in workspaces below it."""
    return [file for file in (ROOT / top).rglob("*.py") if not file.is_relative_to(ROOT / "reports" / "reference")]


@pytest.mark.parametrize("top", FOLDERS)
def test_every_folder_with_code_is_packaged(top):
    found = {str(file.parent.relative_to(ROOT)).replace("/", ".") for file in own(top) if file.name == "__init__.py"}
    listed = {name.removeprefix("diffrep.") for name in PROJECT["tool"]["setuptools"]["packages"]}
    assert found - {"pipelines.root"} == {name for name in listed if name.split(".")[0] == top}


def test_every_module_lies_in_a_package():
    files = [file for top in FOLDERS for file in own(top)]
    assert [file for file in files if not (file.parent / "__init__.py").exists()] == []
