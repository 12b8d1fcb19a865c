"""A VQ autoencoder of latent diffusion at small widths, its file, and the folder that an import makes of it."""

from dataclasses import replace
from pathlib import Path

import official_files
import official_latent as official
import torch
from official_guided import stirred

from diffrep.pipelines.imports.placing import origin_of, place_autoencoder
from diffrep.pipelines.imports.reading import read_model

WIDTHS, CODEBOOK = (32, 64), 16
SOURCE = "imported/theirs"


def published(folder: Path, *, attends: bool = True, depth: int = 3) -> tuple[official.VQ, Path]:
    """The network, by its formulas, and its file in a folder."""
    theirs = stirred(official.VQ(WIDTHS, CODEBOOK, attends=attends, depth=depth))
    return theirs, official_files.ldm_vq(theirs, folder / "model.ckpt")


def inside_encdiff(folder: Path, scale: float) -> Path:
    """The file of a whole EncDiff with such an autoencoder, whose latents it multiplies by `scale`."""
    networks = (
        official.TokenUNet(WIDTHS, (0,), told=4),
        official.Condition(32, 32, 5, 4),
        official.VQ(WIDTHS, CODEBOOK),
    )
    betas = torch.linspace(0.0015**0.5, 0.0155**0.5, 1000, dtype=torch.float64) ** 2
    return official_files.encdiff(*map(stirred, networks), betas, folder / "last.ckpt", scale=scale)


def imported(folder: Path, scale: float | None = None, *, attends: bool = True) -> official.VQ:
    """The network, imported into a folder as `SOURCE`; `scale`, where another model's file has a factor of latents."""
    theirs, path = published(folder, attends=attends)
    found = read_model(path)
    model = replace(found.model, scale=scale)
    assert place_autoencoder(folder, "theirs", model, origin_of(found, path)) == {"from": SOURCE}
    return theirs
