"""CelebA's files, small, as tests put them together."""

import numpy as np
from face_files import (
    flags,
    painted,
)

from diffrep.datasets.celeba import CelebA

PICTURES = painted(9)
FLAGS = flags(9)
PARTS = [0, 0, 1, 0, 2, 1, 2, 0, 2]  # not in the order of the rows
FILES = [f"{n + 1:06d}.jpg" for n in range(9)]
BY_NAME = dict(zip(FILES, PICTURES, strict=True))


def found(faces: CelebA) -> dict[int, str]:
    """Which picture each row is, by its content, and that its attributes are that picture's; {number: split}."""
    rows = np.arange(len(faces))
    images, known = faces.images(rows), faces.attributes(rows)
    numbers = {}
    for split, of_split in faces.splits().items():
        for row in of_split:
            (number,) = [n for n, image in enumerate(PICTURES) if np.array_equal(image[57:185, 25:153], images[row])]
            np.testing.assert_array_equal(known[row], FLAGS[number])
            numbers[number] = split
    return numbers


def expected() -> dict[int, str]:
    return {n: ("train", "valid", "test")[part] for n, part in enumerate(PARTS)}
