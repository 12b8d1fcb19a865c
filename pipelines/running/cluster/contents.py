"""What a stage is made of and has made, as hashes: of its task on a node, of the tree as DVC sees it, of dvc.lock.

They are DVC's own, so that all three can be held against each other.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field

from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.params import FILE
from diffrep.pipelines.core.validation import Section
from diffrep.pipelines.running.cluster.folders import HASHES

ABSENT = "absent"  # in place of the hash of what is not there
LARGE = 2**20  # bytes from which a hash is kept: what is smaller is hashed as soon as looked up


class Contents(Section):
    """A command, and hashes by path and by key of params.yaml; no outputs where they are not made yet."""

    command: str
    deps: dict[str, str]
    params: dict[str, str]
    outs: dict[str, str] = Field(default={})

    def ingredients(self) -> "Contents":
        """All but what was made."""
        return self.model_copy(update={"outs": {}})


def difference(said: Contents, found: Contents) -> str:
    """The first thing that is not what was said of it, in words; empty where all is."""
    if said.command != found.command:
        return "its command has changed"
    for kind in ("params", "deps", "outs"):
        one, other = getattr(said, kind), getattr(found, kind)
        for name in sorted({*one, *other}):
            if one.get(name) != other.get(name):
                return f"{FILE}: {name} has changed" if kind == "params" else f"{name} has changed"
    return ""


def contents_here(command: str, deps: Iterable[str], params: Iterable[str], outs: Iterable[str] = ()) -> Contents:
    """Those of the working directory."""
    from dvc.dependency.param import read_param_file
    from dvc_objects.fs.local import LocalFileSystem

    keys = list(params)
    values = read_param_file(LocalFileSystem(), FILE, keys, flatten=True) if keys else {}
    hashes = [{path: hash_of(Path(path)) for path in paths} for paths in (deps, outs)]
    return Contents(command=command, deps=hashes[0], params=digests(values), outs=hashes[1])


def digests(values: Mapping[str, Any]) -> dict[str, str]:
    """The hash of every value of params.yaml."""
    return {key: digest(json.dumps(value, sort_keys=True, default=str)) for key, value in values.items()}


def digest(text: str) -> str:
    """Its sha256, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def hash_of(path: Path) -> str:
    """DVC's hash of a file or a folder; of a large one taken anew only where a size or a time is another."""
    if not path.exists():
        return ABSENT
    size, stamp = stamp_of(path)
    if size < LARGE:
        return computed(path)
    kept = kept_file(path)
    known = read_json(kept) if kept.exists() else {}
    if known.get("stamp") != stamp:
        known = {"path": str(path), "stamp": stamp, "hash": computed(path)}
        write_json(kept, known)
    return str(known["hash"])


def keep_hash(path: Path, value: str) -> None:
    """Spare the tasks the hashing of a large file or folder whose hash DVC knows."""
    if path.exists():
        size, stamp = stamp_of(path)
        known = {"path": str(path), "stamp": stamp, "hash": value}
        if size >= LARGE and not (kept_file(path).exists() and read_json(kept_file(path)) == known):
            write_json(kept_file(path), known)


def kept_file(path: Path) -> Path:
    """Where the hash of a large file or folder is kept."""
    return HASHES / f"{digest(str(path))[:24]}.json"


def stamp_of(path: Path) -> tuple[int, str]:
    """(bytes of a file or of all files of a folder, a hash of their names, sizes and times of change)."""
    files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
    looks = [(str(file.relative_to(path)), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return sum(size for _, size, _ in looks), digest(json.dumps(looks))


def computed(path: Path) -> str:
    """The hash that DVC gives a file or a folder."""
    from dvc_data.hashfile.build import build
    from dvc_data.hashfile.db import HashFileDB
    from dvc_objects.fs.local import LocalFileSystem
    from dvc_objects.fs.memory import MemoryFileSystem

    nowhere = HashFileDB(MemoryFileSystem(), "/nowhere")
    _, _, found = build(nowhere, str(path.absolute()), LocalFileSystem(), "md5", dry_run=True)
    return str(found.hash_info.value)
