"""What the training seeds of a row change: its training, no more than what is drawn, or nothing at all."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from diffrep.metrics.comparison import is_constant
from diffrep.reports.rows.scores import TableRow

Role = Literal["trained", "frozen", "constant"]
SPREAD = (
    "the standard deviation over training seeds (n − 1): what a seed changes is the training of a row, and of the base "
    "model that it stands on; where nothing is trained, what the row itself draws. All seeds share the data, the test "
    "images, the draws of the evaluation and a base model that was imported: of other ones it says nothing."
)
MEANINGS: Mapping[Role, str] = {
    "trained": "each seed trains it, or the model that it stands on, anew",
    "frozen": "nothing is trained: its spread is that of what each seed draws (the noise that a frozen model is shown, "
    "the weights that an untrained encoder starts from), not one of trainings",
    "constant": "every seed gives the same numbers: it has no spread, others are compared with it as with a constant",
}


def role_of(row: TableRow) -> Role:
    """What the seeds of a row change: trained where it, or what it stands on, is; constant where nothing varies."""
    if (row.mean("steps") or 0) > 0 or row.models > 1:
        return "trained"
    varies = any(not is_constant(np.array(score.values)) for score in row.scores.values() if score.values)
    return "frozen" if varies else "constant"


def by_role(rows: Sequence[TableRow]) -> dict[Role, list[str]]:
    """{role: the methods that have it}, those not run yet left out."""
    ran = [row for row in rows if row.kind == "method" and any(score.values for score in row.scores.values())]
    found = {role: [row.name for row in ran if role_of(row) == role] for role in MEANINGS}
    return {role: names for role, names in found.items() if names}
