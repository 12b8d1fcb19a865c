"""Receipts: what a task says of its stage when it begins and when it ends; the last one counts."""

import os
import socket
import time
from collections.abc import Collection
from typing import Literal

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.sections import Amount
from diffrep.pipelines.core.validation import Section, validated
from diffrep.pipelines.running.cluster.contents import Contents
from diffrep.pipelines.running.cluster.folders import receipt_file

RUNNING, DONE, UNCHANGED, CANCELLED = "running", "done", "unchanged", "cancelled"
WELL = (DONE, UNCHANGED)
LATE = 90.0  # seconds for which a shared disk may not show a file that another node has written


class Receipt(Section):
    """Of one stage.

    uid       of the array
    state     unchanged: there was nothing to do; cancelled: what it needs did not end well
    contents  what it was made of and has made; None where it did not end well
    reason    why it did not
    seconds   that it ran
    began     when, in seconds since 1970; host, where
    written   when the receipt was
    """

    stage: str
    uid: str
    state: Literal["running", "done", "unchanged", "failed", "cancelled"]
    contents: Contents | None = None
    reason: str = ""
    seconds: Amount = 0.0
    began: Amount
    host: str
    written: Amount = 0.0

    @property
    def final(self) -> bool:
        """Whether the task has said how it ended."""
        return self.state != RUNNING

    @property
    def well(self) -> bool:
        """Whether it has ended well."""
        return self.state in WELL

    @property
    def recent(self) -> bool:
        """Whether a shared disk may not show yet all that the task has written."""
        return time.time() - self.written < LATE


def begun(stage: str, uid: str) -> Receipt:
    """The receipt of a task that begins now; what its node is called stands in it."""
    node = os.environ.get("SLURMD_NODENAME") or socket.gethostname()
    return Receipt(stage=stage, uid=uid, state="running", began=time.time(), host=node)


def write(receipt: Receipt) -> None:
    """Put it in place of the stage's earlier one."""
    write_json(receipt_file(receipt.stage), receipt.model_copy(update={"written": time.time()}).model_dump())


def read(stage: str) -> Receipt | None:
    """The stage's last receipt; None where there is none, or a damaged one, which says nothing."""
    path = receipt_file(stage)
    if not path.exists():
        return None
    try:
        return validated(Receipt, read_json(path))
    except UserError:
        return None


def read_of(stage: str, uids: Collection[str]) -> Receipt | None:
    """The stage's last receipt; None where it is not of a task of these arrays."""
    receipt = read(stage)
    return receipt if receipt is not None and receipt.uid in uids else None
