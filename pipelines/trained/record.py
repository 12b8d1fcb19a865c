"""What stands beside the weights of a cell: settings.json, by which they are opened again without params.yaml."""

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError, to_jsonable_python

from diffrep import __version__
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.cards import read_card, write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import Params
from diffrep.pipelines.core.paths import Cell
from diffrep.pipelines.trained.adapters import method_class
from diffrep.pipelines.trained.pretrained import checksum

FILE = "settings.json"


@dataclass(frozen=True)
class StoodOn:
    """A model that a method stands on: its folder, relative to that of the method's weights, and what it hashes to."""

    folder: str
    sha256: str


@dataclass(frozen=True)
class Record:
    """A training as settings.json has it.

    settings_hash  what all settings hash to that made the weights
    adapter        a name of ours, or package.module:Class
    arguments      of its class, those that have their defaults too
    image_shape    (channels, height, width)
    data_sha256    what the images hash to that it was trained on
    needs          {word of the adapter's `needs`: that model}
    chosen         the choice that was taken, of a method that leaves one open
    diffrep        the version that trained it
    """

    settings_hash: str
    dataset: str
    method: str
    seed: int
    adapter: str
    arguments: dict[str, Any]
    image_shape: tuple[int, int, int]
    data_sha256: str
    needs: dict[str, StoodOn]
    chosen: int | None
    diffrep: str = __version__


def record_of(params: Params, cell: Cell, key: str, network: Any, data: Prepared) -> Record:
    """The record of a cell whose network is trained; `key` is the hash of its settings."""
    cls = method_class(params, cell.method)
    return Record(
        key,
        cell.dataset,
        cell.method,
        int(cell.seed),
        params.adapter("methods", cell.method),
        resolved(cls, f"methods.{cell.method}", params.methods[cell.method].settings),
        data.image_shape,
        data.checksum,
        {need: stood_on(need, cell) for need in cls.needs},
        network.chosen if hasattr(network, "choices") else None,
    )


def resolved(cls: Any, path: str, settings: dict[str, Any]) -> dict[str, Any]:
    """A section with the defaults of `cls`, so that another default changes no weights; without, where JSON has none.

    path  of the section in params.yaml
    """
    given = arguments(cls, path, settings)
    try:
        whole = json.loads(json.dumps(to_jsonable_python(given), allow_nan=False))
        return whole if arguments(cls, path, whole) == given else settings
    except (PydanticSerializationError, ValueError, UserError):
        return settings


def stood_on(need: str, cell: Cell) -> StoodOn:
    """The model that `need` names, seen from the cell's weights."""
    model = cell.repeat.model(need)
    return StoodOn(Path(os.path.relpath(model, cell.weights)).as_posix(), checksum(need, model))


def write_record(folder: Path, record: Record) -> None:
    """Write settings.json, which vouches for all files that are in the folder now."""
    write_card(folder / FILE, dataclasses.asdict(record), of=folder)


def read_record(folder: Path, again: str) -> Record:
    """What `write_record` was given; UserError for a folder that holds no cell, an altered one, or another version's.

    again  what would do then
    """
    path = folder / FILE
    card = read_card(path, again)
    if set(card) != {field.name for field in dataclasses.fields(Record)}:
        raise UserError(f"{path} was written by another version of diffrep, or is no card of a cell: {again}")
    needs = {need: StoodOn(**found) for need, found in card["needs"].items()}
    return Record(**{**card, "needs": needs, "image_shape": tuple(card["image_shape"])})
