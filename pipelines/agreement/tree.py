"""A tree of result files, read: every number and word in them by its file and name."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import stdev
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import cost_file, result_file
from diffrep.pipelines.core.provenance import MADE_BY

REPEATED = ("dataset", "method", "stage", "view")  # files that agree in these are repeats of one another, by seed

Value = float | str | None


@dataclass(frozen=True)
class ResultTree:
    """All result files below a folder, views included, costs left out.

    values   {file, relative to the folder: {name of a value: value}}
    repeats  {file: the files of all its seeds, itself among them}
    made_by  {what of versions and machine: its values in all files}
    """

    values: dict[Path, dict[str, Value]]
    repeats: dict[Path, list[Path]]
    made_by: dict[str, set[str]]

    def spread(self, file: Path, name: str) -> float | None:
        """The standard deviation of a number over the seeds of its file's dataset, method and stage; None below two."""
        found = (self.values[repeat].get(name) for repeat in self.repeats[file])
        known = [value for value in found if isinstance(value, float)]
        return stdev(known) if len(known) > 1 else None


def read_tree(folder: Path) -> ResultTree:
    """The results below `folder`; UserError where there are none, or where one is no whole JSON object."""
    names = (result_file(folder).name, cost_file(folder).name)
    homes = [path.parent for path in sorted(folder.rglob(names[0]))]
    if not homes:
        raise UserError(f"{folder} is no tree of results: no file below it is called {names[0]}")
    files = [path for home in homes for path in sorted(home.glob("*.json")) if path.name != names[1]]
    contents = {path.relative_to(folder): read_json(path) for path in files}
    return ResultTree(
        values={file: dict(flat(content)) for file, content in contents.items()},
        repeats=repeats_of(contents),
        made_by={key: {str(content.get(key)) for content in contents.values()} for key in MADE_BY},
    )


def repeats_of(contents: dict[Path, dict[str, Any]]) -> dict[Path, list[Path]]:
    """{file: all files that are the same but for the seed}."""
    shared = {file: tuple(content.get(key) for key in REPEATED) for file, content in contents.items()}
    groups: dict[tuple[Any, ...], list[Path]] = {}
    for file, key in shared.items():
        groups.setdefault(key, []).append(file)
    return {file: groups[key] for file, key in shared.items()}


def flat(content: Any, name: str = "") -> Iterator[tuple[str, Value]]:
    """(name, value) of all that a result holds but what made it; of nested ones with dots: notes.strength, cf[0]."""
    if isinstance(content, dict):
        for key, value in content.items():
            if name or key not in MADE_BY:
                yield from flat(value, f"{name}.{key}" if name else key)
    elif isinstance(content, list):
        for i, value in enumerate(content):
            yield from flat(value, f"{name}[{i}]")
    elif isinstance(content, (int, float)) and not isinstance(content, bool):
        yield name, float(content)
    else:
        yield name, None if content is None else str(content)
