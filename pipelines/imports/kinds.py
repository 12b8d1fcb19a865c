"""Which model a checkpoint is, by the names in it, and what is known of its kind."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.bridge import dbae
from diffrep.pipelines.imports.diffusers_models import without_config
from diffrep.pipelines.imports.dpm import diffae_ddpm, pdae_dpm
from diffrep.pipelines.imports.encoders import diffae, pdae
from diffrep.pipelines.imports.gathering import state_of
from diffrep.pipelines.imports.latent import disdis, encdiff, ldm_vq
from diffrep.pipelines.imports.model import Model

Reader = Callable[[Mapping[str, Any], str, int | None], Model]
UNSTATED = "none is stated: use the weights, do not pass them on"
OF_FFHQ = "weights learned from FFHQ inherit the CC BY-NC-SA of its pictures"


@dataclass(frozen=True)
class Kind:
    """What is known of a released layout.

    words     what a file of it is, and of one that is not read why
    keys      outermost keys that all stand in it
    begins    how names of tensors begin, each of at least one
    read      of what the file holds, its name and the side of its images makes the model; None: it is not read
    adapter   the row of imports/adapters.py that it becomes; empty for what is no row
    licence   of the code that the weights came with; data sets have their own
    holds_vq  whether a VQ autoencoder of latent diffusion stands in it, which can be read alone
    """

    words: str
    keys: frozenset[str] = frozenset()
    begins: tuple[str, ...] = ()
    read: Reader | None = None
    adapter: str = ""
    licence: str = ""
    holds_vq: bool = False


KINDS: dict[str, Kind] = {  # a checkpoint is of the first whose signs it has
    "diti": Kind("a DiTi, whose masks stand in its configuration alone", frozenset({"ssl_model"})),
    "pdae-latent-dpm": Kind(
        "PDAE's diffusion model of codes: the suite draws no codes", frozenset({"ema_latent_denoise_fn"})
    ),
    "pdae-classifier": Kind("PDAE's classifier of codes: the stage probe fits its own", frozenset({"ema_classifier"})),
    "pdae": Kind(
        "PDAE's encoder and decoder",
        frozenset({"ema_encoder", "ema_decoder"}),
        read=pdae,
        adapter="ImportedPDAE",
        licence=UNSTATED,
    ),
    "pdae-dpm": Kind(
        "the diffusion model under a PDAE", frozenset({"ema_denoise_fn"}), read=pdae_dpm, licence=UNSTATED
    ),
    "diffae-latents": Kind("codes of a Diff-AE: import the model that they are of", frozenset({"conds"})),
    "diffae-classifier": Kind(
        "Diff-AE's classifier of codes: import the autoencoder that it was trained on", begins=("ema_classifier.",)
    ),
    "diffae": Kind(
        "a Diff-AE",
        begins=("ema_model.encoder.",),
        read=diffae,
        adapter="ImportedDiffAE",
        licence=f"MIT; {OF_FFHQ}",
    ),
    "diffae-ddpm": Kind(
        "Diff-AE's plain diffusion model", begins=("ema_model.",), read=diffae_ddpm, licence=f"MIT; {OF_FFHQ}"
    ),
    "encdiff": Kind(
        "an EncDiff with its autoencoder",
        begins=("cond_stage_model.net.",),
        read=encdiff,
        adapter="ImportedLatentEncDiff",
        licence=UNSTATED,
        holds_vq=True,
    ),
    "disdis": Kind(
        "a dis-dis with its autoencoder",
        begins=("cond_stage_model.mlps.",),
        read=disdis,
        adapter="ImportedLatentEncDiff",
        licence="MIT",
        holds_vq=True,
    ),
    "disdiff": Kind(
        "a DisDiff, which is not read: --kind ldm-vq takes the autoencoder in it",
        begins=("cond_stage_model.",),
        holds_vq=True,
    ),
    "ldm": Kind(
        "a latent diffusion model that encodes nothing: --kind ldm-vq takes the autoencoder in it",
        begins=("model.diffusion_model.",),
        holds_vq=True,
    ),
    "ldm-vq": Kind(
        "a VQ autoencoder of latent diffusion",
        begins=("quantize.embedding.",),
        read=ldm_vq,
        licence="MIT, of latent diffusion's own; one out of another model's file has that model's",
    ),
    "dbae": Kind(
        "a DBAE",
        begins=("label_emb.", "time_embed.", "decoder.init."),
        read=dbae,
        adapter="ImportedDBAE",
        licence=f"Apache-2.0; {OF_FFHQ}",
    ),
    "ddpm": Kind(
        "a diffusion model of diffusers",
        begins=("down_blocks.", "time_embedding."),
        read=without_config,
        licence="that of its repository: Apache-2.0 for google/ddpm-*",
    ),
    "pdae-latents": Kind(
        "the mean and deviation of PDAE's codes: import the model that they are of", frozenset({"mean", "std"})
    ),
}
READ = tuple(name for name, kind in KINDS.items() if kind.read)


def kind_of(content: Mapping[str, Any]) -> str | None:
    """The kind of a checkpoint, of KINDS; None where nothing in it is known."""
    names = tuple(state_of(content))

    def has_signs(kind: Kind) -> bool:
        return kind.keys <= content.keys() and all(any(n.startswith(begin) for n in names) for begin in kind.begins)

    return next((name for name, kind in KINDS.items() if has_signs(kind)), None)


def expect_kind(content: Any, asked: str | None, where: str) -> str:
    """The kind as which a checkpoint is read; UserError for one that is not, or of another than was asked for.

    asked  of READ, or None: as its names say
    where  the file
    """
    if not isinstance(content, Mapping):
        raise UserError(f"{where} holds a {type(content).__name__}, where names of tensors are due")
    name = kind_of(content)
    if name is None:
        first = ", ".join(repr(key) for key in list(content)[:3])
        raise UserError(f"{where} is of no kind that is known here: it holds {first or 'nothing'}")
    kind = KINDS[name]
    if asked == "ldm-vq" and kind.holds_vq:
        return asked
    if not kind.read:
        raise UserError(f"{where} seems to be {kind.words}")
    if asked not in (None, name):
        raise UserError(f"{where} seems to be {kind.words} ({name}), not {KINDS[str(asked)].words} ({asked})")
    return name
