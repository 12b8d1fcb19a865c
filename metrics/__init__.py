"""Metrics: arrays in, numbers out; no files, no models, no global state.

One convention for all of them:

arguments  `codes` [n, L] real, `factors` [n, K] int or `attributes` [n, A] in {0, 1}; an explicit integer `seed`
           wherever chance plays a part, so that the same call gives the same bits. What is fitted comes in two parts,
           training rows first.
result     a `Measured` (measured.py): a dict of metric name -> float. Two attributes ride along: `reasons`, metric
           name -> why that value is nan, one for every nan; `arrays`, name -> what stands behind the numbers, per
           dimension, per factor or a matrix of both, always in the shape of the input. Dimensions and factors that
           were left out hold nan there.
nan        means undefined, never zero and never "it failed": what is undefined for one factor or attribute is left out
           of the mean, and only a mean over nothing is nan.
refused    nan or infinity in codes, lengths that differ, no rows: a ValueError of one line (codes.py).
left out   dimensions that are constant on the training rows and factors of one value (codes.py); with no dimension left
           a score is its chance or zero value.

Files of ours that a metric uses are in this folder, and importing the package loads none of what they stand on:
`from diffrep.metrics import mig` costs numpy and scipy; only the probe, lfw.py, pro_mask.py and the image metrics
import torch.

A name of this package is a function: `from diffrep.metrics import mig` gives the function of mig.py, whatever was
imported before, and so does `import diffrep.metrics.mig as mig`. What else a file holds comes from the file itself:
`from diffrep.metrics.mig import ...`. table.py has every metric of codes with its range, direction, chance and cost.
"""

import importlib
import sys
from types import ModuleType
from typing import Any

from diffrep.metrics.table import METRICS

FUNCTIONS = {  # name -> the file it is in: every metric of codes, and what is called with something else
    **{function: file for file, _, function in (metric.path.partition(":") for metric in METRICS.values())},
    "attribute_scores": "scores",
    "block_interval": "uncertainty",
    "calibration_error": "calibration",
    "counterfactual": "counterfactual",
    "dci_scores": "dci",
    "decision_scores": "calibration",
    "edit_scores": "counterfactual",
    "estimator_spread": "uncertainty",
    "exact": "exact",
    "exact_perceptual": "exact",
    "exact_scores": "exact",
    "factor_mean": "factor_mean",
    "fd": "fid",
    "fid": "fid",
    "frechet_distance": "frechet",
    "holm": "comparison",
    "inception_features": "inception",
    "kd": "kid",
    "kid": "kid",
    "lfw_regression": "lfw",
    "linear_probe": "probe",
    "logistic_probe": "logistic_probe",
    "lpips": "lpips",
    "monotonicity": "interpolation",
    "paired_differences": "comparison",
    "part_information": "part_information",
    "perceptual_distance": "perceptual",
    "perceptual_length": "perceptual",
    "perceptual_map": "perceptual",
    "pro_mask": "pro_mask",
    "probe_scores": "probe",
    "reconstruction": "reconstruction",
    "regression_scores": "lfw",
    "ridge_regression": "lfw",
    "row_bootstrap": "uncertainty",
    "row_intervals": "uncertainty",
    "sample_efficiency": "sample_efficiency",
    "sample_spread": "uncertainty",
    "seed_spread": "uncertainty",
    "smoothness": "interpolation",
    "softmax_probe": "directions",
    "token_pca": "token_pca",
    "top_parts": "top_parts",
}


def __getattr__(name: str) -> Any:
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{FUNCTIONS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *FUNCTIONS})


class _Package(ModuleType):
    def __setattr__(self, name: str, value: Any) -> None:
        """Importing a file binds its name here; where that is a function's name too, the function stays."""
        if name in FUNCTIONS and isinstance(value, ModuleType):
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
