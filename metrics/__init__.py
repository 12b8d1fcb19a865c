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

A name of this package is a function; what else a file holds comes from the file itself. catalogue.py has every metric
of codes with its range, direction, chance and cost.
"""

import importlib
from typing import Any

from diffrep.metrics.catalogue import METRICS

FUNCTIONS = {  # name -> the file it is in: every metric of codes, and what is called with something else
    **{function: file for file, _, function in (metric.path.partition(":") for metric in METRICS.values())},
    "attribute_scores": "probes.scores",
    "block_interval": "uncertainty",
    "calibration_error": "probes.calibration",
    "counterfactual": "edits.counterfactual",
    "dci_scores": "disentanglement.dci",
    "decision_scores": "probes.calibration",
    "edit_scores": "edits.counterfactual",
    "estimator_spread": "uncertainty",
    "exact": "edits.exact",
    "exact_perceptual": "edits.exact",
    "exact_scores": "edits.exact",
    "factor_mean": "means",
    "fd": "images.fid",
    "fid": "images.fid",
    "frechet_distance": "images.frechet",
    "holm": "comparison",
    "inception_features": "images.inception",
    "kd": "images.kid",
    "kid": "images.kid",
    "lfw_regression": "probes.faces",
    "linear_probe": "probes.probe",
    "logistic_probe": "probes.logistic_probe",
    "lpips": "images.lpips",
    "monotonicity": "edits.interpolation",
    "paired_differences": "comparison",
    "part_information": "disentanglement.parts",
    "perceptual_distance": "images.perceptual",
    "perceptual_length": "images.perceptual",
    "perceptual_map": "images.perceptual",
    "pro_mask": "edits.pro_mask",
    "probe_scores": "probes.probe",
    "reconstruction": "images.reconstruction",
    "regression_scores": "probes.faces",
    "ridge_regression": "probes.faces",
    "row_bootstrap": "uncertainty",
    "row_intervals": "uncertainty",
    "sample_efficiency": "probes.sample_efficiency",
    "sample_spread": "uncertainty",
    "seed_spread": "uncertainty",
    "smoothness": "edits.interpolation",
    "softmax_probe": "edits.directions",
    "token_pca": "numerics.token_pca",
    "top_parts": "disentanglement.top_parts",
}


def __getattr__(name: str) -> Any:
    if name not in FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{FUNCTIONS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *FUNCTIONS})
