"""Which source files each adapter of the grid is made of, hashed: editing one reruns its own cells only.

DVC's dependencies are files, and a grid entry may be a variant of another adapter or live outside the repository;
so this stage follows the imports of each adapter and writes one small file that its cells depend on. Comments,
docstrings and layout do not count.
"""

import ast
import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from diffrep.datasets import DATASETS
from diffrep.methods import METHODS
from diffrep.pipelines.core import paths
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing_folder, write_json
from diffrep.pipelines.core.names import lookup, path_of
from diffrep.pipelines.core.params import adapter_of, arguments, digest, method_class


def adapters(params: dict[str, Any]) -> None:
    """Check every adapter's section against its arguments and write runs/adapters/<kind>/<name>.json.

    Beside them code.json, the size of the grid's largest code, and what `write_needs` writes.
    """
    grid = params["grid"]
    with replacing_folder(paths.adapters()) as folder:
        for kind, table, names in (("methods", METHODS, grid["method"]), ("datasets", DATASETS, grid["dataset"])):
            for name in names:
                adapter, word = adapter_of(params, kind, name), kind.removesuffix("s")
                cls = method_class(params, name) if table is METHODS else lookup(table, adapter, word)
                arguments(cls, f"{kind}.{name}", params[kind][name])
                module = path_of(table, adapter, word).partition(":")[0]
                write_json(folder / kind / f"{name}.json", sources(module))
        sizes = [params["methods"][name].get("code_dim", 0) for name in grid["method"]]
        write_json(folder / paths.grid_code().name, {"code_dim": max(sizes)})
        write_needs(folder, params)


def write_needs(folder: Path, params: dict[str, Any]) -> None:
    """Write whether an autoencoder is needed at all, and for every cell the hash of its settings, or nothing."""
    grid = params["grid"]
    needing = {name for name in grid["method"] if "autoencoder" in method_class(params, name).needs}
    write_json(folder / paths.needs().name, {"autoencoder": bool(needing)})
    for dataset in grid["dataset"]:
        settings = {"autoencoder": digest(params["autoencoder"], params["budgets"][dataset]["autoencoder"])}
        for name in grid["method"]:
            path = paths.cell_needs(dataset, name).relative_to(paths.adapters())
            write_json(folder / path, settings if name in needing else {})


def sources(module: str) -> dict[str, str]:
    """{module: sha256 of its code} for `module` and all that it imports from the same package or from diffrep."""
    found: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        file = source_file(name)
        if name in found or file is None:
            continue
        tree = bare(ast.parse(file.read_text()))
        found[name] = hashlib.sha256(ast.dump(tree).encode()).hexdigest()
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        waiting += [other for other in imported(tree, package) if same_project(other, module)]
    if not found:
        raise UserError(f"cannot find the source file of {module}")
    return dict(sorted(found.items()))


def source_file(module: str) -> Path | None:
    """The file of `module`, or None where the name is no Python module (an attribute, a package without code)."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def same_project(name: str, module: str) -> bool:
    """Whether `name` is code that changes with this project or with the adapter's own package."""
    return name.partition(".")[0] in ("diffrep", module.partition(".")[0])


def imported(tree: ast.AST, package: str) -> list[str]:
    """Every module that `tree`, code of `package`, imports anywhere; "from a import b" names both a and a.b."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
    return names


def bare(tree: ast.Module) -> ast.Module:
    """`tree` without its docstrings, in place."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return tree
