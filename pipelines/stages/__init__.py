"""One file for each stage of dvc.yaml: what it reads and writes, and what it does.

A stage's file imports next to nothing before it runs, so that help, planning and dvc.yaml cost no numerical library.
"""

import importlib

from diffrep.pipelines.core.stage import Stage

STAGES = (
    "code",
    "prepare",
    "base",
    "autoencoder",
    "oracle",
    "references",
    "train",
    "encode",
    "code_size",
    "probe",
    "disentangle",
    "own_metrics",
    "reconstruct",
    "partway",
    "counterfactual",
    "anchors",
    "drawn_anchors",
    "attribute_loss",
    "report",
)


def load(name: str) -> Stage:
    """The stage of that name."""
    return importlib.import_module(f"{__name__}.{name}").STAGE
