"""What stages have cost before, by the cost files beside their results."""

from pathlib import Path
from typing import NamedTuple

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Place, cost_file
from diffrep.pipelines.core.stage import Stage


class Cost(NamedTuple):
    """Seconds, and MiB of memory."""

    seconds: float
    mib: float


def cost_of(stage: Stage, place: Place) -> Cost | None:
    """The seconds of all its results and the most memory of any; None where no cost is on record.

    A damaged file is none: DVC sees that too, and runs its stage again.
    """
    files = [file for folder in stage.results(place) for file in folder.rglob(cost_file(folder).name)]
    known = [cost for file in files if (cost := cost_in(file)) is not None]
    return Cost(sum(cost.seconds for cost in known), max(cost.mib for cost in known)) if known else None


def cost_in(file: Path) -> Cost | None:
    """The cost in a file; None where it is damaged."""
    try:
        content = read_json(file)
    except UserError:
        return None
    seconds, mib = (content.get(key) for key in ("wall_seconds", "peak_memory_mib"))
    return Cost(seconds, mib) if isinstance(seconds, (int, float)) and isinstance(mib, (int, float)) else None
