"""The working directory as DVC sees it, looked at once: what it has found goes into its lock and its cache.

DVC's own `save` and `commit` would each look again at every file of a stage, and list it in a file of locks.
"""

from typing import Any, NamedTuple, TypeGuard

from dvc.dependency.param import ParamsDependency
from dvc.output import Output
from dvc.stage import Stage as DvcStage
from dvc_data.hashfile.build import build
from dvc_data.hashfile.db import HashFileDB
from dvc_data.hashfile.hash_info import HashInfo
from dvc_data.hashfile.meta import Meta
from dvc_data.hashfile.transfer import transfer
from dvc_objects.fs.memory import MemoryFileSystem

from diffrep.pipelines.running.cluster.contents import ABSENT, Contents, digests


class Look(NamedTuple):
    """What DVC finds of a file or a folder: its hash, what it notes beside it, and where it lists what to copy."""

    hash: HashInfo
    meta: Meta
    objects: HashFileDB


class Tree:
    """What is here, while nothing changes it.

    looks   {path: what was found}, None of what is not there; many stages read the same folders
    params  {key of params.yaml: its value}, of those that were asked for; many stages read the same sections
    """

    def __init__(self) -> None:
        self.looks: dict[str, Look | None] = {}
        self.params: dict[str, Any] = {}

    def contents(self, stage: DvcStage) -> Contents:
        """What a stage is made of and has made."""
        for out in stage.outs:
            self.looks[str(out)] = look(out)  # as a dependency of another it was not listed for the cache
        values = {key: value for dep in stage.deps if is_params(dep) for key, value in self.values(dep).items()}
        return Contents(
            command=stage.cmd,
            deps={str(dep): self.hash(dep) for dep in stage.deps if not is_params(dep)},
            params=digests(values),
            outs={str(out): self.hash(out) for out in stage.outs},
        )

    def values(self, dep: ParamsDependency) -> dict[str, Any]:
        """Those of the keys of params.yaml that are in it."""
        if not self.params.keys() >= set(dep.params):
            self.params |= dep.read_params()
        return {key: self.params[key] for key in dep.params if key in self.params}

    def hash(self, path: Output) -> str:
        """That of a file or a folder, ABSENT of what is not there."""
        if str(path) not in self.looks:
            self.looks[str(path)] = look(path)
        found = self.looks[str(path)]
        return ABSENT if found is None else str(found.hash.value)

    def save(self, stage: DvcStage) -> None:
        """Have a stage, all of whose `contents` are here, hold their hashes, and DVC's cache its outputs.

        Files stay as they are, and are no links to the cache: one that takes its place has changed for a task that
        reads it.
        """
        for path in (*stage.deps, *stage.outs):
            if is_params(path):
                path.fill_values(self.values(path))
            elif (found := self.looks[str(path)]) is not None:
                path.hash_info, path.meta = found.hash, found.meta
        for out in stage.outs:
            out.ignore()
            found = self.looks[str(out)]
            if out.use_cache and found is not None:
                transfer(found.objects, out.cache, {found.hash}, shallow=False)


def look(path: Output) -> Look | None:
    """What DVC finds of an output or a dependency; None where it is not there."""
    if not path.exists:
        return None
    cache = path.cache if path.use_cache else path.local_cache
    objects, meta, found = build(
        cache, path.fs_path, path.fs, path.hash_name, ignore=path.dvcignore, dry_run=not path.use_cache
    )
    return Look(found.hash_info, meta, objects)


def forget_lists() -> None:
    """Empty the memory in which DVC lists what to copy: with a thousand folders in it each look takes longer."""
    MemoryFileSystem().fs.store.clear()


def is_params(dep: Output) -> TypeGuard[ParamsDependency]:
    """Whether a dependency is keys of params.yaml."""
    return isinstance(dep, ParamsDependency)
