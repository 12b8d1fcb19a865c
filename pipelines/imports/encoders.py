"""The rows of PDAE's and Diff-AE's releases: an encoder, and a denoiser that is told its code."""

from collections.abc import Mapping
from typing import Any

from diffrep.methods.diffae import DiffAE
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.imports import pdae_names
from diffrep.pipelines.imports.dpm import attended, dpm, side_of, square, unet_settings
from diffrep.pipelines.imports.gathering import Source, below, gathered, left_over, state_of, unused
from diffrep.pipelines.imports.guided_names import GuidedNames, attending
from diffrep.pipelines.imports.half_unet_names import HalfUNetNames
from diffrep.pipelines.imports.model import Model, on_meta, shapes_of
from diffrep.pipelines.imports.sizes import Shapes
from diffrep.pipelines.presets.published import preset

FROZEN = ("time_embed.", "input_blocks.", "middle_block.", "output_blocks.", "out.")
USED = ("ema_encoder", "ema_decoder")
LATENT = "latent_net."  # Diff-AE's model of codes, which the suite does not draw


def pdae(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """PDAE's averaged encoder and decoder, with the base model that the decoder contains."""
    encoder, code_dim, seen = Shapes(content["ema_encoder"], f"{where} (ema_encoder)").encoder()
    state = {f"{part}/{name}": value for part in USED for name, value in content[part].items()}
    frozen = {name: value for name, value in content["ema_decoder"].items() if name.startswith(FROZEN)}
    base = dpm("pdae-dpm", frozen, f"{where} (ema_decoder)", seen)
    section = {**preset("pdae-celeba64")["methods"]["pdae"], "code_dim": code_dim, "encoder": encoder}
    image_shape = square(frozen["input_blocks.0.0.weight"].shape[1], seen)
    network = on_meta(PDAE, image_shape, on_meta(BaseDPM, image_shape, network=base.section), **section)
    names = GuidedNames(base.section["layers"], attending(network.decoder.base.state_dict()))
    found = gathered(shapes_of(network), lambda name: pdae_source(name, names), state, where)
    return Model("pdae", image_shape, section, found, tuple(key for key in content if key not in USED), base)


def pdae_source(name: str, names: GuidedNames) -> Source:
    """Where a tensor of PDAE stands."""
    if name.startswith("encoder."):
        return pdae_names.of_encoder(name.removeprefix("encoder.")).under("ema_encoder/")
    if name.startswith("decoder.base.unet."):
        return names.source(name.removeprefix("decoder.base.unet.")).under("ema_decoder/")
    return pdae_names.of_estimator(name.removeprefix("decoder.estimator."), names).under("ema_decoder/")


def diffae(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """Diff-AE's averaged encoder and denoiser."""
    whole = state_of(content)
    told, part = below(whole, "ema_model."), f"{where} (ema_model.)"
    state = plain_time({name: value for name, value in told.items() if not name.startswith(LATENT)})
    shapes = Shapes(state, part)
    published = preset("diffae-celeba64")["methods"]["diffae"]
    encoder, code_dim, level = shapes.half_unet()
    network = unet_settings(shapes, published["network"])
    image_shape = square(shapes.of("input_blocks.0.0.weight")[1], side_of(whole) or side or attended(network, part))
    encoder["attention"] = image_shape[1] >> level if level >= 0 else None
    section = {**published, "code_dim": code_dim, "encoder": encoder, "network": network}
    built = on_meta(DiffAE, image_shape, **section)
    left = (*left_over(whole, "ema_model."), *unused(told, LATENT))
    names = GuidedNames(network["layers"], attending(built.denoiser.state_dict()))
    of_encoder = HalfUNetNames(built.encoder)
    found = gathered(shapes_of(built), lambda name: diffae_source(name, of_encoder, names), state, part)
    return Model("diffae", image_shape, section, found, left)


def plain_time(state: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the two maps of the time where all other networks have them: here they lie one level deeper."""
    return {name.replace("time_embed.time_embed.", "time_embed."): value for name, value in state.items()}


def diffae_source(name: str, of_encoder: HalfUNetNames, names: GuidedNames) -> Source:
    """Where a tensor of Diff-AE stands; `names` are those of its denoiser."""
    if name.startswith("encoder."):
        return of_encoder.source(name.removeprefix("encoder."))
    return names.source(name.removeprefix("denoiser.unet."))
