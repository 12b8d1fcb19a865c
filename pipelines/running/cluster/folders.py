"""Where the cluster's files lie: below the logs, whose folder's name no data set may have."""

from pathlib import Path

from diffrep.pipelines.core.paths import LOGS

CLUSTER = LOGS / "cluster"
ARRAYS = CLUSTER / "arrays"  # what a task must know of its stage
HASHES = CLUSTER / "hashes"  # of large files and folders
SUBMITTED = CLUSTER / "submitted"  # submitit's scripts, and what a task prints itself
PRINTED = CLUSTER / "printed"  # scripts to adapt


def receipt_file(stage: str) -> Path:
    """What a task has left of a stage."""
    return CLUSTER / "receipts" / f"{stage}.json"


def array_file(uid: str) -> Path:
    """The tasks of an array."""
    return ARRAYS / f"{uid}.json"
