"""What went together in training and is read, or edited, one for the other where it no longer does."""

from diffrep.metrics.facts.number import Number

CARRY_OVER = "carry over"
RANGE = "−1 to 1"
_PROBE = (
    "AUROC of linear probes on test images whose values of two factors went together in training less that on the "
    "others, mean over the attributes that one of the two decides alone"
)
_EDIT = (
    "How often a step along a probe, the whole way between the centres of two values, makes the oracle see the other "
    "factor's value that went with the wanted one in training, where the source showed neither, less how often the "
    "true counterfactual does; an edit that does not arrive brings little along"
)

CARRY_OVER_NUMBERS = (
    Number(
        "carry_over_probe", "probes", CARRY_OVER, "down", 3, RANGE, "0", f"{_PROBE}; mean over correlated pairs.",
    ),
    Number("carry_over_edit", "edits", CARRY_OVER, "down", 3, RANGE, "0", f"{_EDIT}; mean over correlated pairs."),
    Number(
        "carry_over_wanted", "edits, wanted value", CARRY_OVER, "", 3, "0 to 1", "",
        "How often the same step makes the oracle see the wanted value itself; mean over correlated pairs.",
    ),
)  # fmt: skip
CARRY_OVER_FAMILIES = (
    Number("carry_over_probe_{pair}", "probes, {pair}", CARRY_OVER, "down", 3, RANGE, "0", f"{_PROBE}: {{pair}}."),
    Number("carry_over_edit_{pair}", "edits, {pair}", CARRY_OVER, "down", 3, RANGE, "0", f"{_EDIT}: {{pair}}."),
)
