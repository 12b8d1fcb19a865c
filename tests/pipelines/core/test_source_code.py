"""The walk from a module to the code that it can import: all of it, by syntax, and nothing that only runs it."""

import sys

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.source_code import (
    changed_modules,
    code_hashes,
    file_hashes,
    hash_and_imports,
    source_file,
    top_folder,
)

PACKAGE = {
    "__init__": "",
    "near": "from . import far\n\ndef half(x):\n    return x / 2\n",
    "far": "import numpy\nimport diffrep.methods.shared.partition\n",
    "late": "def load():\n    from walked import far\n    return far\n",
    "named": 'TABLE = {"far": "walked.far:Far", "note": "no module: here"}\n',
    "relative": "from .near import half\n",
    "alone": "import json\n",
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of one's own outside the repository, and a way to change a file of it."""
    folder = tmp_path / "walked"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> None:
        (folder / f"{name}.py").write_text(text)
        source_file.cache_clear()
        hash_and_imports.cache_clear()
        top_folder.cache_clear()

    for name, text in PACKAGE.items():
        write(name, text)
    yield write
    for name in [name for name in sys.modules if name.startswith("walked")]:
        del sys.modules[name]


@pytest.mark.parametrize(
    ("start", "found"),
    [
        ("near", {"near", "far"}),
        ("late", {"late", "far"}),
        ("named", {"named", "far"}),
        ("relative", {"relative", "near", "far"}),
        ("alone", {"alone"}),
    ],
)
def test_imports_are_followed_wherever_they_stand(package, start, found):
    own = {name.removeprefix("walked.") for name in code_hashes(f"walked.{start}") if name.startswith("walked.")}
    assert own == found


def test_code_of_ours_that_it_imports_counts(package):
    assert "diffrep.methods.shared.partition" in code_hashes("walked.near")


def test_files_beside_ones_own_count(package, tmp_path):
    (tmp_path / "adapter.py").write_text("import walked.near\nimport json, torch\n")
    assert {"adapter", "walked.near", "walked.far"} <= set(code_hashes("adapter"))


def test_installed_packages_beside_an_installed_one_do_not_count():
    assert not [name for name in code_hashes("lightning.pytorch.utilities.seed") if name.startswith("torch")]


def test_libraries_do_not_count(package):
    assert "numpy" not in code_hashes("walked.near")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('"""What it is."""\n' + PACKAGE["near"], id="docstring of the module"),
        pytest.param(PACKAGE["near"].replace(":\n", ':\n    """Half of it."""\n'), id="docstring of a function"),
        pytest.param(PACKAGE["near"] + "# a comment\n", id="comment"),
        pytest.param(PACKAGE["near"].replace("x / 2", "(x\n            / 2)"), id="layout"),
    ],
)
def test_what_says_nothing_to_python_does_not_count(package, text):
    before = code_hashes("walked.near")
    package("near", text)
    assert code_hashes("walked.near") == before


def test_a_change_far_away_counts(package):
    before = code_hashes("walked.late")
    package("far", PACKAGE["far"] + "ONE = 1\n")
    assert code_hashes("walked.late") != before


def test_plumbing_is_not_entered():
    found = code_hashes("diffrep.pipelines.stages.train")
    assert not [name for name in found if "tracking" in name or "running" in name or name.endswith("errors")]


def test_a_table_of_names_ties_no_adapter_to_another():
    found = code_hashes("diffrep.pipelines.trained.adapters")
    assert not [name for name in found if name.startswith("diffrep.methods.") and "shared" not in name]
    assert "diffrep.methods" not in found


def test_a_module_without_a_file_is_told():
    with pytest.raises(UserError, match="cannot find the source file of nowhere"):
        code_hashes("nowhere")


def test_a_comment_is_no_change_and_code_is(package):
    recorded, files = code_hashes("walked.near"), file_hashes(code_hashes("walked.near"))
    assert changed_modules(recorded, files) == []
    package("far", PACKAGE["far"] + "# a comment\n")
    assert changed_modules(recorded, files) == []
    package("far", PACKAGE["far"] + "ONE = 1\n")
    assert changed_modules(recorded, files) == ["walked.far"]
