"""Metrics: arrays in, numbers out; no files, no models, no global state.

One convention for all of them:

arguments  `codes` [n, L] real, `factors` [n, K] int or `attributes` [n, A] in {0, 1}; an explicit integer `seed`
           wherever chance plays a part, so that the same call gives the same bits. What is fitted comes in two parts,
           training rows first.
result     a `Measured` (measured.py): a dict of metric name -> float. Four attributes ride along: `reasons`, metric
           name -> why that value is nan, one for every nan; `intervals` and `noise`, how sure a value is, where that
           was looked at; `arrays`, name -> what stands behind the numbers, per dimension, per factor or a matrix of
           both, always in the shape of the input. Dimensions and factors that were left out hold nan there.
nan        means undefined, never zero and never "it failed": what is undefined for one factor or attribute is left out
           of the mean, and only a mean over nothing is nan.
refused    nan or infinity in codes, lengths that differ, no rows: a ValueError of one line (codes.py).
left out   dimensions that are constant on the training rows and factors of one value (codes.py); with no dimension left
           a score is its chance or zero value.

Files of ours that a metric uses are in this folder, and importing the package loads none of what they stand on:
`from diffrep.metrics import mig` costs numpy and scipy; only the probe, faces.py, pro_mask.py and the image metrics
import torch.

A name of this package is a function; what else a file holds comes from the file itself. catalogue.py has every number
with its title, range, direction and chance, and every function with the numbers that come of it.
"""

import functools
import importlib
from typing import Any


@functools.cache
def functions() -> dict[str, str]:
    """Name -> the file it is in, of every function of the catalogue, which is read when a name is asked for.

    >>> functions()["mig"]
    'disentanglement.mig'
    """
    from diffrep.metrics.catalogue import LIBRARY, METRICS

    paths = [row.path for row in METRICS.values()] + [row.path for row in LIBRARY.values()]
    return {function: file for file, _, function in (path.partition(":") for path in paths)}


def __getattr__(name: str) -> Any:
    if name.startswith("__") or name not in functions():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(importlib.import_module(f"{__name__}.{functions()[name]}"), name)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"{name} needs {error.name}: pip install 'diffrep[suite]'") from error


def __dir__() -> list[str]:
    return sorted({*globals(), *functions()})
