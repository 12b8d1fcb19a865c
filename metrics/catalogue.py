"""Every number that a result file or `diffrep score` can hold, and every function that gives one.

The one place for all that is said of them: `number` finds the row of a name, METRICS has what `diffrep score` runs,
LIBRARY all other functions. The rows stand by family in facts/; a new metric is one entry in facts/scored.py and one
row for each number of it: nothing else names it. Nothing is imported until a metric is asked for.
"""

from diffrep.metrics.facts import (
    carry_over,
    codes,
    combinations,
    disentanglement,
    edits,
    exact,
    extended,
    images,
    library,
    probes,
    scored,
    training,
)
from diffrep.metrics.facts.metric import (
    ALONE,
    ATTRIBUTES,
    BOTH,
    FACTORS,
    POOL,
    PRESETS,
    QUICK,
    REFERENCE,
    STANDARD,
    TARGETS,
    TEST,
    TRAIN,
    Function,
    Metric,
    Preset,
)
from diffrep.metrics.facts.number import ARROWS, DETAIL, NO_TABLE, Number
from diffrep.metrics.facts.sample import Sample

__all__ = [
    "ALONE",
    "ARROWS",
    "ATTRIBUTES",
    "ATTRIBUTE_GROUP",
    "BOTH",
    "CARRY_OVER",
    "CATALOGUE",
    "DETAIL",
    "FACTORS",
    "FAMILIES",
    "LEAST_CODE_USE",
    "LIBRARY",
    "LONGEST_STEP",
    "METRICS",
    "NO_TABLE",
    "OTHER_EDITS",
    "POOL",
    "PRESETS",
    "QUICK",
    "REFERENCE",
    "STANDARD",
    "TARGETS",
    "TEST",
    "TRAIN",
    "Function",
    "Metric",
    "Number",
    "Preset",
    "Sample",
    "number",
]

ATTRIBUTE_GROUP = probes.ATTRIBUTE_GROUP
CARRY_OVER = carry_over.CARRY_OVER
LONGEST_STEP = edits.LONGEST_STEP
OTHER_EDITS = edits.OTHER_EDITS
LEAST_CODE_USE = codes.LEAST_CODE_USE

_ROWS = (
    # in the order of the tables
    *probes.PROBE_NUMBERS,
    *probes.TARGET_NUMBERS,  # of data sets that have some
    *disentanglement.DISENTANGLEMENT_NUMBERS,
    *codes.CODE_USE_NUMBERS,
    *images.RECONSTRUCTION_NUMBERS,
    *combinations.COMBINATION_NUMBERS,  # of data sets that hold some out
    *carry_over.CARRY_OVER_NUMBERS,  # of data sets whose factors go together in training
    *edits.SWAP_NUMBERS,
    *edits.RANGE_NUMBERS,
    *exact.EXACT_NUMBERS,
    *edits.EDIT_NUMBERS,
    *edits.INTERPOLATION_NUMBERS,
    *images.REALISM_NUMBERS,
    *training.TRAINING_NUMBERS,
    # in no table
    *probes.PROBE_DETAIL_NUMBERS,
    *probes.VALIDATION_NUMBERS,
    *disentanglement.DISENTANGLEMENT_DETAIL_NUMBERS,
    *codes.READING_NUMBERS,
    *edits.UNEDITED_NUMBERS,
    *training.ORACLE_NUMBERS,
    *training.NOISE_NUMBERS,
    *training.SIZE_NUMBERS,
    # of `diffrep score` and of whoever uses this package
    *extended.EXTENDED_NUMBERS,
    *probes.LOGISTIC_NUMBERS,
    *probes.TAD_NUMBERS,
    *probes.FACE_NUMBERS,
    *images.DISTANCE_NUMBERS,
)
_FUNCTIONS = (
    *library.PROBE_FUNCTIONS,
    *library.CODE_FUNCTIONS,
    *library.IMAGE_FUNCTIONS,
    *library.EDIT_FUNCTIONS,
    *library.CERTAINTY_FUNCTIONS,
)

CATALOGUE = {row.name: row for row in _ROWS}
FAMILIES = (
    *probes.GROUP_FAMILIES,
    *codes.CODE_USE_FAMILIES,
    *codes.TIME_FAMILIES,
    *training.FACTOR_FAMILIES,
    *carry_over.CARRY_OVER_FAMILIES,
)
METRICS = {metric.name: metric for metric in (*scored.FACTOR_METRICS, *scored.ATTRIBUTE_METRICS)}
LIBRARY = {function.path.partition(":")[2]: function for function in _FUNCTIONS}


def number(name: str) -> Number | None:
    """The row of the number of that name, its own or its family's; None where nothing gives it.

    >>> number("mig").range, number("average_precision_colour").title
    ('0 to 1', 'colour')
    """
    own = CATALOGUE.get(name)
    found = (family.filled(name) for family in FAMILIES)
    return own or next((row for row in found if row), None)
