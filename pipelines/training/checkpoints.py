"""The checkpoint of an unfinished training: written whole, with a sum of its bytes, read if they are the same."""

import hashlib
import io
import struct
import sys
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from lightning.fabric.plugins import TorchCheckpointIO

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, remove, replacing, write_json

NAME = "last"
SUM_LENGTH = 64  # hexadecimal digits of a sha256
COMMENT_LENGTH = struct.Struct("<H")  # the last field of a zip archive: how long the comment is that follows


class WholeCheckpoint(TorchCheckpointIO):
    """Checkpoints that are whole or not there, also where Lightning's temporary folder is on another disk."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write `checkpoint` beside `path`, with its sum, then put it in place."""
        buffer = io.BytesIO()
        torch.save(checkpoint, buffer)
        sign(buffer)
        with replacing(Path(path)) as temporary:
            temporary.write_bytes(buffer.getbuffer())


def sign(archive: io.BytesIO) -> None:
    """Give a zip archive without a comment one: the sha256 of all that is before it.

    The archive's own sums are of its records alone, and torch does not look at them.
    """
    archive.seek(-COMMENT_LENGTH.size, io.SEEK_END)
    archive.write(COMMENT_LENGTH.pack(SUM_LENGTH))
    archive.write(sum_of(archive.getvalue()))


def sum_of(content: bytes | memoryview) -> bytes:
    """The sha256, hexadecimal."""
    return hashlib.sha256(content).hexdigest().encode()


def is_sound(path: Path) -> bool:
    """Whether a checkpoint is what `save_checkpoint` wrote, to the last bit."""
    try:
        content = memoryview(path.read_bytes())
    except OSError:
        return False
    return sum_of(content[:-SUM_LENGTH]) == content[-SUM_LENGTH:]


def resumable(folder: Path, identity: dict[str, Any], title: str, *, first: bool = True) -> Path | None:
    """The checkpoint to go on from; one of other settings, or one that cannot be read, is removed, and that is said.

    first  only the first process removes and writes; the others come to the same answer, whether before or after it
    """
    checkpoint = folder / f"{NAME}.ckpt"
    why = obstacle(folder, checkpoint, identity)
    going_on = there(checkpoint) and not why
    if first:
        if why:
            print(f"{title}: {why}, starting afresh", file=sys.stderr)
            empty(folder)
        write_json(folder / "settings.json", identity)
        if going_on:
            print(f"{title}: going on from the last checkpoint", file=sys.stderr)
    return checkpoint if going_on else None


def obstacle(folder: Path, checkpoint: Path, identity: dict[str, Any]) -> str:
    """Why the training in `folder` cannot go on from its checkpoint; empty where it can, or where there is none."""
    settings = folder / "settings.json"
    if there(folder) and not folder.is_dir():
        return f"{folder} is no folder"
    try:
        known = read_json(settings) if there(settings) else None
    except (UserError, OSError):
        return f"{settings} is damaged"
    if known != identity if known is not None else there(checkpoint):
        return "settings, code or data changed"
    return "" if not there(checkpoint) or readable(checkpoint) else f"{checkpoint} is damaged"


def there(path: Path) -> bool:
    """Whether something has this name, be it a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def readable(checkpoint: Path) -> bool:
    """Whether a training can go on from a checkpoint: it is sound, and torch can make something of it."""
    try:
        return is_sound(checkpoint) and steps_done(checkpoint) >= 0
    except (UnpicklingError, RuntimeError, OSError, EOFError, KeyError, TypeError):
        return False


def steps_done(checkpoint: Path | None) -> int:
    """How many optimiser steps a checkpoint holds."""
    return torch.load(checkpoint, weights_only=True, mmap=True)["global_step"] if checkpoint else 0


def empty(folder: Path) -> None:
    """Remove what is in a folder, or what is in its place; a link to a folder elsewhere stays."""
    if not folder.is_dir():
        remove(folder)
        return
    for path in folder.iterdir():
        remove(path)
