"""Every public function of metrics/ has an example in its docstring, and every example runs."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

from diffrep.metrics import measured

FOLDER = Path(measured.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
WITH_EXAMPLES = [path for path in FILES if ">>> " in path.read_text()]


def module_of(path):
    words = path.relative_to(FOLDER).with_suffix("").parts
    return importlib.import_module(".".join(["diffrep.metrics", *words]).removesuffix(".__init__"))


def named(path):
    return str(path.relative_to(FOLDER).with_suffix(""))


def public_functions(path):
    return [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=named)
def test_examples_run(path):
    module = module_of(path)
    failed, tried = doctest.testmod(module)
    assert failed == 0 < tried


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_public_function_has_an_example(path):
    assert [node.name for node in public_functions(path) if ">>> " not in (ast.get_docstring(node) or "")] == []


@pytest.mark.parametrize("path", FILES, ids=named)
def test_doctest_finds_every_example(path):
    """Decorators hide functions from it: what it does not find, it does not run."""
    module = module_of(path)
    found = {test.name.rpartition(".")[2] for test in doctest.DocTestFinder().find(module) if test.examples}
    assert {node.name for node in public_functions(path) if ">>> " in (ast.get_docstring(node) or "")} <= found
