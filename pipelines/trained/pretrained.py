"""What a method may stand on, by the words of its `needs`: the class of each, and how it is written and read.

A need's code is followed with the adapters that name it (core/source_code.py), so that an edit of one leaves the
cells of all others as they are; therefore nothing here imports a need by name.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from torch import nn

from diffrep.datasets.files.sums import sha256_of
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.paths import Repeat

NEEDS = {
    "base": "diffrep.methods.shared.denoisers.base:BaseDPM",
    "autoencoder": "diffrep.methods.shared.networks.autoencoder:Autoencoder",
}
SAVED = {"base": "unet", "autoencoder": "vq"}  # the module that diffusers writes and reads, and its folder
WORDS = {"base": "base model", "autoencoder": "autoencoder"}
COMMANDS = {"base": "diffrep base --dataset {} --seed {}", "autoencoder": "diffrep autoencoder --dataset {}"}
FIRST = {"base": "run {} first", "autoencoder": "run diffrep code and {}"}


def class_of(need: str) -> Any:
    """The class of what `need` names."""
    return lookup(NEEDS, need, "need")


def load(need: str, repeat: Repeat, image_shape: tuple[int, int, int]) -> Any:
    """The trained model that `need` names, in eval mode; UserError where it is missing or does not fit."""
    command = COMMANDS[need].format(repeat.dataset, repeat.seed)
    return read(need, repeat.model(need), image_shape, FIRST[need].format(command), f"run {command} again")


def read(need: str, folder: Path, image_shape: tuple[int, int, int], first: str, again: str) -> Any:
    """The trained model in a folder, in eval mode; UserError where it is missing or does not fit.

    first, again  what would do where there is no model, and where there is another
    """
    card = matching_card(folder, WORDS[need], image_shape, first, again)
    return network_of_card(need, folder, card, image_shape, again)


def network_of_card(
    need: str, folder: Path, card: dict[str, Any], image_shape: tuple[int, int, int], again: str
) -> Any:
    """The model in a folder as its card describes it, in eval mode; UserError where its weights are of another one.

    again  what would do then
    """
    what, cls = WORDS[need], class_of(need)
    network = cls(image_shape, **arguments(cls, f"{folder / 'card.json'}", {"network": card["network"]}))
    described = getattr(network, SAVED[need])
    try:  # never of a pickle, which diffusers would take where the safetensors are gone
        found = type(described).from_pretrained(folder / SAVED[need], low_cpu_mem_usage=False, use_safetensors=True)
    except (OSError, SafetensorError) as error:
        raise UserError(f"the {what} in {folder} cannot be read: {again}") from error
    expect_same(found, described, what, folder, again)
    setattr(network, SAVED[need], found)
    if "scale" in card:
        network.scale.fill_(card["scale"])
    return network.eval()


def checksums(needs: Iterable[str], repeat: Repeat) -> dict[str, str]:
    """{need: what its weights hash to}."""
    return {need: checksum(need, repeat.model(need)) for need in needs}


def checksum(need: str, folder: Path) -> str:
    """What the weights of the model in a folder hash to."""
    return sha256_of(next(folder.glob(f"{SAVED[need]}/*.safetensors")))


def matching_card(folder: Path, what: str, image_shape: tuple[int, int, int], first: str, again: str) -> dict[str, Any]:
    """The card of the model in `folder`, `what` in words; UserError where it is missing, altered or for other images.

    first, again  what would do where there is no model, and where there is another
    """
    path = folder / "card.json"
    if not path.exists():
        raise UserError(f"no {what} in {folder}: {first}")
    card = read_card(path, again)
    if tuple(card["image_shape"]) != tuple(image_shape):
        shapes = f"{card['image_shape']}, the data set's are {list(image_shape)}"
        raise UserError(f"the {what} in {folder} is for images of {shapes}: {again}")
    return card


def expect_same(found: nn.Module, described: nn.Module, what: str, folder: Path, again: str) -> None:
    """Raise UserError where the weights `found` in `folder` are not those of the network that its card describes."""
    shapes = [{name: value.shape for name, value in network.state_dict().items()} for network in (found, described)]
    if shapes[0] != shapes[1]:
        other = next(name for name in {**shapes[1], **shapes[0]} if shapes[0].get(name) != shapes[1].get(name))
        raise UserError(f"the {what} in {folder} is not the network of its card.json (see {other}): {again}")
