"""Which files were summed already: large ones are read through once, not every time they are opened."""

import json
import os
import time
from contextlib import suppress
from pathlib import Path

from diffrep.datasets.files.sums import sha256_of

SETTLED = 10**9  # nanoseconds: what was changed so shortly before it was summed could be changed again unnoticed


class Verified:
    """The sums of a folder's files, remembered beside it with what the system says of each file.

    A file is summed again when its size, its times or its place on the disk are others than they were.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.memory = folder, folder.with_name(f".{folder.name}.verified")
        self.known: dict[str, list[str | int]] = {}
        with suppress(OSError, ValueError, TypeError):
            self.known = dict(json.loads(self.memory.read_text()))

    def sha256(self, name: str) -> str:
        """The sum of a file, from memory where it has not changed since it was summed."""
        path = self.folder / name
        found, known = state(path), self.known.get(name)
        if isinstance(known, list) and known[1:] == found:
            return str(known[0])
        sha256, now = sha256_of(path), time.time_ns()
        if state(path) == found and now - path.stat().st_ctime_ns > SETTLED:
            self.known[name] = [sha256, *found]
            self.remember()
        return sha256

    def remember(self) -> None:
        """Put the memory in place whole; where nothing can be written, nothing is remembered."""
        temporary = self.memory.with_name(f"{self.memory.name}.{os.getpid()}")
        with suppress(OSError):
            temporary.write_text(json.dumps(self.known))
            temporary.replace(self.memory)


def state(path: Path) -> list[int]:
    """What changes with a file's content, or with the file that has its name."""
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
