"""Cards: JSON files that vouch for themselves and for the files beside them, so that nothing altered passes for whole.

safetensors has no checksums, and JSON is JSON with another digit too; only a sum of what was written tells.
"""

from pathlib import Path
from typing import Any

from diffrep.datasets.files.sums import seal, sha256_of
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import plain, read_json, write_json

SEAL, FILES = "sha256", "files"


def write_card(path: Path, content: dict[str, Any], *, of: Path | None = None) -> None:
    """Write `content` with the sha256 of itself and, by their names, of all files that are in the folder `of` now."""
    card = plain({**content, **({} if of is None else {FILES: sums(of, path)})})
    write_json(path, {**card, SEAL: seal(card)})


def read_card(path: Path, again: str) -> dict[str, Any]:
    """What `write_card` was given; UserError where the card, or a file that it vouches for, is not what was written.

    again  the command that writes it anew
    """
    card = read_json(path)
    told = altered(card, path)
    if told:
        raise UserError(f"{told} is cut off or altered: {again}")
    return said(card)


def said(card: dict[str, Any]) -> dict[str, Any]:
    """What a card holds beside sums."""
    return {key: value for key, value in card.items() if key not in (SEAL, FILES)}


def altered(card: dict[str, Any], path: Path) -> Path | None:
    """The first file that is not what was written: that at `path`, which holds `card`, or one that it vouches for."""
    if card.get(SEAL) != seal({key: value for key, value in card.items() if key != SEAL}):
        return path
    files = {path.parent / name: known for name, known in card.get(FILES, {}).items()}
    return next((file for file, known in files.items() if not file.is_file() or sha256_of(file) != known), None)


def sums(folder: Path, card: Path) -> dict[str, str]:
    """{name: sha256} of all files below `folder`, the card's own apart."""
    files = (file for file in sorted(folder.rglob("*")) if file.is_file() and file != card)
    return {file.relative_to(folder).as_posix(): sha256_of(file) for file in files}
