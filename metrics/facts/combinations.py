"""Scores of test images apart by whether training images show their combination of factor values."""

from dataclasses import replace

from diffrep.metrics.facts.images import RECONSTRUCTION_NUMBERS
from diffrep.metrics.facts.number import Number
from diffrep.metrics.facts.probes import PROBE_NUMBERS

COMBINATIONS = "combinations"
PARTS = {  # before a number's name -> behind its title, which test images
    "seen": ("seen", "test images of combinations that may be in training images"),
    "held_out": ("held out", "test images of combinations that are held out of training"),
}
PROBED = ("average_precision", "ap_lift", "auroc", "f1", "prevalence")
DECODED = ("mse_random_start", "mse_inferred_start")


def _apart(row: Number) -> tuple[Number, ...]:
    """The same number of each part."""
    over = ", mean over attributes with both values in both parts" if row.name in PROBED else ""
    return tuple(
        replace(
            row,
            name=f"{part}_{row.name}",
            title=f"{row.title}, {title}",
            group=COMBINATIONS,
            meaning=f"{row.title} of {images}{over}.",
            summary=False,
            chance_of=None,
        )
        for part, (title, images) in PARTS.items()
    )


COMBINATION_NUMBERS = (
    *(number for row in PROBE_NUMBERS if row.name in PROBED for number in _apart(row)),
    Number(
        "attributes_in_both", "attributes in both", COMBINATIONS, "", 0, "0 to attributes", "",
        "Attributes that have positives and negatives among both seen and held-out test images.",
    ),
    *(number for row in RECONSTRUCTION_NUMBERS if row.name in DECODED for number in _apart(row)),
)  # fmt: skip
