"""dvc.lock for a process that runs one stage: only its own entry is parsed and written, the others stay text.

DVC reads and writes the whole file for each stage, in Python and while no other stage may start or end: 7 s with the
200 stages of twelve methods, 0.05 s here. The bytes are DVC's own; a file that is laid out otherwise is left to DVC.
"""

import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from dvc.dvcfile import Lockfile
from dvc.stage import Stage
from dvc.stage.serialize import to_lockfile
from dvc.utils.serialize import ParseError, dumps_yaml, parse_yaml, parse_yaml_for_update

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing

RESTORE = "git checkout dvc.lock, or delete it: then every stage runs again"
HEAD = "schema: '2.0'\nstages:\n"
ENTRY = re.compile(r"  ([\w@.-]+):\n((?:    .*\n)+)")  # what lies under the head, in DVC's own layout


class Entries(Mapping[str, Any]):
    """What the lock holds of each stage, parsed when it is asked for."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def __getitem__(self, name: str) -> Any:
        return parse_yaml(joined({name: self.texts[name]}), "dvc.lock")["stages"][name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)


class LockByEntry(Lockfile):
    """In place of DVC's `Lockfile`."""

    def load(self, **kwargs: Any) -> dict[str, Any]:
        """The schema, and the stages as `Entries`."""
        texts = split(self.text())
        return super().load(**kwargs) if texts is None else {"schema": "2.0", "stages": Entries(texts)}

    def dump_stages(self, stages: list[Stage], **kwargs: Any) -> None:
        """Put the entries of `stages` in place of their old ones, or behind the others."""
        known = split(self.text())
        made = {name: entry for stage in stages for name, entry in to_lockfile(stage, **kwargs).items()}
        fresh = split(dumps_yaml({"schema": "2.0", "stages": unshared(made)}))
        if known is None or fresh is None:
            super().dump_stages(stages, **kwargs)
            return
        with replacing(Path(self.path)) as temporary:
            temporary.write_text(joined(known | fresh), encoding="utf-8")
        self.repo.scm_context.track_file(self.relpath)

    def text(self) -> str:
        """The file as it is; what DVC begins with where there is none."""
        path = Path(self.path)
        return path.read_text(encoding="utf-8") if path.exists() else HEAD


def expect_readable(path: Path) -> None:
    """Raise UserError, with what gets it back, where the lock at `path` is damaged: cut off, merged, no text."""
    try:
        entries = split(path.read_text(encoding="utf-8")) if path.exists() else {}
        content = parse_yaml(path.read_text(encoding="utf-8"), str(path)) if entries is None else {"stages": entries}
        sound = isinstance(content, dict) and isinstance(content.get("stages", {}), dict)
    except (ParseError, UnicodeDecodeError):
        sound = False
    if not sound:
        raise UserError(f"{path} is damaged: get it back with {RESTORE}")


def keep_entries(path: Path, names: Container[str]) -> list[str]:
    """Drop from the lock at `path` the entries of all stages but `names`, in bytes as DVC's own; which those are."""
    text = path.read_text(encoding="utf-8") if path.exists() else HEAD
    content = split(text) or parse_yaml_for_update(text, str(path)).get("stages") or {}
    gone = [name for name in content if name not in names]
    if len(gone) == len(content):
        path.unlink(missing_ok=True)
    elif gone:
        with replacing(path) as temporary:
            temporary.write_text(without(text, gone), encoding="utf-8")
    return gone


def without(text: str, gone: list[str]) -> str:
    """The text of a lock less the entries of these stages; where it is not in DVC's layout, as DVC would write it."""
    texts = split(text)
    if texts is not None:
        return joined({name: lines for name, lines in texts.items() if name not in gone})
    content = parse_yaml_for_update(text, "dvc.lock")
    for name in gone:
        del content["stages"][name]
    return dumps_yaml(content)


def unshared(value: Any) -> Any:
    """A copy in which nothing stands twice: what params.yaml shares by an anchor would become one in every entry."""
    if isinstance(value, Mapping):
        return {key: unshared(item) for key, item in value.items()}
    return [unshared(item) for item in value] if isinstance(value, list) else value


def split(text: str) -> dict[str, str] | None:
    """{stage: its indented lines}; None where `text` is not exactly what `joined` would make of them."""
    texts = dict(ENTRY.findall(text))
    return texts if joined(texts) == text else None


def joined(texts: dict[str, str]) -> str:
    """The text of a lock with these entries."""
    return HEAD + "".join(f"  {name}:\n{lines}" for name, lines in texts.items())
