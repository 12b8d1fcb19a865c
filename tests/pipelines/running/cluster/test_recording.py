"""What is recorded in one look is to the byte what DVC's own save and commit leave, in the lock and in the cache."""

import shutil
from pathlib import Path

import pytest
from dvc.dvcfile import Lockfile
from dvc.repo import Repo

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.recording import locked_of, record
from diffrep.pipelines.running.cluster.tree import Tree

LOCK, CACHE = Path("dvc.lock"), Path(".dvc", "cache")


def forget() -> None:
    """The lock, the cache, and the hashes that DVC keeps."""
    LOCK.unlink()
    shutil.rmtree(CACHE)
    shutil.rmtree(Path(".dvc", "tmp"))


def by_dvc() -> None:
    with Repo() as repo, repo.lock:
        stages = list(repo.index.stages)
        for stage in stages:
            stage.save(run_cache=False)
            stage.commit(relink=False)
        Lockfile(repo, str(LOCK.resolve())).dump_stages(stages)


def by_receipts(order=lambda stages: stages) -> dict[str, str]:
    """What of the tree, as receipts have it, is refused."""
    with Repo() as repo:
        stages = {stage.addressing: stage for stage in order(list(repo.index.stages))}
        said = [
            receipts.begun(name, "run").model_copy(update={"state": "done", "contents": Tree().contents(stage)})
            for name, stage in stages.items()
        ]
        return record(stages, said)


def left() -> tuple[str, dict[Path, bytes]]:
    return LOCK.read_text(), {file: file.read_bytes() for file in CACHE.rglob("*") if file.is_file()}


@pytest.fixture
def made(pipeline):
    """The pipeline with a program among its outputs, recorded by DVC."""
    out = next(out for stage in pipeline.index.stages for out in stage.outs if out.isfile())
    Path(out.fs_path).chmod(0o755)
    forget()
    by_dvc()
    return left()


def test_the_lock_and_the_cache_are_dvcs_own(made):
    assert "isexec: true" in made[0]
    forget()
    assert by_receipts() == {}
    assert left() == made


def test_the_order_of_receipts_changes_no_entry(made):
    forget()
    assert by_receipts(order=lambda stages: list(reversed(stages))) == {}
    assert sorted(left()[0].splitlines()) == sorted(made[0].splitlines())
    assert left()[1] == made[1]


def test_a_refused_stage_is_as_it_was(made):
    with Repo() as repo:
        stage = next(stage for stage in repo.index.stages if stage.addressing.startswith("train"))
        before = locked_of(stage)
        said = receipts.begun(stage.addressing, "run").model_copy(update={"state": "done", "contents": before})
        shutil.rmtree(stage.outs[0].fs_path)
        refused = record({stage.addressing: stage}, [said])
        assert refused == {stage.addressing: f"{stage.outs[0]} has changed since its task ran"}
        assert locked_of(stage) == before
    assert left() == made
