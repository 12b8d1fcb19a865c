"""DVC's list of running stages: written whole, and mended of what a kill has left before the next run reads it."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dvc.rwlock
import psutil
from dvc.exceptions import DvcException
from dvc.lock import make_lock

from diffrep.pipelines.core.files import replacing
from diffrep.pipelines.running.waiting import held

LIST = Path(".dvc", "tmp", "rwlock")


def write_list_whole() -> None:
    """Have this process put DVC's list in place at one stroke, where DVC writes into the old one.

    A process that is stopped or killed while it writes then leaves a list that any DVC can read.
    """
    dvc.rwlock._edit_rwlock = edited_list


@contextmanager
def edited_list(folder: str, fs: Any, hardlink: bool) -> Iterator[dict[str, Any]]:
    """In place of DVC's function of the same arguments: the list to change, written where the block ends well."""
    path = Path(folder, LIST.name)
    with make_lock(f"{path}.lock", tmp_dir=folder, hardlink_lock=hardlink, wait=True):
        known = read_list(path)
        listed = {"read": defaultdict(list, known["read"]), "write": defaultdict(dict, known["write"])}
        yield listed
        with replacing(path) as temporary:
            temporary.write_text(json.dumps(listed))


def read_list(path: Path) -> dict[str, Any]:
    """What the list holds; DVC's own errors where it is no list."""
    if not path.exists():
        return dvc.rwlock.SCHEMA({})
    try:
        return dvc.rwlock.SCHEMA(json.loads(path.read_text()))
    except (ValueError, RecursionError) as error:
        raise dvc.rwlock.RWLockFileCorruptedError(str(path)) from error
    except dvc.rwlock.Invalid as error:
        raise dvc.rwlock.RWLockFileFormatError(str(path)) from error


def mend_list() -> None:
    """Remove DVC's list of what runs where nothing in it does any more, or where it is none, as a kill leaves it.

    DVC writes it in place, refuses what is no list, and takes a dead process that nobody waited for as a living one.
    """
    if not LIST.exists():
        return
    with held(make_lock(f"{LIST}.lock", wait=True)):
        try:
            listed = read_list(LIST)
        except DvcException:
            listed = {"read": {}, "write": {}}
        readers = [info for infos in listed["read"].values() for info in infos]
        if not any(is_running(info["pid"]) for info in [*readers, *listed["write"].values()]):
            LIST.unlink()


def is_running(pid: int) -> bool:
    """Whether the process is there and more than a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except (psutil.NoSuchProcess, ValueError, OverflowError):  # a number that no process has is one of those too
        return False
