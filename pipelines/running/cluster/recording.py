"""Receipts into dvc.lock: exactly those that the tree bears out, by DVC's own hands."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeGuard

from dvc.dependency.param import ParamsDependency
from dvc.output import Output
from dvc.stage import Stage as DvcStage

from diffrep.pipelines.running.cluster.contents import ABSENT, Contents, difference, digests
from diffrep.pipelines.running.cluster.receipts import Receipt
from diffrep.pipelines.running.lockfile import LockByEntry
from diffrep.pipelines.running.waiting import held


def record(stages: Mapping[str, DvcStage], receipts: Iterable[Receipt]) -> dict[str, str]:
    """Put what the receipts say into dvc.lock; {stage: why not}, of those that the tree does not bear out.

    A stage that the lock has as it is stays as it is.
    """
    said = {receipt.stage: receipt.contents for receipt in receipts if receipt.contents is not None}
    if not said:
        return {}
    refused: dict[str, str] = {}
    fit: list[DvcStage] = []
    seen: dict[str, str] = {}
    repo = stages[next(iter(said))].repo
    with held(repo.lock), without_warnings():
        for name, contents in said.items():
            found = tree_of(stages[name], seen)
            if wrong := difference(contents, found):
                refused[name] = f"{wrong} since its task ran: nothing recorded"
            elif locked_of(stages[name]) != found:
                fit.append(stages[name])
        for stage in fit:
            stage.save(run_cache=False)
            stage.commit(relink=False)  # a file that takes its place has changed for a task that reads it
        if fit:
            LockByEntry(repo, str(Path(repo.root_dir, "dvc.lock"))).dump_stages(fit)
    return refused


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep DVC's word on empty folders, which a stage's log has where it runs here, out of what the driver shows."""
    logger = logging.getLogger("dvc.output")
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(logging.NOTSET)


def tree_of(stage: DvcStage, seen: dict[str, str]) -> Contents:
    """What a stage is made of and has made, in the tree.

    seen  {path: its hash}, which grows: many stages read the same folders
    """

    def hash_here(path: Output) -> str:
        if str(path) not in seen:
            seen[str(path)] = str(path.get_hash().value) if path.exists else ABSENT
        return seen[str(path)]

    values = {key: value for dep in stage.deps if is_params(dep) for key, value in dep.read_params().items()}
    return Contents(
        command=stage.cmd,
        deps={str(dep): hash_here(dep) for dep in stage.deps if not is_params(dep)},
        params=digests(values),
        outs={str(out): hash_here(out) for out in stage.outs},
    )


def locked_of(stage: DvcStage) -> Contents | None:
    """What dvc.lock has of a stage; None where it has none of its command, or not all."""
    if stage.cmd_changed or not all(path.hash_info for path in (*stage.deps, *stage.outs)):
        return None
    values = {key: value for dep in stage.deps if is_params(dep) for key, value in dep.hash_info.value.items()}
    return Contents(
        command=stage.cmd,
        deps={str(dep): str(dep.hash_info.value) for dep in stage.deps if not is_params(dep)},
        params=digests(values),
        outs={str(out): str(out.hash_info.value) for out in stage.outs},
    )


def is_params(dep: Output) -> TypeGuard[ParamsDependency]:
    """Whether a dependency is keys of params.yaml."""
    return isinstance(dep, ParamsDependency)
