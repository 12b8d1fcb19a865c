"""Every number that a result file or `diffrep score` can hold, and every function that gives one.

The one place for all that is said of them: `number` finds the row of a name, METRICS has what `diffrep score` runs,
LIBRARY all other functions. The rows stand by family in facts/; a new metric is one entry in facts/scored.py and one
row for each number of it: nothing else names it. Nothing is imported until a metric is asked for.
"""

from diffrep.metrics.facts import (
    codes,
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
    "CATALOGUE",
    "DETAIL",
    "FACTORS",
    "FAMILIES",
    "LIBRARY",
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
    "USED",
    "Function",
    "Metric",
    "Number",
    "Preset",
    "Sample",
    "number",
]

ATTRIBUTE_GROUP = probes.ATTRIBUTE_GROUP
OTHER_EDITS = edits.OTHER_EDITS
USED = codes.USED

_ROWS = (
    # in the order of the tables
    *probes.PROBE,
    *disentanglement.DISENTANGLEMENT,
    *codes.CODE_USE,
    *images.RECONSTRUCTION,
    *edits.SWAP,
    *exact.EXACT,
    *edits.EDITED,
    *edits.INTERPOLATION,
    *images.REALISM,
    *training.TRAINING,
    # in no table
    *probes.PROBE_DETAILS,
    *disentanglement.DISENTANGLEMENT_DETAILS,
    *codes.READINGS,
    *edits.UNEDITED,
    *training.ORACLE,
    *training.NOISE,
    *training.SIZES,
    # of `diffrep score` and of whoever uses this package
    *extended.EXTENDED_NUMBERS,
    *probes.LOGISTIC,
    *probes.TAD,
    *probes.FACES,
    *images.DISTANCES,
)
_FUNCTIONS = (*library.PROBES, *library.PARTS_OF_CODES, *library.IMAGES, *library.EDITS, *library.CERTAINTY)

CATALOGUE = {row.name: row for row in _ROWS}
FAMILIES = (*probes.OF_GROUPS, *codes.CODE_USE_OVER_TIME, *codes.CODES_OVER_TIME, *training.OF_FACTORS)
METRICS = {metric.name: metric for metric in (*scored.OF_FACTORS, *scored.OF_ATTRIBUTES)}
LIBRARY = {function.path.partition(":")[2]: function for function in _FUNCTIONS}


def number(name: str) -> Number | None:
    """The row of the number of that name, its own or its family's; None where nothing gives it.

    >>> number("mig").range, number("average_precision_colour").title
    ('0 to 1', 'colour')
    """
    own = CATALOGUE.get(name)
    found = (family.filled(name) for family in FAMILIES)
    return own or next((row for row in found if row), None)
