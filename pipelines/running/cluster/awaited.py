"""What other tasks have made for one: their receipts, and the outputs that these name.

The queue starts a task as soon as those that it needs have ended; a shared disk may show their files later.
"""

import time
from collections.abc import Collection
from pathlib import Path

from diffrep.pipelines.running.cluster import receipts
from diffrep.pipelines.running.cluster.contents import hash_of

LOOK = 1.0  # seconds between two looks at the disk


def wait_for(needs: Collection[str], uids: Collection[str], reads: Collection[str]) -> str:
    """Wait until all is here; what is not after LATE seconds, or as soon as a task has failed, in words.

    needs  stages
    uids   of the arrays that run them: a receipt of any other is of an earlier time
    reads  paths, of which some are outputs of these stages
    """
    until = time.monotonic() + receipts.LATE
    while (wrong := lacking(needs, uids, reads)) and time.monotonic() < until and not failed(needs, uids):
        time.sleep(LOOK)
    return wrong


def lacking(needs: Collection[str], uids: Collection[str], reads: Collection[str]) -> str:
    """The first thing that is not here, in words; empty where all is."""
    for need in needs:
        receipt = receipts.read_of(need, uids)
        if receipt is None or receipt.contents is None:
            return f"needs {need}, which has not ended well"
        for path, value in receipt.contents.outs.items():
            if path in reads and hash_of(Path(path)) != value:
                return f"{path} is not what {need} has made"
    return ""


def failed(needs: Collection[str], uids: Collection[str]) -> bool:
    """Whether the task of one of these stages has said that it did not end well."""
    found = [receipts.read_of(need, uids) for need in needs]
    return any(receipt.final and not receipt.well for receipt in found if receipt is not None)
