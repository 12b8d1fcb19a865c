"""Whose a run is: an id that a workspace keeps, so that two of them on one server leave each other's runs alone."""

import json
import os
import secrets
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.files import MACHINE, read_json, replacing
from diffrep.pipelines.tracking.trouble import VARIABLE, locked

FILE = "mlflow.json"  # beside mlflow.db, and like it unknown to git
TAG = "workspace"


def owner(root: Path) -> str | None:
    """The workspace whose runs count in a store that others may share; None in the tree's own, where all do.

    So a copied tree, which has the copied database too, goes on with the runs in it.
    """
    return workspace_id(root) if os.environ.get(VARIABLE) else None


def workspace_id(root: Path) -> str:
    """<folder>-<eight digits>, made at the first call and kept in mlflow.json.

    A clone has no such file, and a copy is known by one that is neither the file that was written nor at the place
    where it was: both are workspaces of their own. One that is moved, or seen by another path, keeps its id.
    """
    path = root / FILE
    with locked(root, "workspace"):
        known = read_json(path) if path.exists() else {}
        return str(known["workspace"]) if is_original(path, known) else made(path)


def is_original(path: Path, known: dict[str, Any]) -> bool:
    """Whether the file is the one that was written, or at least where that one was."""
    return "workspace" in known and (known.get("inode") == path.stat().st_ino or known.get("place") == place(path))


def made(path: Path) -> str:
    """A new id, kept with the number that its own file has on the disk."""
    new = f"{path.resolve().parent.name}-{secrets.token_hex(4)}"
    with replacing(path) as temporary, temporary.open("w") as file:
        inode = os.fstat(file.fileno()).st_ino
        json.dump({"workspace": new, "inode": inode, "place": place(path)}, file)
    return new


def place(path: Path) -> str:
    """Machine and folder."""
    return f"{MACHINE}:{path.resolve().parent}"
