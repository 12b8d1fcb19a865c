"""`diffrep logs`: what stages have printed."""

from pathlib import Path

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import brief, hint
from diffrep.pipelines.core.paths import LOGS

END = ".log"


def log_of(stage: str) -> Path:
    """What a stage prints."""
    return LOGS / f"{stage}{END}"


def print_logs(cell: str, lines: int | None) -> None:
    """Print the logs of a stage, or of all stages of a cell the one that was written to last at the end.

    lines  the last ones alone; None: all

    UserError, with the nearest name, where there is none.
    """
    for log in logs_of(cell):
        print(f"==> {log} <==")
        said = log.read_text(errors="replace").splitlines()
        print("\n".join(said[-lines:] if lines else said))


def logs_of(cell: str) -> list[Path]:
    """The logs of a stage, or of all stages of a cell, the one that was written to last at the end."""
    names = {log.name.removesuffix(END): log for log in LOGS.glob(f"*{END}")}
    found = [log for name, log in names.items() if cell in (name, name.partition("@")[2])]
    if not found:
        known = {name.partition("@")[2] or name for name in names}
        raise UserError(f"no log of {brief(cell)} in {LOGS}: {hint(cell, known)}")
    return sorted(found, key=lambda log: log.stat().st_mtime)
