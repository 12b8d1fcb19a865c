"""Which code a module can import, hashed: what a stage's or an adapter's numbers can depend on.

The walk follows every import of a syntax tree, inside functions too, and every "module:attribute" that a string names.
It does not enter plumbing, which cannot change a number (the guard among it: it reads the hashes that this walk has
made, refuses, and computes nothing), nor the tables that only name files: an adapter, and what it
needs, is walked for itself, so that a new one reruns no cell but its own. Comments, docstrings and layout do not count.
"""

import ast
import functools
import hashlib
import importlib.util
import re
import sysconfig
from collections.abc import Iterable, Set
from pathlib import Path

from diffrep.pipelines.core.errors import UserError

ROOT = "diffrep"
PLUMBING = (
    "diffrep.pipelines.cli",
    "diffrep.pipelines.command",
    "diffrep.pipelines.tracking",
    "diffrep.pipelines.running",
    "diffrep.pipelines.core.cores",
    "diffrep.pipelines.core.errors",
    "diffrep.pipelines.core.guard",
    "diffrep.pipelines.core.interrupts",
    "diffrep.pipelines.core.own_code",
    "diffrep.pipelines.core.progress",
    "diffrep.pipelines.core.sockets",
    "diffrep.pipelines.sources.check",
)
NAME_TABLES = (ROOT, "diffrep.datasets", "diffrep.methods", "diffrep.metrics", "diffrep.pipelines.stages")
TABLE_OF_NEEDS = "diffrep.pipelines.trained.pretrained"  # entered, but not what it names
LIBRARIES = tuple(Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "purelib", "platlib"))
NAMED = re.compile(r"([A-Za-z_]\w*(?:\.\w+)+):\w+")


def code_hashes(*modules: str) -> dict[str, str]:
    """{module: hash of its syntax tree} of `modules` and all that they can import of this project or their own.

    Their own are their packages and what lies beside these, which is more than themselves for a file in a folder.
    """
    homes = {ROOT, *(module.partition(".")[0] for module in modules)}
    folders = {top_folder(home) for home in homes if home != ROOT}
    found: dict[str, str] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        file = source_file(name)
        if name in found or file is None or name in NAME_TABLES or is_plumbing(name):
            continue
        found[name], imported = hash_and_imports(file, name)
        waiting += [
            *packages_of(name),
            *(other for other in imported if is_near(other, homes, folders)),
        ]
    if not found:
        raise UserError(f"cannot find the source file of {modules[0]}")
    return dict(sorted(found.items()))


def own_hashes(modules: Iterable[str]) -> dict[str, str]:
    """{module: hash of its syntax tree} of these modules alone, whatever they import."""
    files = {module: source_file(module) for module in modules}
    return {module: tree_hash(file) for module, file in files.items() if file is not None}


def is_plumbing(module: str) -> bool:
    """Whether a module runs, shows or logs what stages do, and cannot change what they compute."""
    return any(module == name or module.startswith(f"{name}.") for name in PLUMBING)


def packages_of(module: str) -> list[str]:
    """The packages that are imported on the way to a module: a.b and a of a.b.c."""
    parts = module.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def is_near(module: str, homes: Set[str], folders: Set[Path | None]) -> bool:
    """Whether a module is of one of these packages, or lies beside one, but not among installed libraries."""
    top = module.partition(".")[0]
    if top in homes:
        return True
    folder = top_folder(top) if folders else None
    return folder is not None and folder in folders and not is_library(folder)


def is_library(folder: Path) -> bool:
    """Whether a folder is one of installed libraries."""
    return any(folder.is_relative_to(library) for library in LIBRARIES)


@functools.cache
def top_folder(package: str) -> Path | None:
    """The folder in which a package without dots, or a module of one file, lies; None for what has no file."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    places = spec.submodule_search_locations or ([spec.origin] if spec.origin and spec.has_location else [])
    return Path(next(iter(places))).resolve().parent if places else None


@functools.cache
def source_file(module: str) -> Path | None:
    """The file of `module`, or None where the name is no Python module (an attribute, a package without code)."""
    try:
        spec = importlib.util.find_spec(module)
    except (ModuleNotFoundError, ValueError):
        return None
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None


def tree_hash(file: Path) -> str:
    """The sha256 of a file's syntax tree, its docstrings left out."""
    return tree_digest(bare(ast.parse(file.read_bytes())))


def tree_digest(tree: ast.Module) -> str:
    """The sha256 of a syntax tree."""
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


@functools.cache
def hash_and_imports(file: Path, module: str) -> tuple[str, tuple[str, ...]]:
    """The hash of a file's syntax tree, and every module that it imports or names, parsed once."""
    tree = bare(ast.parse(file.read_bytes()))
    return tree_digest(tree), imports_of(tree, file, module)


def imports_of(tree: ast.Module, file: Path, module: str) -> tuple[str, ...]:
    """Every module that a tree imports or names anywhere; "from a import b" names both a and a.b."""
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            origin = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            names += [origin, *(f"{origin}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and module != TABLE_OF_NEEDS:
            names += [match[1] for match in [NAMED.fullmatch(node.value)] if match]
    return tuple(names)


def bare(tree: ast.Module) -> ast.Module:
    """`tree` without its docstrings, in place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = node.body[ast.get_docstring(node) is not None :]
    return tree


def file_hashes(modules: Iterable[str]) -> dict[str, str]:
    """{module: sha256 of its file as it is}: quicker than its tree, to see whether the tree can have changed."""
    files = {module: source_file(module) for module in modules}
    return {module: hashlib.sha256(file.read_bytes()).hexdigest() for module, file in files.items() if file}


def changed_modules(recorded: dict[str, str], files: dict[str, str]) -> list[str]:
    """The modules whose code is no longer what was recorded.

    recorded  {module: hash of its tree}; files {module: hash of its file} at that time, where a glance is enough
    """
    now = file_hashes(recorded)
    suspects = [module for module in recorded if now.get(module) != files.get(module)]
    sources = {module: source_file(module) for module in suspects}
    return [module for module, file in sources.items() if file is None or tree_hash(file) != recorded[module]]
