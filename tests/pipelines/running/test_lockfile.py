"""A lock that is read and written by the entry holds the very bytes that DVC's own class leaves."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from dvc.dvcfile import Lockfile
from dvc.repo import Repo

from diffrep.pipelines.running.lockfile import LockByEntry, joined, keep_entries, split

ROOT = Path(__file__).parents[3]
STAGES = """
stages:
  first: {cmd: touch first, outs: [first]}
  cell:
    matrix: {name: [alpha, beta-2]}
    cmd: echo ${item.name} of the cells that have a command too long for one line of the lock > ${item.name}
    params: [rate, "methods.${item.name}"]
    deps: [first]
    outs: ["${item.name}": {cache: false}]
"""
PARAMS = "{rate: 1.0e-06, methods: {alpha: {on: true, sizes: [1, 2], none: null, text: '1e3'}, beta-2: {}}}"


@pytest.fixture
def repo(tmp_path, monkeypatch):
    """A repository of three stages that DVC has run, far from the others of this computer."""
    monkeypatch.chdir(tmp_path)
    Path("dvc.yaml").write_text(STAGES)
    Path("params.yaml").write_text(PARAMS)
    with Repo.init(no_scm=True) as repo:
        repo.reproduce()
        yield repo


def dumped(cls: type[Lockfile], repo: Repo, before: str | None) -> str:
    """What `cls` makes of a lock with the text `before` when it records the stages, the last one first."""
    lock = Path("dvc.lock")
    lock.unlink() if before is None else lock.write_text(before)
    for stage in reversed(list(repo.index.stages)):
        cls(repo, str(lock.resolve())).dump(stage)
    return lock.read_text()


BEFORE = {
    "none": lambda text: None,
    "whole": lambda text: text,
    "old hashes": lambda text: text.replace("md5: d", "md5: 0"),
    "an entry less": lambda text: joined({name: lines for name, lines in split(text).items() if name != "first"}),
    "an entry more": lambda text: text + "  gone:\n    cmd: exit 1\n",
    "other layout": lambda text: text.replace("\n  ", "\n    "),
    "comments": lambda text: "# mine\n" + text,
}


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_the_bytes_are_dvcs_own(repo, before):
    text = before(Path("dvc.lock").read_text())
    assert dumped(LockByEntry, repo, text) == dumped(Lockfile, repo, text)


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_every_entry_reads_as_by_dvc(repo, before):
    path, text = Path("dvc.lock"), before(Path("dvc.lock").read_text())
    path.unlink() if text is None else path.write_text(text)
    mine, theirs = (cls(repo, str(path.resolve())).load().get("stages", {}) for cls in (LockByEntry, Lockfile))
    assert dict(mine) == dict(theirs)


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_what_no_stage_has_any_more_goes_as_dvc_would_remove_it(repo, before):
    lock, text = Path("dvc.lock"), before(Path("dvc.lock").read_text())
    lock.unlink() if text is None else lock.write_text(text)
    kept = ["first", "cell@beta-2"]
    known = list(Lockfile(repo, str(lock.resolve())).load().get("stages", {}))
    assert keep_entries(lock, kept) == [name for name in known if name not in kept]
    mine = lock.read_text() if lock.exists() else None
    lock.unlink(missing_ok=True) if text is None else lock.write_text(text)
    for name in known:
        if name not in kept:
            Lockfile(repo, str(lock.resolve())).remove_stage(SimpleNamespace(name=name))
    assert mine == (lock.read_text() if lock.exists() else None)


def test_a_lock_in_step_is_not_written(repo):
    before = Path("dvc.lock").stat().st_ino
    assert keep_entries(Path("dvc.lock"), ["first", "cell@alpha", "cell@beta-2"]) == []
    assert Path("dvc.lock").stat().st_ino == before


def test_a_lock_of_which_nothing_is_left_goes_too(repo):
    assert keep_entries(Path("dvc.lock"), []) == ["first", "cell@alpha", "cell@beta-2"]
    assert not Path("dvc.lock").exists()


def test_the_committed_lock_is_of_that_layout():
    assert len(split((ROOT / "dvc.lock").read_text()) or {}) > 50
