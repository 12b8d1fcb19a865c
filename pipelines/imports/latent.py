"""EncDiff's and dis-dis's Lightning files, and latent diffusion's autoencoders, alone or inside one of its models."""

from collections.abc import Mapping
from typing import Any, get_args

import torch

from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.methods.shared.process.schedule import Betas, noise_shares
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports import latent_names
from diffrep.pipelines.imports.adapters import ImportedLatentEncDiff, nowhere
from diffrep.pipelines.imports.dpm import square
from diffrep.pipelines.imports.gathering import Source, below, gathered, left_over, state_of, unused
from diffrep.pipelines.imports.guided_names import GuidedNames
from diffrep.pipelines.imports.model import ANY_IMAGES, Model, on_meta, shapes_of
from diffrep.pipelines.imports.sizes import Shapes
from diffrep.pipelines.presets.published import preset

FIRST, ENCODER, RAW, AVERAGED = "first_stage_model.", "cond_stage_model.", "model.diffusion_model.", "model_ema."
CLOSE = 1e-6  # betas, which the files have in single precision
USED = (AVERAGED, ENCODER, FIRST, "scale_factor")
COUNTERS = ("decay", "num_updates")
OTHERS = ("loss.", AVERAGED)  # of an autoencoder: discriminator and LPIPS; averages, which none of the released has


def ldm_vq(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """A VQ autoencoder, with the factor of its latents where the file is of a model that scales them."""
    whole = state_of(content)
    part = f"{where} ({FIRST})" if any(name.startswith(FIRST) for name in whole) else where
    inside = below(whole, FIRST)
    section, state, left = first_stage(inside or whole, part)
    left += left_over(whole, FIRST, "scale_factor") if inside else ()
    vq = on_meta(Autoencoder, ANY_IMAGES, network=section).vq
    found = gathered(shapes_of(vq), lambda name: autoencoder_source(name, section), state, part)
    return Model("ldm-vq", None, section, found, left, scale=scale_of(whole) if "scale_factor" in whole else None)


def first_stage(state: Mapping[str, Any], where: str) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """An autoencoder: its section, its tensors, and what beside them is left: discriminator and LPIPS."""
    published = preset("encdiff-shapes3d")["autoencoder"]["network"]
    kept = {name: value for name, value in state.items() if not name.startswith(OTHERS)}
    section = {**published, **Shapes(kept, where).autoencoder()}
    if "encoder.mid.attn_1.q.weight" not in kept:
        kept = latent_names.without_attention(kept, section["channels"][-1])
    return section, kept, unused(state, *OTHERS)


def autoencoder_source(name: str, section: dict[str, Any]) -> Source:
    """Where a tensor of a VQModel stands."""
    return latent_names.of_autoencoder(name, len(section["channels"]))


def encdiff(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """EncDiff's averaged denoiser, its encoder and tokens as they are, and the autoencoder under them."""
    published = preset("encdiff-shapes3d")["methods"]["encdiff_code"]
    return latent_row("encdiff", published, state_of(content), where)


def disdis(content: Mapping[str, Any], where: str, side: int | None) -> Model:
    """The same of dis-dis, whose trunk and tokens are others; its Gaussians lie in a file of their own."""
    whole = state_of(content)
    others = {name: value for name, value in whole.items() if not name.startswith(ENCODER)}
    renamed = latent_names.as_encdiffs(below(whole, ENCODER))
    published = preset("disdis-shapes3d")["methods"]["disdis"]
    named = {f"{ENCODER}{name}": value for name, value in renamed.items()}
    return latent_row("disdis", published, {**others, **named}, where)


def latent_row(kind: str, published: dict[str, Any], whole: Mapping[str, Any], where: str) -> Model:
    """A row of EncDiff's layout: the published section with the sizes of a file, and its tensors."""
    condition = Shapes(below(whole, ENCODER), f"{where} ({ENCODER})")
    encoder, code_dim, seen = condition.trunk(published["encoder"]["kind"])
    autoencoder, first, left = first_stage(below(whole, FIRST), f"{where} ({FIRST})")
    denoiser = Shapes(below(whole, RAW), f"{where} ({RAW})")
    section = {key: value for key, value in published.items() if key != "adapter"} | {
        "code_dim": code_dim,
        "tokens": {**published["tokens"], **condition.tokens()},
        "encoder": encoder,
        "network": {**published["network"], **denoiser.unet("transformer_blocks.0.attn2.to_k.weight")},
        "betas": betas_of(whole, where, published["betas"]),
        "autoencoder": autoencoder,
    }
    image_shape = square(3, seen)
    built = on_meta(ImportedLatentEncDiff, image_shape, **section, imported=nowhere(image_shape))
    sources = {name: encdiff_source(name, section) for name in shapes_of(built)}
    state = gather_parts(whole, first, sources, code_dim)
    found = gathered(shapes_of(built), lambda name: sources[name], state, where)
    return Model(kind, image_shape, section, found, (*left_over(whole, *USED), *left))


def encdiff_source(name: str, section: dict[str, Any]) -> Source:
    """Where a tensor of the row stands in what `gather_parts` makes."""
    if name == "autoencoder.scale":
        return Source("scale_factor", lambda value: value.reshape(()))
    if name.startswith("autoencoder.vq."):
        return autoencoder_source(name.removeprefix("autoencoder.vq."), section["autoencoder"]).under(FIRST)
    if name.startswith("network.unet."):
        attends = section["network"]["attention_levels"]
        coarsest = len(section["network"]["channels"]) - 1
        ups = frozenset(coarsest - level for level in attends)
        names = GuidedNames(section["network"]["layers"], ups, transformers=True)
        return names.source(name.removeprefix("network.unet.")).under("diffusion_model.")
    return Source(name).under(ENCODER)


def gather_parts(
    whole: Mapping[str, Any], first: Mapping[str, Any], sources: Mapping[str, Source], code_dim: int
) -> dict[str, Any]:
    """The tensors of a Lightning file that a row is made of: of the denoiser the averaged ones."""
    names = [each.name for each in sources.values() if each.name.startswith("diffusion_model.")]
    network = latent_names.averaged(below(whole, AVERAGED), names)
    encoder = latent_names.with_stacked_tokens(latent_names.plain_encoder(below(whole, ENCODER)), code_dim)
    return {
        **{name: value for name, value in network.items() if name not in COUNTERS},
        **{f"{FIRST}{name}": value for name, value in first.items()},
        **{f"{ENCODER}{name}": value for name, value in encoder.items()},
        **{name: whole[name] for name in ("scale_factor",) if name in whole},
    }


def scale_of(whole: Mapping[str, Any]) -> float:
    """The factor of the latents."""
    return float(whole["scale_factor"].reshape(()))


def betas_of(whole: Mapping[str, Any], where: str, published: Betas) -> Betas:
    """Which of our schedules a file was trained on, by its table; the published one where it has none."""
    if "betas" not in whole:
        return published
    betas = torch.as_tensor(whole["betas"]).double()
    for name in get_args(Betas):
        known = noise_shares(name)
        if betas.shape == known.shape and (betas - known).abs().max() < CLOSE:
            return name
    ends = f"{betas[0]:.3g} to {betas[-1]:.3g} in {len(betas)} steps"
    raise UserError(f"{where}: betas go from {ends}, none of ours: methods/shared/process/schedule.py has them")
