"""Files that are whole or not there: written under a temporary name, brought to the disk, then renamed."""

import glob
import io
import json
import os
import platform
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from diffrep.datasets.files.sums import to_disk
from diffrep.pipelines.core.errors import UserError

MACHINE = platform.node()  # a container has a name of its own
OLD = ".old"  # what a folder is called while another takes its place
# what zipfile and numpy raise of an archive with other bytes than were written
UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, RuntimeError, ValueError, KeyError, EOFError, OSError)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` (same suffix) that takes its place when the block ends well.

    Where the block does not, or the disk refuses what it wrote, the old file or folder stays. What killed processes of
    this machine have left of earlier tries is removed, and an old folder that one was about to replace put back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    clear(path)
    temporary = beside(path, str(os.getpid()))
    try:
        yield temporary
        synchronise(temporary)
        put(temporary, path)
    finally:
        clear(path)


@contextmanager
def replacing_folder(path: Path) -> Iterator[Path]:
    """An empty temporary folder that takes the place of the folder `path` when the block ends well."""
    with replacing(path) as temporary:
        temporary.mkdir()
        yield temporary


def beside(path: Path, words: str) -> Path:
    """A hidden name beside `path`, with this machine's in it: others that share the disk have their own processes."""
    return path.with_name(f".{path.stem}.{MACHINE}.{words}{path.suffix}")


def put(new: Path, path: Path) -> None:
    """Give `new` the name `path`; a folder takes no other's place at one stroke, so the old one is first set aside."""
    if new.is_dir() and os.path.lexists(path):
        os.replace(path, beside(path, f"{os.getpid()}{OLD}"))
    os.replace(new, path)
    to_disk(path.parent)


def clear(path: Path) -> None:
    """Remove what this process and dead ones have left beside `path`; the old folder, where no new one stands there."""
    begin, end = beside(path, "").name.removesuffix(path.suffix), path.suffix
    for left in path.parent.glob(f"{glob.escape(begin)}*{glob.escape(end)}"):
        words = left.name.removeprefix(begin).removesuffix(end)
        pid = words.removesuffix(OLD)
        if not pid.isdecimal() or (int(pid) != os.getpid() and alive(int(pid))):
            continue
        if words.endswith(OLD) and not os.path.lexists(path):
            os.replace(left, path)
        else:
            remove(left)


def synchronise(path: Path) -> None:
    """Have a file, or a folder with all that is in it, on the disk: after a power cut a name must not be without it."""
    for inner in path.rglob("*") if path.is_dir() else ():
        to_disk(inner)
    to_disk(path)


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
    """Delete a file, a folder, a link (not what it leads to), or nothing."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` with NaN as null; the file appears whole."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(plain(content), indent=1, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """What `write_json` wrote; UserError when it is missing, cut off, or no JSON object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=refused)
    except FileNotFoundError as error:
        raise UserError(f"{path} is missing: run the stage that writes it (diffrep repro)") from error
    except IsADirectoryError as error:
        raise UserError(f"{path} is a folder, not a file: delete it and run its stage again") from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is not whole JSON ({error}): delete it and run its stage again") from error
    if not isinstance(content, dict):
        raise UserError(
            f"{path} holds a JSON {type(content).__name__}, not an object: delete it and run its stage again"
        )
    return content


def refused(word: str) -> None:
    """Raise ValueError for NaN or Infinity, which `write_json` never writes."""
    raise ValueError(f"it holds {word}, where stages write null")


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


def read_arrays(path: Path, wanted: Callable[[list[str]], list[str]], again: str) -> dict[str, np.ndarray]:
    """The arrays of an .npz that are wanted of the names that it has; UserError where they are not as written.

    again  the command that writes it anew

    Every record is held against its checksum before anything is made of it.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = wanted([name.removesuffix(".npy") for name in archive.namelist()])
            records = {name: io.BytesIO(archive.read(f"{name}.npy")) for name in names}
            return {name: np.load(record, allow_pickle=False) for name, record in records.items()}
    except PermissionError:
        raise
    except UNREADABLE as error:
        raise UserError(f"{path} is cut off or altered: {again}") from error
