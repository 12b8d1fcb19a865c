"""An autoencoder that others trained: a folder with card.json and vq/, as diffrep has written it.

By `import-weights`, of a file of latent diffusion, or by the stage autoencoder, of another workspace. One that a model
was trained on comes with the factor of its latents; an autoencoder alone has none.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import FILE, Params
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.core.sections import Imported
from diffrep.pipelines.trained.pretrained import SAVED, network_of_card

NEED = "autoencoder"
AGAIN = "run diffrep import-weights again, or copy it again from where it was trained"


def folder_of(source: str) -> Path:
    """The folder that `autoencoder.from` names; UserError where it is none of an autoencoder."""
    folder = Path(source).expanduser()
    if not folder.is_dir():
        what = "is a file, not a folder" if folder.exists() else "is no folder"
        raise UserError(f"{FILE}: {NEED}.from: {source} {what}: diffrep import-weights makes one of a published file")
    if not (folder / "card.json").is_file() or not (folder / SAVED[NEED]).is_dir():
        raise UserError(f"{FILE}: {NEED}.from: {source} holds no card.json and {SAVED[NEED]}/: it is no autoencoder")
    return folder


def card_of(source: str) -> dict[str, Any]:
    """The card of an imported autoencoder; UserError where it, or what it vouches for, is not what was written."""
    return read_card(folder_of(source) / "card.json", AGAIN)


def network_of(source: str) -> dict[str, Any]:
    """The section `network` of an imported autoencoder."""
    return dict(card_of(source)["network"])


def record(params: Params) -> dict[str, Any]:
    """What a change of an imported autoencoder shows in, and its name; empty for a trained one."""
    section = params.autoencoder
    if not isinstance(section, Imported):
        return {}
    return {"from": section.source, "card_sha256": sha256_of(folder_of(section.source) / "card.json")}


def expect_recorded(params: Params, shared: Shared) -> None:
    """Raise UserError where the stage `code` has seen another autoencoder."""
    now = record(params)
    if now != read_json(shared.needs_autoencoder).get("imported"):
        raise UserError(f"{NEED}.from: {now['from']} is not the one that diffrep code has seen: run it again")


def expect_channels(params: Params, image_shape: Sequence[int]) -> None:
    """Raise UserError where an imported autoencoder takes images of other channels than these [c, h, w]."""
    section = params.autoencoder
    if not isinstance(section, Imported):
        return
    taken, depth = read_json(folder_of(section.source) / SAVED[NEED] / "config.json")["in_channels"], image_shape[0]
    if taken != depth:
        words = f"takes images of {taken} channels, the data set's have {depth}"
        raise UserError(f"{FILE}: {NEED}.from: {section.source} {words}")


def load(source: str, image_shape: tuple[int, int, int]) -> Any:
    """The Autoencoder in a folder, for images [c, h, w]; its scale is that of the card, 1 where there is none."""
    folder = folder_of(source)
    return network_of_card(NEED, folder, card_of(source), image_shape, AGAIN)
