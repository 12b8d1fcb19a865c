"""The rows of DBAE's release: one bare state dict of averaged weights."""

import re
from collections.abc import Mapping
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports import dbae_names
from diffrep.pipelines.imports.adapters import ImportedDBAE, nowhere
from diffrep.pipelines.imports.dpm import square
from diffrep.pipelines.imports.gathering import Source, below, gathered, state_of, unused
from diffrep.pipelines.imports.guided_names import GuidedNames, attending
from diffrep.pipelines.imports.half_unet_names import HalfUNetNames
from diffrep.pipelines.imports.model import Model, on_meta, shapes_of
from diffrep.pipelines.imports.sizes import Shapes
from diffrep.pipelines.presets.published import preset

GENERATOR = "decoder."


def dbae(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """DBAE's encoder, generator and denoiser; of a Gaussian code the mean is read. Its files tell the images' side."""
    whole = state_of(content)
    generator = dbae_names.with_plain_weights(below(whole, GENERATOR))
    drawn = drawn_side(generator, where)
    image_shape = square(generator[f"to_{drawn}.weight"].shape[0], drawn)
    section = section_of(Shapes(whole, where), Shapes(generator, f"{where} ({GENERATOR})"), drawn)
    built = on_meta(ImportedDBAE, image_shape, **section, imported=nowhere(image_shape))
    state = {name: value for name, value in whole.items() if not name.startswith(GENERATOR)}
    state |= {f"{GENERATOR}{name}": value for name, value in generator.items()}
    of_encoder, settings = HalfUNetNames(built.encoder), section["network"]
    names = GuidedNames(settings["layers"], attending(built.network.state_dict()))
    source = lambda name: dbae_source(name, of_encoder, names, drawn, settings["head_width"])  # noqa: E731
    found = gathered(shapes_of(built), source, state, where)
    return Model("dbae", image_shape, section, found, unused(whole, f"{GENERATOR}{dbae_names.IDLE}"))


def drawn_side(generator: Mapping[str, Any], where: str) -> int:
    """The side of the images that a generator draws."""
    found = (re.match(r"to_(\d+)\.", name) for name in generator)
    side = next((int(match[1]) for match in found if match), None)
    if side is None:
        raise UserError(f"{where} lacks the layer that draws endpoints, such as {GENERATOR}to_64: get it again")
    return side


def section_of(shapes: Shapes, generator: Shapes, side: int) -> dict[str, Any]:
    """A row's section: the published one with the sizes of a file."""
    published = preset("dbae-celeba64")["methods"]["dbae"]
    encoder, outputs, level = shapes.half_unet()
    code_dim = shapes.of("label_emb.weight")[1]
    sides = [dbae_names.COARSEST << i for i in range(1, (side // dbae_names.COARSEST).bit_length())]
    norms = ["init.init.1", *(f"feat_{each}.2" for each in sides)]
    return {
        **published,
        "code_dim": code_dim,
        "code": "fixed" if outputs == code_dim else "mean",
        "encoder": {**encoder, "attention": side >> level if level >= 0 else None},
        "generator": {"channels": [generator.of(f"{norm}.weight")[0] // 2 for norm in norms]},
        "network": {**published["network"], **shapes.unet("qkv.weight")},
    }


def dbae_source(name: str, of_encoder: HalfUNetNames, names: GuidedNames, side: int, head_width: int) -> Source:
    """Where a tensor of DBAE for images of `side` pixels stands; `names` are those of its denoiser."""
    part, _, inside = name.partition(".")
    if part == "encoder":
        return of_encoder.source(inside)
    if part == "generator":
        return dbae_names.of_generator(inside, side).under(GENERATOR)
    return dbae_names.of_denoiser(inside.removeprefix("unet."), names, head_width)
