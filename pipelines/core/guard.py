"""What a stage's numbers are made of must not change while it runs: DVC hashes it afterwards, and would record the new.

Known upstream: DVC hashes dependencies after the command has ended (iterative/dvc, issue 11058).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import FILE, Params, load, values_of
from diffrep.pipelines.core.paths import CODE, Place, code
from diffrep.pipelines.core.source_code import changed_modules
from diffrep.pipelines.core.stage import Stage

HASHED_FILES = CODE / "sources.json"
Stamp = tuple[int, int]  # size, time of the last change in nanoseconds


@dataclass(frozen=True)
class Ingredients:
    """What a stage's numbers are made of, as it was when the stage began."""

    settings: dict[str, Any]
    files: dict[Path, Stamp]
    code: dict[str, str]


def ingredients(stage: Stage, place: Place, params: Params) -> Ingredients:
    """What a stage is about to work from; UserError where the code is no longer what DVC has been told of."""
    found = Ingredients(values_of(params, stage.keys(place)), stamps(stage, place), code_on_record(stage, place))
    expect_same_code(found.code, "changed since its hashes were taken; run diffrep code first (diffrep repro does)")
    return found


def expect_unchanged(before: Ingredients, stage: Stage, place: Place) -> None:
    """Raise UserError, with what has changed, unless all is as it was before."""
    now = values_of(load(), stage.keys(place))
    changed = [f"{FILE}: {key}" for key in now if now[key] != before.settings[key]]
    files = stamps(stage, place)
    changed += [str(path) for path in sorted({*files, *before.files}) if files.get(path) != before.files.get(path)]
    if changed:
        raise UserError(f"{changed[0]} changed while {stage.addressing(place)} ran; run again")
    expect_same_code(before.code, f"changed while {stage.addressing(place)} ran; run again")


def expect_same_code(recorded: dict[str, str], otherwise: str) -> None:
    """Raise UserError for the first module that is not as recorded."""
    changed = changed_modules(recorded, read_json(HASHED_FILES)) if recorded else []
    if changed:
        raise UserError(f"the code of {changed[0]} {otherwise}")


def code_on_record(stage: Stage, place: Place) -> dict[str, str]:
    """{module: hash} of the stage's code and of its adapters', as the stage `code` has written them; its own: none.

    None for the report either where nothing was hashed yet, as in a clone: it is made of files that are in git.
    """
    if stage.name == "code" or (stage.name == "report" and not CODE.exists()):
        return {}
    files = [path for path in (code(stage.name), *stage.reads(place)) if path.is_relative_to(CODE) and path.suffix]
    records = [read_json(path) for path in files]
    return {module: value for record in records for module, value in record.get("code", {}).items()}


def stamps(stage: Stage, place: Place) -> dict[Path, Stamp]:
    """Size and time of every file that the stage reads."""
    roots = [path for path in stage.reads(place) if path.exists()]
    files = [file for path in roots for file in ([path] if path.is_file() else path.rglob("*")) if file.is_file()]
    return {file: (file.stat().st_size, file.stat().st_mtime_ns) for file in files if "__pycache__" not in file.parts}
