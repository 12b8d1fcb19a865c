"""A clone: results and dvc.lock are in git, data and weights are not, and need not be for what does not change.

With `diffrep repro --allow-missing` a file that is missing counts as the one that dvc.lock names, until a stage that
runs reads it; then it is made again, and before it what it is made of. `dvc repro --allow-missing` knows the first half
and stops at the second, where no remote has the files. On another machine what is made again can differ in its bytes:
runs/made_again.json keeps which stand for which, so that this alone makes no other cell run.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dvc.output import Output
from dvc.stage import Stage as DvcStage

from diffrep.pipelines.core.files import read_json, write_json
from diffrep.pipelines.core.paths import Place
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.waiting import held

MADE_AGAIN = Path("runs", "made_again.json")  # {path: [hash of dvc.lock, hash of what was made here]}
GONE = ("deleted", "not in cache")  # DVC's words for a file that is not here


def may_be_missing(stage: Stage, place: Place) -> bool:
    """Whether a stage can be left though outputs are missing: git has all its results, or it has none and no output."""
    results = stage.results(place)
    return all(path.exists() for path in results) if results else not any(path.exists() for path in stage.writes(place))


def changed_but_missing(stage: DvcStage) -> bool:
    """Whether DVC would run the stage for anything but files that are missing, or were made again here."""
    again = made_again()
    with held(stage.repo.lock):
        return stage.changed_stage() or any(differs(path, again) for path in (*stage.deps, *stage.outs))


def differs(path: Output, again: Mapping[str, Any]) -> bool:
    """Whether a file, a folder or params are here, and are not what dvc.lock has of them, nor stand for it."""
    if all(state in GONE for state in path.status().values()):
        return False
    stands_for = again.get(str(path))
    return stands_for is None or stands_for != [path.hash_info.value, path.get_hash().value]


def lacking(stage: DvcStage, needed: Iterable[DvcStage]) -> list[str]:
    """Those of the stages whose outputs are missing here and read by `stage`."""
    read = [Path(dep.fs_path) for dep in stage.deps]
    gone = {other.addressing: [Path(out.fs_path) for out in other.outs if not out.exists] for other in needed}
    return [name for name, outs in gone.items() if any(overlap(out, path) for out in outs for path in read)]


def overlap(one: Path, other: Path) -> bool:
    """Whether one path is the other, or lies in it."""
    return one.is_relative_to(other) or other.is_relative_to(one)


def note_made_again(stage: DvcStage) -> list[str]:
    """Keep which outputs of a stage have other bytes than dvc.lock named before; their paths."""
    with held(stage.repo.lock):
        found = {str(out): [out.hash_info.value, out.get_hash().value] for out in stage.outs if out.exists}
    others = {path: hashes for path, hashes in found.items() if len(set(hashes)) > 1}
    if others:
        write_json(MADE_AGAIN, made_again() | others)
    return list(others)


def made_again() -> dict[str, Any]:
    """Which bytes that were made here stand for which that dvc.lock names."""
    return read_json(MADE_AGAIN) if MADE_AGAIN.exists() else {}
