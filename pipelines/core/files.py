"""Files that are whole or not there: written under a temporary name, then renamed."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.pipelines.core.errors import UserError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` (same suffix) that takes its place when the block ends well.

    What killed processes have left of earlier tries is removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    for left in path.parent.glob(f".{path.stem}.[0-9]*{path.suffix}"):
        pid = left.name.removeprefix(f".{path.stem}.").removesuffix(path.suffix)
        if pid.isdigit() and not alive(int(pid)):
            remove(left)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        remove(temporary)


def alive(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def remove(path: Path) -> None:
    """Delete a file, a folder, or nothing."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """An empty temporary folder that takes the place of the folder `path` when the block ends well."""
    with replacing(path) as temporary:
        temporary.mkdir()
        yield temporary
        if path.exists():
            shutil.rmtree(path)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` with NaN as null; the file appears whole."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(plain(content), indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote; UserError when it is missing or cut off."""
    try:
        return json.loads(path.read_text(), parse_constant=refused)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing: run the stage that writes it (diffrep repro)") from error
    except ValueError as error:
        raise UserError(f"{path} is not whole JSON: delete it and run its stage again") from error


def refused(word: str) -> None:
    """Raise ValueError for NaN or Infinity, which `write_json` never writes."""
    raise ValueError(f"it holds {word}")


def plain(value: Any) -> Any:
    """Numpy scalars as Python's, NaN and infinities as None, containers alike throughout."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an uncompressed .npz that appears whole."""
    with replacing(path) as temporary:
        np.savez(temporary, allow_pickle=False, **arrays)


def checksum(path: Path) -> str:
    """The sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
