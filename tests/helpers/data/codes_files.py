"""Files that `diffrep score` takes: two parts, or one pool of few rows."""

import numpy as np
from known_codes import CODES, FACTORS, N_TRAIN

N = 300  # rows, where the numbers do not matter


def two_parts(kind="factors", codes=CODES["noisy"], known=FACTORS, cut=N_TRAIN):
    return {
        "codes_train": codes[:cut],
        f"{kind}_train": known[:cut],
        "codes_test": codes[cut:],
        f"{kind}_test": known[cut:],
    }


GOOD = {"codes": CODES["noisy"][:N], "factors": FACTORS[:N]}


def saved(folder, **arrays):
    """The file of these arrays."""
    path = folder / "mine.npz"
    np.savez(path, **arrays)
    return path
