"""What the stage counterfactual shows of its edits: rows of images with their names, one file for each kind."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.exact import changed_pixels
from diffrep.pipelines.core.pictures import save_rows
from diffrep.pipelines.edits.block_ranges import block_ranges_picture
from diffrep.pipelines.edits.interpolation import ALPHAS, Interpolations
from diffrep.pipelines.edits.kinds import DIRECTION, SWAP, EditKind
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.part_pictures import blocks_picture, difference, part_name
from diffrep.pipelines.edits.scenes import Scenes, Truths
from diffrep.pipelines.edits.session import Session
from diffrep.pipelines.edits.steering import TargetedEdits
from diffrep.pipelines.edits.swaps import Swaps
from diffrep.pipelines.edits.truth_scores import swap_images

CASES_SHOWN = 12  # columns
PATHS_SHOWN = 6  # interpolations of either kind
PARTS_SHOWN = 4  # of which swaps are shown, at most


@dataclass(frozen=True)
class Decodes:
    """All that pictures are made of.

    assigned           [K] the part that serves each of the oracle's factors, -1 for none
    edits              by their kind; empty where nothing is judged
    known              the true outcomes, where there are any
    assigned_by_truth  the part that serves each of the data set's factors by these
    """

    swaps: Swaps
    assigned: np.ndarray
    edits: dict[EditKind, TargetedEdits]
    by_part: Interpolations
    by_code: Interpolations
    known: Truths | None
    assigned_by_truth: np.ndarray | None


def draw_pictures(folder: Path, session: Session, oracle: Oracle, decodes: Decodes) -> None:
    """Write every picture that can be drawn as <kind>.png, main.png the first of them."""
    main_picture(folder / "main.png", session, decodes.swaps, decodes.assigned)
    if len(oracle.kept):
        interpolation_picture(folder / "interpolation.png", session, oracle, decodes.by_part, decodes.by_code)
    names, known = session.data.card["factor_names"], decodes.known
    if known is not None and decodes.assigned_by_truth is not None:
        swaps = swap_images(known.single, decodes.swaps, decodes.assigned_by_truth)
        exact_picture(folder / "exact.png", session, known.single, swaps, names, SWAP.words)
    steps = decodes.edits.get(DIRECTION)
    if steps is not None and known is not None and known.targeted is not None:
        edited = image_bytes(steps.edited)
        exact_picture(folder / "direction.png", session, known.targeted, edited, names, DIRECTION.words)
    elif steps is not None:
        untold_picture(folder / "direction.png", session, steps, oracle.names, DIRECTION.words)
    blocks_picture(folder / "blocks.png", session)
    block_ranges_picture(folder / "ranges.png", session, int(session.judged[0]))


def main_picture(path: Path, session: Session, swaps: Swaps, assigned: np.ndarray) -> None:
    """Source, donor, their decodes, and the swaps of the parts that serve a factor."""
    served = list(dict.fromkeys([*assigned[assigned >= 0].tolist(), *range(len(swaps.edited))]))[:PARTS_SHOWN]
    rows = {
        "source image": session.images(session.a[:CASES_SHOWN]),
        "donor image": session.images(session.b[:CASES_SHOWN]),
        "source, decoded": image_bytes(session.original[:CASES_SHOWN]),
        "donor's code from the source's start": image_bytes(swaps.donor[:CASES_SHOWN]),
    }
    for i in served:
        name = f"source with {part_name(session, session.parts[i])} of the donor"
        rows[name] = image_bytes(swaps.edited[i, :CASES_SHOWN])
    save_rows(path, rows)


def exact_picture(
    path: Path, session: Session, known: Scenes, edited: np.ndarray, names: list[str], caption: str
) -> None:
    """Edits [n, h, w, c] uint8 beside the true counterfactuals; a column is one case."""
    shown = np.arange(min(CASES_SHOWN, len(known.pairs)))
    truth, source, images = known.truth[shown], known.source[shown], edited[shown]
    mask = changed_pixels(truth, source)[..., None] * np.full(truth.shape[-1], 255, np.uint8)
    rows = {
        "source image": source,
        "donor image": session.images(session.b[known.pairs[shown]]),
        "true counterfactual": truth,
        "edit, decoded": images,
        "difference to the truth": difference(images, truth),
        "what had to change": mask,
    }
    save_rows(path, rows, columns=[names[k] for k in known.factor[shown]], caption=caption)


def untold_picture(path: Path, session: Session, edits: TargetedEdits, names: list[str], caption: str) -> None:
    """Edits whose truth nobody can draw, beside their sources' decodes; a column is one case."""
    pairs = edits.targets.pairs[:CASES_SHOWN]
    decoded, images = image_bytes(session.original[pairs]), image_bytes(edits.edited[:CASES_SHOWN])
    rows = {
        "source image": session.images(session.a[pairs]),
        "donor image": session.images(session.b[pairs]),
        "source, decoded": decoded,
        "edit, decoded": images,
        "difference to the decoded source": difference(images, decoded),
    }
    save_rows(path, rows, columns=[names[k] for k in edits.targets.factor[:CASES_SHOWN]], caption=caption)


def interpolation_picture(
    path: Path, session: Session, oracle: Oracle, by_part: Interpolations, by_code: Interpolations
) -> None:
    """Paths from source to donor, some with one part of the code moving and some with all of it."""
    rows = {}
    for i, part in enumerate((by_part.parts or [])[:PATHS_SHOWN]):
        factor = oracle.names[by_part.targets.factor[i]]
        rows[f"{factor} by {part_name(session, part)}"] = image_bytes(by_part.images[:, i])
    for i in range(min(PATHS_SHOWN, len(by_code.targets.pairs))):
        rows[f"whole code and start, pair {i + 1}"] = image_bytes(by_code.images[:, i])
    caption = "From the decoded source (left) towards the donor; the start moves only with the whole code."
    if rows:
        save_rows(path, rows, columns=[f"{alpha:g}" for alpha in ALPHAS], caption=caption)
