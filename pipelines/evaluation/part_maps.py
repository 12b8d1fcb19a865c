"""What each part of a code tells, as small CSV files: a line per part, a column per attribute or factor."""

import csv
from pathlib import Path

import numpy as np

from diffrep.methods.shared.part import Part
from diffrep.pipelines.core.files import replacing


def write_part_map(path: Path, parts: list[Part], names: list[str], told: np.ndarray) -> None:
    """Write the columns part, first, end (the part's times, empty without) and then told [parts, names]; nan is empty.

    The file appears whole.
    """
    with replacing(path) as temporary, temporary.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["part", "first", "end", *names])
        for part, values in zip(parts, told.tolist(), strict=True):
            numbers = ["" if value != value else f"{value:.4f}" for value in values]
            writer.writerow([part.name, *(part.timesteps or ("", "")), *numbers])
