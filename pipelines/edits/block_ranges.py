"""DiTi's own counterfactuals: ranges of blocks and the start, together from one image to another.

Yue et al. 2024, arXiv:2401.11430; eval/counterfactual_generation.py. There are 64 blocks there; here a range is the
part of the time axis that it covers, so that other numbers of blocks have it too.
"""

from pathlib import Path

import numpy as np
import torch

from diffrep.datasets.pixels import image_bytes
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.pipelines.core.pictures import save_rows
from diffrep.pipelines.edits.interpolation import ALPHAS
from diffrep.pipelines.edits.session import Session, slerp

BLOCK_RANGES = ((2, 6), (16, 24), (24, 32), (32, 64))  # published, of 64 blocks: first, end


def blocks_of(parts: list[Part], first: float, end: float) -> list[Part]:
    """The parts whose middle time lies in blocks `first` to `end` of 64; empty where none does."""
    span = first * TIMESTEPS / 64, end * TIMESTEPS / 64
    timed = [part for part in parts if part.timesteps is not None]
    return [part for part in timed if span[0] <= sum(part.timesteps or ()) / 2 < span[1]]


def block_ranges_picture(path: Path, session: Session, pair: int) -> None:
    """Draw the ranges for one pair; nothing where the method has no blocks in time.

    Of each range two rows: all other blocks are the source's in the first and the donor's in the second, so that the
    one begins and the other ends at a whole image. The start goes from the source's to the donor's in both.
    """
    ranges = [found for found in (blocks_of(session.network.parts, *ends) for ends in BLOCK_RANGES) if found]
    if not ranges:
        return
    pairs = np.array([pair])
    codes = range_codes(ranges, session.source_codes(pairs), session.donor_codes(pairs))
    first, last = session.start[pairs], session.donor_starts(pairs)
    starts = torch.cat([slerp(first, last, alpha) for alpha in ALPHAS]).repeat(len(codes), 1, 1, 1)
    decoded = image_bytes(session.draw(np.concatenate(list(codes.values())), starts))
    rows = dict(zip(codes, np.split(decoded, len(codes)), strict=True))
    caption = "Ranges of blocks and the start go from one image to another, as in DiTi's figures."
    save_rows(path, rows, columns=[f"{alpha:g}" for alpha in ALPHAS], caption=caption)


def range_codes(ranges: list[list[Part]], source: np.ndarray, donor: np.ndarray) -> dict[str, np.ndarray]:
    """The codes [5, d] of every row at `ALPHAS`, by the row's name; source and donor [1, d]."""
    found = {}
    for parts in ranges:
        dims = [dim for part in parts for dim in part.dims]
        times = f"t {parts[0].timesteps[0]} to {parts[-1].timesteps[1]}"  # type: ignore[index]
        for whose, others in (("source", source), ("donor", donor)):
            moved = np.repeat(others, len(ALPHAS), axis=0)
            for row, alpha in zip(moved, ALPHAS, strict=True):
                row[dims] = (1 - alpha) * source[0, dims] + alpha * donor[0, dims]
            found[f"blocks of {times}, others the {whose}'s"] = moved
    return found
