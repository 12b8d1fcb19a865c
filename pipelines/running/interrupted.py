"""What a killed run leaves of DVC's list of running stages, mended before the next one reads it."""

import json
from pathlib import Path

import psutil
from dvc.lock import make_lock

LIST = Path(".dvc", "tmp", "rwlock")


def mend_list() -> None:
    """Remove DVC's list of what runs where nothing in it does any more, or where a kill has left half of it.

    DVC writes it in place, refuses half of it, and takes a dead process that nobody waited for as a living one.
    """
    if not LIST.exists():
        return
    with make_lock(f"{LIST}.lock", wait=True):
        try:
            listed = json.loads(LIST.read_text())
        except ValueError:
            listed = {}
        readers = [info for infos in listed.get("read", {}).values() for info in infos]
        if not any(is_running(info["pid"]) for info in [*readers, *listed.get("write", {}).values()]):
            LIST.unlink()


def is_running(pid: int) -> bool:
    """Whether the process is there and more than a zombie."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
