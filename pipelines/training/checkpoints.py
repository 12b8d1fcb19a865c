"""The checkpoint of an unfinished training: written whole, with a sum of its bytes, read if they are the same."""

import hashlib
import io
import struct
import sys
import time
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, BinaryIO

import lightning.pytorch as pl
import torch
from lightning.fabric.plugins import TorchCheckpointIO
from lightning.pytorch.callbacks import Checkpoint

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json, remove, replacing, write_json

NAME = "last"
PART = 2**20  # bytes that are summed at a time
SUM_LENGTH = 64  # hexadecimal digits of a sha256
COMMENT_LENGTH = struct.Struct("<H")  # the last field of a zip archive: how long the comment is that follows


class WholeCheckpoint(TorchCheckpointIO):
    """Checkpoints that are whole or not there, also where Lightning's temporary folder is on another disk."""

    def save_checkpoint(self, checkpoint: dict[str, Any], path: Any, storage_options: Any = None) -> None:
        """Write `checkpoint` beside `path`, with its sum, then put it in place."""
        with replacing(Path(path)) as temporary:
            torch.save(checkpoint, temporary)
            sign(temporary)


class Keep(Checkpoint):
    """Has the checkpoint written at the end of a chunk: of the last one, or if `minutes` have passed since the last."""

    def __init__(self, folder: Path, steps: int, minutes: float) -> None:
        self.path, self.steps, self.seconds = folder / f"{NAME}.ckpt", steps, 60 * minutes

    def on_train_start(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Begin to wait."""
        self.last = time.monotonic()

    def on_train_epoch_end(self, trainer: pl.Trainer, module: pl.LightningModule) -> None:
        """Save if it is time; on several devices the first process says when."""
        due = trainer.global_step == self.steps or time.monotonic() - self.last >= self.seconds
        if trainer.strategy.broadcast(due):
            trainer.save_checkpoint(self.path)
            self.last = time.monotonic()


def sign(archive: Path) -> None:
    """Give a zip archive without a comment one: the sha256 of all that is before it.

    The archive's own sums are of its records alone, and torch does not look at them.
    """
    with archive.open("r+b") as file:
        file.seek(-COMMENT_LENGTH.size, io.SEEK_END)
        file.write(COMMENT_LENGTH.pack(SUM_LENGTH))
        file.seek(0)
        file.write(sum_of(file, archive.stat().st_size))


def sum_of(file: BinaryIO, count: int) -> bytes:
    """The sha256 of the next `count` bytes, hexadecimal."""
    digest = hashlib.sha256()
    while count and (part := file.read(min(count, PART))):
        digest.update(part)
        count -= len(part)
    return digest.hexdigest().encode()


def is_sound(path: Path) -> bool:
    """Whether a checkpoint is what `save_checkpoint` wrote, to the last bit."""
    try:
        with path.open("rb") as file:
            return sum_of(file, max(0, path.stat().st_size - SUM_LENGTH)) == file.read()
    except OSError:
        return False


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
