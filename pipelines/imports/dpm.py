"""The plain diffusion models of PDAE's and Diff-AE's releases: guided-diffusion's U-Net, told the time alone."""

from collections.abc import Mapping
from typing import Any

from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.gathering import below, gathered, left_over, state_of
from diffrep.pipelines.imports.guided_names import GuidedNames, attending
from diffrep.pipelines.imports.model import Model, on_meta, shapes_of
from diffrep.pipelines.imports.sizes import ATTENDED, Shapes
from diffrep.pipelines.presets.published import preset

PUBLISHED = "pdae-celeba64"


def pdae_dpm(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """The averaged network of a file of PDAE's trainer, or of one that holds nothing else."""
    left = tuple(key for key in content if key != "ema_denoise_fn")
    return dpm("pdae-dpm", content["ema_denoise_fn"], f"{where} (ema_denoise_fn)", side, left)


def diffae_ddpm(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """The averaged network of a Lightning file of Diff-AE's code."""
    state = state_of(content)
    left = left_over(state, "ema_model.")
    return dpm("diffae-ddpm", below(state, "ema_model."), f"{where} (ema_model.)", side_of(state) or side, left)


def dpm(kind: str, state: Mapping[str, Any], where: str, side: int | None, left: tuple[str, ...] = ()) -> Model:
    """A base model of the tensors of one U-Net; UserError where they are none.

    side  of its images; None: as its attention tells, which every released model has where maps are 16 pixels wide
    """
    shapes = Shapes(state, where)
    network = unet_settings(shapes, preset(PUBLISHED)["base"]["network"])
    image_shape = square(shapes.of("input_blocks.0.0.weight")[1], side or attended(network, where))
    unet = on_meta(BaseDPM, image_shape, network=network).unet
    names = GuidedNames(network["layers"], attending(unet.state_dict()))
    return Model(kind, image_shape, network, gathered(shapes_of(unet), names.source, state, where), left)


def unet_settings(shapes: Shapes, published: dict[str, Any]) -> dict[str, Any]:
    """A section `network`: the published one with the sizes of a file."""
    width = shapes.of("time_embed.0.weight")[0]
    network = {**published, **shapes.unet("qkv.weight")}
    network.pop("embedding_dim", None)
    return network if width == 4 * network["channels"][0] else {**network, "embedding_dim": width}


def attended(network: dict[str, Any], where: str) -> int:
    """The side of a network's images by its finest attention; UserError where it has none."""
    if not network["attention_levels"]:
        raise UserError(f"{where} does not tell the size of its images: give it, as --size 64")
    return ATTENDED << min(network["attention_levels"])


def square(channels: int, side: int) -> tuple[int, int, int]:
    """The shape of square images."""
    return channels, side, side


def side_of(state: Mapping[str, Any]) -> int | None:
    """The side of the images of a Diff-AE, by the noise [n, c, h, w] that its files carry; None where one has none."""
    noise = state.get("x_T")
    return None if noise is None else int(noise.shape[-1])
