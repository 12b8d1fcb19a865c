"""A file that grows by parts, and after a kill goes on behind the last part that is whole."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Self

JOURNAL = ".journal"  # behind the file's name: what is in it, a line a part


class Growing:
    """`append` puts bytes behind those that are there, and a line with their sum and what the caller knows by now.

    identity  of what is written: a file of another one is begun anew, and so is one whose bytes are not those of its
              journal to the last line
    notes     what `append` was told with each part that is there
    sha256    hexadecimal, of all that is there
    """

    def __init__(self, path: Path, identity: dict[str, Any]) -> None:
        self.path, self.journal = path, path.with_name(path.name + JOURNAL)
        self.digest, self.size, self.notes = hashlib.sha256(), 0, list[Any]()
        lines = self._lines()
        known = json.loads(json.dumps(identity))
        if lines and path.exists() and lines[0] == known and self._whole(lines[1:]):
            self.notes = [note for _, _, note in lines[1:]]
        else:
            self.digest, self.size = hashlib.sha256(), 0
            self.journal.write_text(json.dumps(known) + "\n")
        path.touch()
        os.truncate(path, self.size)

    def __enter__(self) -> Self:
        self.file, self.log = self.path.open("ab"), self.journal.open("a")
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        self.log.close()

    @property
    def sha256(self) -> str:
        """Of all that is there by now."""
        return self.digest.hexdigest()

    def append(self, part: bytes | memoryview, note: Any) -> None:
        """Put a part behind the others; `note` can be JSON."""
        self.file.write(part)
        self.file.flush()
        self.digest.update(part)
        self.size += len(part)
        self.log.write(json.dumps([self.size, self.sha256, note]) + "\n")
        self.log.flush()
        self.notes.append(note)

    def _lines(self) -> list[Any]:
        """The journal up to its last whole line."""
        if not self.journal.exists():
            return []
        whole, end, torn = self.journal.read_text().rpartition("\n")
        if torn:  # by a kill; what is written next must not stand behind it
            self.journal.write_text(whole + end)
        try:
            return [json.loads(line) for line in whole.splitlines()]
        except ValueError:
            return []

    def _whole(self, parts: list[Any]) -> bool:
        """Whether the file holds the parts of its journal; it is summed on the way."""
        with self.path.open("rb") as file:
            for size, sha256, _ in parts:
                self.digest.update(file.read(size - self.size))
                self.size = size
                if file.tell() != size or self.sha256 != sha256:
                    return False
        return True
