"""Receipts into dvc.lock: exactly those that the tree bears out."""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from dvc.output import Output
from dvc.repo import Repo
from dvc.rwlock import rwlock
from dvc.stage import Stage as DvcStage

from diffrep.pipelines.running.cluster.contents import Contents, difference, digests
from diffrep.pipelines.running.cluster.receipts import Receipt
from diffrep.pipelines.running.cluster.tree import Tree, forget_lists, is_params
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
    tree, repo = Tree(), stages[next(iter(said))].repo
    with held(repo.lock), without_warnings(), writing([out for name in said for out in stages[name].outs], repo):
        for name, contents in said.items():
            stage, found = stages[name], tree.contents(stages[name])
            if wrong := difference(contents, found):
                refused[name] = f"{wrong} since its task ran"
            elif locked_of(stage) != found:
                tree.save(stage)
                fit.append(stage)
            forget_lists()
        if fit:
            LockByEntry(repo, str(Path(repo.root_dir, "dvc.lock"))).dump_stages(fit)
    return refused


def writing(outs: Iterable[Output], repo: Repo) -> AbstractContextManager[None]:
    """Have these outputs stand in DVC's list of what is written, at once."""
    shared = repo.config["core"].get("hardlink_lock", False)
    return rwlock(repo.tmp_dir, repo.fs, "diffrep repro", [], [out.fs_path for out in outs], shared)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Keep DVC's word on empty folders, which a stage's log has where it runs here, out of what the driver shows."""
    logger = logging.getLogger("dvc.output")
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(logging.NOTSET)


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
