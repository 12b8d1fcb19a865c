"""Mistakes that people make, and what is asked of each: one line that names the thing, nothing lost, nothing strewn."""

import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from quick_yaml import read, write
from tiny_cells import small_values

from diffrep.pipelines.cli import run as main


class Mistake(NamedTuple):
    """One kind of mistake.

    kind   what is wrong, in a few words; no two are alike
    make   does it, in a folder that has a small params.yaml
    words  the command that meets it, after "diffrep"
    told   a pattern that the line of the error holds: the thing that is wrong, and what would do
    code   how the command ends; 2 is for words that are no command
    """

    kind: str
    make: Callable[[Path], Any]
    words: tuple[str, ...]
    told: str
    code: int = 1


def changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[Path], None]:
    """What makes a change to the content of params.yaml."""

    def make(folder: Path) -> None:
        values = read(folder / "params.yaml")
        change(values)
        write(folder / "params.yaml", values)

    return make


def put(path: str, value: Any) -> Callable[[Path], None]:
    """What sets the value at a dotted key of params.yaml."""

    def change(values: dict[str, Any]) -> None:
        *above, last = path.split(".")
        for key in above:
            values = values.setdefault(key, {})
        values[last] = value

    return changed(change)


def contents(folder: Path) -> dict[str, bytes | None]:
    """{path: what is in it} of all below a folder; None for folders, and for files that nobody may read.

    Without the memory of what was summed, which is brought up to date where the files have lain for a second.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.suffix != ".verified")
    return {str(path.relative_to(folder)): content(path) for path in found}


def content(path: Path) -> bytes | None:
    with suppress(PermissionError):
        return path.read_bytes() if path.is_file() else None
    return None


def ended(words: tuple[str, ...], capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> tuple[int, str]:
    """How `diffrep words` ends in this process: its exit code, and what it says on the error stream."""
    patch.setattr(sys, "argv", ["diffrep", *words])
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        main()
    code = caught.value.code
    told = capsys.readouterr().err
    return (1, told + code) if isinstance(code, str) else (code or 0, told)


def expect_told(mistake: Mistake, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Assert that the command ends as it must, in one line, with all files as before in `folder` and beside it."""
    folder.mkdir()
    write(folder / "params.yaml", small_values())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.delenv("DIFFREP_TRACEBACK", raising=False)
        mistake.make(folder)
        before, beside = contents(folder), set(folder.parent.iterdir())
        code, told = ended(mistake.words, capsys, patch)
    assert code == mistake.code, told
    errors = [line for line in told.splitlines() if line.startswith(("diffrep: error: ", "Error: "))]
    assert len(errors) == 1, told
    assert "Traceback" not in told
    assert re.search(mistake.told, errors[0]), errors[0]
    after = contents(folder)
    assert {path: after.get(path) for path in before} == before  # nothing lost, nothing changed
    assert set(folder.parent.iterdir()) == beside
