"""What the stage counterfactual shows of its edits: rows of images with their names, one file for each kind of edit."""

from pathlib import Path

import numpy as np
import torch

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.methods.shared.part import Part
from diffrep.metrics.edits.exact import changed_pixels
from diffrep.pipelines.core.pictures import save_rows
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.interpolation import SHARES, Strips
from diffrep.pipelines.edits.questions import Asked
from diffrep.pipelines.edits.scenes import Scenes
from diffrep.pipelines.edits.session import Editing, swapped
from diffrep.pipelines.edits.steering import NamedEdits
from diffrep.pipelines.edits.swaps import Swaps
from diffrep.pipelines.trained.code_use import time_grid

SHOWN = 12  # columns
STRIPS = 6  # interpolations of either kind
TIMES = 9  # columns of the grid of blocks and times


def main_picture(path: Path, cell: Editing, swaps: Swaps, assigned: np.ndarray) -> None:
    """Source, donor, their decodes, and the swaps of the parts that serve a factor (at most four)."""
    served = list(dict.fromkeys([*assigned[assigned >= 0].tolist(), *range(len(swaps.edited))]))[:4]
    shown = {
        "source image": cell.images(cell.a[:SHOWN]),
        "donor image": cell.images(cell.b[:SHOWN]),
        "source, decoded": image_bytes(cell.original[:SHOWN]),
        "donor's code from the source's start": image_bytes(swaps.donor[:SHOWN]),
    }
    for i in served:
        shown[f"source with {named(cell, cell.parts[i])} of the donor"] = image_bytes(swaps.edited[i, :SHOWN])
    save_rows(path, shown)


def exact_picture(path: Path, cell: Editing, known: Scenes, edited: np.ndarray, names: list[str], caption: str) -> None:
    """Edits [n, h, w, c] uint8 beside the true counterfactuals; a column is one case."""
    shown = np.arange(min(SHOWN, len(known.pairs)))
    truth, source, images = known.truth[shown], known.source[shown], edited[shown]
    mask = changed_pixels(truth, source)[..., None] * np.full(truth.shape[-1], 255, np.uint8)
    rows = {
        "source image": source,
        "donor image": cell.images(cell.b[known.pairs[shown]]),
        "true counterfactual": truth,
        "edit, decoded": images,
        "difference to the truth": difference(images, truth),
        "what had to change": mask,
    }
    save_rows(path, rows, columns=[names[k] for k in known.factor[shown]], caption=caption)


def named_picture(path: Path, cell: Editing, edits: NamedEdits, names: list[str], caption: str) -> None:
    """Edits whose truth nobody can draw, beside their sources' decodes; a column is one case."""
    pairs = edits.cases.pairs[:SHOWN]
    decoded, images = image_bytes(cell.original[pairs]), image_bytes(edits.edited[:SHOWN])
    rows = {
        "source image": cell.images(cell.a[pairs]),
        "donor image": cell.images(cell.b[pairs]),
        "source, decoded": decoded,
        "edit, decoded": images,
        "difference to the decoded source": difference(images, decoded),
    }
    save_rows(path, rows, columns=[names[k] for k in edits.cases.factor[:SHOWN]], caption=caption)


def interpolation_picture(path: Path, cell: Editing, parts: Strips, codes: Strips, asked: Asked) -> None:
    """Strips from source to donor, some with one part of the code moving and some with all of it."""
    rows = {}
    for i in range(min(STRIPS, len(parts.cases.pairs))):
        rows[f"{asked.names[parts.cases.factor[i]]} by {named(cell, parts.parts[i])}"] = image_bytes(parts.images[:, i])
    for i in range(min(STRIPS, len(codes.cases.pairs))):
        rows[f"whole code and start, pair {i + 1}"] = image_bytes(codes.images[:, i])
    caption = "From the decoded source (left) towards the donor; the start moves only with the whole code."
    save_rows(path, rows, columns=[f"{share:g}" for share in SHARES], caption=caption)


@torch.no_grad()
def blocks_picture(path: Path, cell: Editing, parts: list[Part]) -> None:
    """The first source as the method sees it in its own noise, over time, with each part of the donor's code."""
    times = torch.tensor(time_grid(TIMES))
    device = cell.decoder.device
    image = image_tensor(cell.images(cell.a[:1])).to(device).expand(TIMES, -1, -1, -1)
    noise = start_noise(cell.params["evaluate"]["seed"], cell.rows(cell.a[:1]), cell.data.image_shape).to(device)
    noisy = cell.network.noised(image, noise.expand_as(image), times.to(device))
    source, donor = cell.source_codes(np.array([0])), cell.donor_codes(np.array([0]))

    def seen(codes: np.ndarray) -> np.ndarray:
        told = torch.from_numpy(codes).to(device).expand(TIMES, -1)
        return image_bytes(cell.network.denoise(noisy, times.to(device), told))

    plain = seen(source)
    rows = {"nothing swapped": plain}
    edits = {label(part): seen(swapped(source, donor, part.dims)) for part in parts}
    for name, images in edits.items():
        rows[name] = images
        rows[f"{name}: difference"] = difference(images, plain)
    caption = "One source in noise, as the method denoises it in one step when one part of its code is the donor's."
    save_rows(path, rows, columns=[f"t = {t}" for t in times.tolist()], caption=caption)


def difference(images: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Absolute difference of [n, h, w, c] uint8, on black, twice as bright as it is."""
    return np.minimum(np.abs(images.astype(np.int16) - others) * 2, 255).astype(np.uint8)


def named(cell: Editing, dims: tuple[int, ...]) -> str:
    """What the method calls a part of these dimensions, or the dimension itself."""
    names = {tuple(part.dims): part.name for part in cell.network.parts}
    return names.get(dims, f"dimension {dims[0]}")


def label(part: Part) -> str:
    """A part and, where it has them, the times at which it is told."""
    return part.name if part.timesteps is None else f"{part.name}, t {part.timesteps[0]} to {part.timesteps[1]}"
