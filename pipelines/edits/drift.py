"""The null edit again and again: how far do images drift when they are encoded and decoded unedited ten times?

Monteiro et al. 2023, arXiv:2303.01274, section 3.1, call it composition: a null intervention should change nothing.
"""

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.exact import squared_error
from diffrep.pipelines.core.results import Result
from diffrep.pipelines.edits.intervals import fill_mean
from diffrep.pipelines.edits.session import Editing

TIMES = 10
COMPOSITIONS = ("composition_1", f"composition_{TIMES}")


def fill_composition(filled: Result, cell: Editing) -> None:
    """Fill in the squared error in [0, 1] to the source images after one and after ten null edits.

    Every round encodes what the one before has drawn, infers its start and decodes; images are rounded in between.
    """
    positions = cell.a[: cell.settings.composed]
    real, drawn = cell.images(positions), image_bytes(cell.original[: len(positions)])
    rounds = [drawn]
    for _ in range(TIMES - 1):
        codes = cell.encode(drawn)
        start = cell.starts(positions, drawn, codes)
        drawn = image_bytes(cell.decoder.decode(codes, start, cell.settings.decode_steps))
        rounds.append(drawn)
    errors = [squared_error(real, images).mean((1, 2)) for images in (rounds[0], rounds[-1])]
    named = dict(zip(COMPOSITIONS, errors, strict=True))
    fill_mean(filled, named, np.arange(len(positions)), seed=cell.params["evaluate"]["seed"])
