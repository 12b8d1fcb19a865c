"""An imported model in a workspace: its files below imported/, and the section of params.yaml that names them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from diffusers import DDPMScheduler
from ruamel.yaml.comments import CommentedMap
from safetensors.torch import save_file

from diffrep.datasets.files.sums import sha256_of
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.pipelines.core.cards import write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import replacing_folder
from diffrep.pipelines.core.settings_text import styled
from diffrep.pipelines.imports.adapters import WEIGHTS
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.model import ANY_IMAGES, Model, on_meta
from diffrep.pipelines.imports.reading import Read

FOLDER = "imported"  # of a workspace
AUTOENCODER = "ldm-vq"  # the kind that is neither a row nor a base model
MODULE = "diffrep.pipelines.imports.adapters"


def origin_of(found: Read, file: Path) -> dict[str, Any]:
    """What is to be known of a file: where its models come from, and what of it is not used."""
    return {
        "source": file.name,
        "source_sha256": sha256_of(file) if file.is_file() else None,
        "left": list(found.model.left),
        "replaced": found.replaced,
    }


def card_of(model: Model, origin: Mapping[str, Any]) -> dict[str, Any]:
    """What is to be known of a model, with what is of its file."""
    licence = KINDS[model.kind].licence
    words = {"kind": model.kind, "image_shape": model.image_shape, "network": model.section, "licence": licence}
    return {**words, **origin}


def place_row(workspace: Path, row: str, model: Model, origin: Mapping[str, Any], learned_from: str) -> dict[str, Any]:
    """Write a row's weights and card; its section of params.yaml, with what they learned from ("": not known)."""
    target = Path(FOLDER, row)
    with replacing_folder(workspace / target) as folder:
        save_file({name: value.contiguous() for name, value in model.state.items()}, folder / WEIGHTS)
        write_card(folder / "card.json", card_of(model, origin), of=folder)
    imported = {
        "folder": target.as_posix(),
        "sha256": sha256_of(workspace / target / WEIGHTS),
        "image_shape": list(model.image_shape or ()),
        "learned_from": learned_from,
    }
    return {"adapter": f"{MODULE}:{KINDS[model.kind].adapter}", "imported": imported, **model.section}


def place_base(workspace: Path, name: str, model: Model, origin: Mapping[str, Any]) -> dict[str, Any]:
    """Write a base model as diffusers reads it, and its card; its section of params.yaml."""
    assert model.image_shape is not None  # a base model always has one
    network = on_meta(BaseDPM, model.image_shape, network=model.section)
    network.unet.load_state_dict(dict(model.state), assign=True)
    target = Path(FOLDER, name)
    with replacing_folder(workspace / target) as folder:
        network.unet.save_pretrained(folder / "unet")
        DDPMScheduler(**network.scheduler_config()).save_pretrained(folder / "scheduler")  # type: ignore[attr-defined]
        write_card(folder / "card.json", card_of(model, origin), of=folder)
    return {"from": target.as_posix()}


def place_autoencoder(workspace: Path, name: str, model: Model, origin: Mapping[str, Any]) -> dict[str, Any]:
    """Write an autoencoder as diffusers reads it, and its card; its section of params.yaml."""
    network = on_meta(Autoencoder, ANY_IMAGES, network=model.section)
    network.vq.load_state_dict(dict(model.state), assign=True)
    target = Path(FOLDER, name)
    scale = {} if model.scale is None else {"scale": model.scale}
    with replacing_folder(workspace / target) as folder:
        network.vq.save_pretrained(folder / "vq")
        write_card(folder / "card.json", {**card_of(model, origin), **scale}, of=folder)
    return {"from": target.as_posix()}


def with_imported(whole: CommentedMap, network: str, section: dict[str, Any]) -> None:
    """Put an imported "base" or "autoencoder" into the sections of a params.yaml, in place of the one trained there."""
    whole[network] = CommentedMap(section)


def with_row(whole: CommentedMap, row: str, section: dict[str, Any]) -> None:
    """Put a row into the sections of a params.yaml, and into the grid."""
    if row not in whole["grid"]["method"]:
        whole["grid"]["method"].append(row)
    whole["methods"][row] = styled(section)


def only_row(whole: CommentedMap, row: str) -> None:
    """Make a row the only one of an experiment that was written for it: nothing else is trained there."""
    for other in [name for name in whole["methods"] if name != row]:
        del whole["methods"][other]
    whole["grid"]["method"] = styled([row])
    whole["report"]["reference"] = row
    whole["report"]["controls"] = styled([])


def expect_new_row(whole: CommentedMap, row: str) -> None:
    """Raise UserError where a section of this name is one that is trained."""
    section = whole["methods"].get(row)
    if section is not None and not str(section.get("adapter", "")).startswith(MODULE):
        raise UserError(f"params.yaml has a row {row!r} that is trained: give another --row")
