"""Further views of a code that is no plain vector, made once with the codes: what metrics can read of it.

A view "tokens" [n, N, d] gives "tokens_pca" [n, N], one number per token. A view "times" [n, T, d], codes of T times
from 0 to 1, a single one at 0, gives "times_best" [n, d], the time at which validation images tell most of their
attributes, where it has some, and "times_mean" [n, d]; "times" itself, flattened, is the concatenation.
"""

import numpy as np

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.measured import Measured, joined
from diffrep.metrics.numerics.token_pca import token_pca
from diffrep.pipelines.evaluation.choosing import told

UNREAD = ("tokens",)  # N numbers said d times over: read as tokens_pca only


def readings(arrays: dict[str, np.ndarray], data: Prepared) -> tuple[dict[str, np.ndarray], Measured]:
    """The readings "<view>_<split>" of the views in arrays "<view>_<split>", and what was found on the way."""
    read: dict[str, np.ndarray] = {}
    found = Measured({})
    if "tokens_train" in arrays:
        scalars, shares = token_pca({split: arrays[f"tokens_{split}"] for split in SPLITS}, fitted_on="train")
        read |= {f"tokens_pca_{split}": codes for split, codes in scalars.items()}
        found = joined(found, Measured({"tokens_explained_mean": shares.mean(), "tokens_explained_min": shares.min()}))
    if "times_train" in arrays:
        if data.attributes.shape[1]:
            curve = precision_over_times(arrays, data)
            best = int(curve.argmax())
            over_times = {f"times_ap_{i}": value for i, value in enumerate(curve)}
            found = joined(found, Measured({**over_times, "times_best": best / max(len(curve) - 1, 1)}))
            read |= {f"times_best_{split}": arrays[f"times_{split}"][:, best] for split in SPLITS}
        read |= {f"times_mean_{split}": arrays[f"times_{split}"].mean(axis=1) for split in SPLITS}
    return read, found


def precision_over_times(arrays: dict[str, np.ndarray], data: Prepared) -> np.ndarray:
    """What the code of each time tells of validation images [T], as `told` of choosing.py has it."""
    known = {split: np.asarray(data.attributes[data.splits[split]]) for split in ("train", "valid")}
    codes = {split: arrays[f"times_{split}"] for split in known}
    each = [{split: codes[split][:, t] for split in known} for t in range(codes["train"].shape[1])]
    return np.array([told(of_time, known) for of_time in each])


def view_names(arrays: dict[str, np.ndarray]) -> list[str]:
    """The views in the order of the arrays "<view>_<split>", the default one first, without those read otherwise."""
    names = dict.fromkeys(name.rpartition("_")[0] for name in arrays)
    return [name for name in names if name not in UNREAD]
