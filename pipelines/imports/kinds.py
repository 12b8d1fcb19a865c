"""Which model a checkpoint is, by the names in it: of every released layout one sign that no other has."""

from collections.abc import Callable, Mapping
from typing import Any

from diffrep.pipelines.core.errors import UserError

KINDS = {
    "pdae": "PDAE's encoder and decoder",
    "pdae-dpm": "the diffusion model under a PDAE",
    "diffae": "a Diff-AE",
    "diffae-ddpm": "Diff-AE's plain diffusion model",
    "encdiff": "an EncDiff with its autoencoder",
    "disdis": "a dis-dis with its autoencoder",
    "dbae": "a DBAE",
    "ldm-vq": "a VQ autoencoder of latent diffusion",
    "ddpm": "a diffusion model of diffusers",
}
OTHERS = {  # what is known by its names, and why it is no row of ours
    "diti": "a DiTi, whose masks stand in its configuration alone",
    "pdae-latent-dpm": "PDAE's diffusion model of codes: the suite draws no codes",
    "pdae-classifier": "PDAE's classifier of codes: the stage probe fits its own",
    "pdae-latents": "the mean and deviation of PDAE's codes: import the model that they are of",
    "diffae-classifier": "Diff-AE's classifier of codes: import the autoencoder that it was trained on",
    "diffae-latents": "codes of a Diff-AE: import the model that they are of",
    "disdiff": "a DisDiff, which is not read: --kind ldm-vq takes the autoencoder in it",
    "ldm": "a latent diffusion model that encodes nothing: --kind ldm-vq takes the autoencoder in it",
}
Has = Callable[[str], bool]
SIGNS: tuple[tuple[str, Callable[[set[str], Has], bool]], ...] = (  # the first that holds
    ("diti", lambda keys, has: "ssl_model" in keys),
    ("pdae-latent-dpm", lambda keys, has: "ema_latent_denoise_fn" in keys),
    ("pdae-classifier", lambda keys, has: "ema_classifier" in keys),
    ("pdae", lambda keys, has: {"ema_encoder", "ema_decoder"} <= keys),
    ("pdae-dpm", lambda keys, has: "ema_denoise_fn" in keys),
    ("pdae-latents", lambda keys, has: keys == {"mean", "std"}),
    ("diffae-latents", lambda keys, has: "conds" in keys),
    ("diffae-classifier", lambda keys, has: has("ema_classifier.")),
    ("diffae", lambda keys, has: has("ema_model.encoder.")),
    ("diffae-ddpm", lambda keys, has: has("ema_model.")),
    ("encdiff", lambda keys, has: has("cond_stage_model.net.")),
    ("disdis", lambda keys, has: has("cond_stage_model.mlps.")),
    ("disdiff", lambda keys, has: has("cond_stage_model.")),
    ("ldm", lambda keys, has: has("model.diffusion_model.")),
    ("ldm-vq", lambda keys, has: has("quantize.embedding.")),
    ("dbae", lambda keys, has: has("label_emb.") and has("time_embed.")),
    ("ddpm", lambda keys, has: has("down_blocks.") and has("time_embedding.")),
)


def kind_of(content: Mapping[str, Any]) -> str | None:
    """The kind of a checkpoint, of KINDS or OTHERS; None where nothing in it is known."""
    names = state_of(content)
    has: Has = lambda prefix: any(name.startswith(prefix) for name in names)  # noqa: E731
    return next((kind for kind, holds in SIGNS if holds(set(content), has)), None)


def state_of(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The tensors of a checkpoint that holds one network by their names: Lightning's, or all of it."""
    state = content.get("state_dict")
    found = state if isinstance(state, Mapping) else content
    return {name: value for name, value in found.items() if isinstance(name, str)}


def expect_kind(content: Any, asked: str | None, where: str) -> str:
    """The kind as which a checkpoint is read; UserError for one of no row of ours, or of another than was asked for.

    asked  of KINDS, or None: as its names say
    where  the file
    """
    if not isinstance(content, Mapping):
        raise UserError(f"{where} holds a {type(content).__name__}, where names of tensors are due")
    kind = kind_of(content)
    holds_autoencoder = kind in ("encdiff", "disdis", "disdiff", "ldm")
    if asked == "ldm-vq" and holds_autoencoder:
        return asked
    if kind is None:
        first = ", ".join(repr(key) for key in list(content)[:3])
        raise UserError(f"{where} is of no kind that is known here: it holds {first or 'nothing'}")
    if kind in OTHERS:
        raise UserError(f"{where} seems to be {OTHERS[kind]}")
    if asked not in (None, kind):
        raise UserError(f"{where} seems to be {KINDS[kind]} ({kind}), not {KINDS[str(asked)]} ({asked})")
    return kind
