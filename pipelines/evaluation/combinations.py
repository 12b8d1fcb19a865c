"""Scores of test images apart by whether training has seen their combination of factor values, where some are held out.

Nothing is fitted anew: both parts are read by the same probes and decoded from the same codes.
"""

import numpy as np

from diffrep.datasets.files.held_out import by_column, showing
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.facts.combinations import DECODED, PARTS, PROBED
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.metrics.probes.probe import Probed, probe_scores

IN_BOTH = "attributes_in_both"
ONE_PART = "no test image here shows a combination that is held out, or all do"
NOTHING_IN_BOTH = "no attribute has a positive and a negative in both parts"


def held_out(data: Prepared, rows: np.ndarray) -> np.ndarray | None:
    """Which of these rows show a combination that is held out of training, bool [n]; None where none is."""
    combinations = data.card.get("joint", {}).get("held_out", [])
    if not combinations:
        return None
    names = data.card["factor_names"]
    return showing(np.asarray(data.factors)[rows], [by_column(names, one) for one in combinations])


def probes_apart(probed: Probed, valid: np.ndarray, test: np.ndarray, held: np.ndarray | None) -> Measured:
    """The scores of the same probes on each part, means over the attributes that can be scored on both.

    valid, test  attributes [n, A] of the rows that the logits are of
    held         which test rows show a held-out combination; None: there are no parts, and no numbers
    """
    if held is None:
        return Measured({})
    names = [f"{part}_{name}" for part in PARTS for name in PROBED]
    counts = Measured({f"n_{part}": rows.sum() for part, rows in parts(held).items()})
    if held.all() or not held.any():
        return joined(missing([*names, IN_BOTH], ONE_PART), counts)
    known = {
        part: probe_scores(probed._replace(test_logits=probed.test_logits[:, rows]), valid, test[rows]).arrays
        for part, rows in parts(held).items()
    }
    both = {name: np.all([np.isfinite(arrays[name]) for arrays in known.values()], axis=0) for name in PROBED}
    values = {f"{part}_{name}": mean(known[part][name][both[name]]) for part in PARTS for name in PROBED}
    values[IN_BOTH] = both[PROBED[0]].sum()
    return joined(Measured(values, reasons=dict.fromkeys(names, NOTHING_IN_BOTH)), counts)


def errors_apart(measured: Measured, held: np.ndarray | None) -> Measured:
    """The squared errors of decodes in each part, out of those of all: `measured` has them image by image."""
    if held is None:
        return Measured({})
    found = [Measured({})]
    for name in (name for name in DECODED if name in measured):
        names = [f"{part}_{name}" for part in PARTS]
        if name not in measured.arrays:
            found.append(missing(names, measured.reasons[name]))
        else:
            values = {f"{part}_{name}": mean(measured.arrays[name][rows]) for part, rows in parts(held).items()}
            found.append(Measured(values, reasons=dict.fromkeys(names, ONE_PART)))
    return joined(*found)


def parts(held: np.ndarray) -> dict[str, np.ndarray]:
    """The rows of each part by its name, in the order of `PARTS`."""
    return dict(zip(PARTS, (~held, held), strict=True))


def mean(values: np.ndarray) -> float:
    """The mean; nan of nothing."""
    return float(values.mean()) if len(values) else float("nan")
