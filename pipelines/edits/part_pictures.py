"""One source in noise, as the method sees it with each part of its code the donor's; and what parts are called."""

from pathlib import Path

import numpy as np
import torch

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.pictures import save_rows
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.session import Dims, Session, swapped
from diffrep.pipelines.evaluation.code_use import time_grid

TIMES_SHOWN = 9  # columns


@torch.no_grad()
def blocks_picture(path: Path, session: Session) -> None:
    """The first source as the method sees it in its own noise, over time, with each part of the donor's code.

    Nothing where the method has no parts, or cannot denoise.
    """
    parts = session.network.parts
    if len(parts) < 2 or "denoise" in session.network.cannot:
        return
    times, device = torch.tensor(time_grid(TIMES_SHOWN)), session.decoder.device
    image = image_tensor(session.images(session.a[:1])).to(device).expand(TIMES_SHOWN, -1, -1, -1)
    noise = start_noise(session.seed, session.rows(session.a[:1]), session.data.image_shape).to(device)
    noisy = session.network.noised(image, noise.expand_as(image), times.to(device))
    source, donor = session.source_codes(np.array([0])), session.donor_codes(np.array([0]))

    def seen(codes: np.ndarray) -> np.ndarray:
        given = torch.from_numpy(codes).to(device).expand(TIMES_SHOWN, -1)
        return image_bytes(session.network.denoise(noisy, times.to(device), given))

    plain = seen(source)
    rows = {"nothing swapped": plain}
    edits = {part_label(part): seen(swapped(source, donor, part.dims)) for part in parts}
    for name, images in edits.items():
        rows[name] = images
        rows[f"{name}: difference"] = difference(images, plain)
    caption = "One source in noise, as the method denoises it in one step when one part of its code is the donor's."
    save_rows(path, rows, columns=[f"t = {t}" for t in times.tolist()], caption=caption)


def difference(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Absolute difference of [n, h, w, c] uint8, on black, twice as bright as it is."""
    return np.minimum(np.abs(images.astype(np.int16) - others) * 2, 255).astype(np.uint8)


def part_name(session: Session, dims: Dims) -> str:
    """What the method calls a part of these dimensions, or the dimension itself."""
    names = {tuple(part.dims): part.name for part in session.network.parts}
    return names.get(dims, f"dimension {dims[0]}")


def part_label(part: Part) -> str:
    """A part and, where it has them, the times that it belongs to."""
    return part.name if part.timesteps is None else f"{part.name}, t {part.timesteps[0]} to {part.timesteps[1]}"
