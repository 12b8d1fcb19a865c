"""Pictures that lie in a file each."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from diffrep.datasets.files.faults import Faults
from diffrep.datasets.readers.pictures import Resampling, picture, square


def read_pictures(paths: Iterable[Path], count: int, size: int, channels: int, resampling: Resampling) -> np.ndarray:
    """[count, size, size, channels] uint8: the largest square in the middle; Faults for all that are damaged."""
    images, faults = np.zeros((count, size, size, channels), np.uint8), []
    for place, path in enumerate(paths):
        try:
            images[place] = square(picture(path, str(path), depth=channels), size, resampling=resampling)
        except (ValueError, OSError) as error:
            faults.append(str(error))
    if faults:
        raise Faults(faults)
    return images
