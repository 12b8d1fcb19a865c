"""The null edit again and again: how far do images drift when they are encoded and decoded unedited ten times?

Monteiro et al. 2023, arXiv:2303.01274, section 3.1, call it composition: a null intervention should change nothing.
"""

import numpy as np

from diffrep.datasets.pixels import image_bytes
from diffrep.metrics.edits.exact import squared_error
from diffrep.metrics.measured import Measured
from diffrep.pipelines.edits.intervals import case_means
from diffrep.pipelines.edits.session import Session

NULL_EDITS = 10
COMPOSITIONS = ("composition_1", f"composition_{NULL_EDITS}")


def composition(session: Session) -> Measured:
    """The squared error in [0, 1] to the source images after one and after ten null edits: `COMPOSITIONS`.

    Every round encodes what the one before has drawn, infers its start and decodes; images are rounded in between.
    """
    positions = session.a[: session.settings.composed]
    real, drawn = session.images(positions), image_bytes(session.original[: len(positions)])
    rounds = [drawn]
    for _ in range(NULL_EDITS - 1):
        codes = session.encode(drawn)
        drawn = image_bytes(session.draw(codes, session.starts(positions, drawn, codes)))
        rounds.append(drawn)
    errors = [squared_error(real, images).mean((1, 2)) for images in (rounds[0], rounds[-1])]
    return case_means(dict(zip(COMPOSITIONS, errors, strict=True)), np.arange(len(positions)), seed=session.seed)
