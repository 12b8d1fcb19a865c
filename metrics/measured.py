"""What every metric returns."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

Interval = tuple[float, float]


class Measured(dict[str, float]):
    """A dict of metric name -> value, with the reason of every nan and the arrays behind the numbers.

    reasons    metric name -> why its value is nan; each nan needs one, or ValueError
    arrays     name -> per-dimension, per-factor or per-attribute values and matrices
    intervals  metric name -> the ends of a 95 % interval, where there is one; undefined ones are left out
    noise      metric name -> source (noise.py) -> standard deviation, where it was looked at

    >>> found = Measured({"mig": float("nan"), "seeds": 3}, reasons={"mig": "every factor is constant"})
    >>> found["seeds"], found.reasons
    (3.0, {'mig': 'every factor is constant'})
    """

    def __init__(
        self,
        values: Mapping[str, float],
        *,
        reasons: Mapping[str, str] | None = None,
        arrays: Mapping[str, np.ndarray] | None = None,
        intervals: Mapping[str, Interval] | None = None,
        noise: Mapping[str, Mapping[str, float]] | None = None,
    ) -> None:
        super().__init__({name: float(value) for name, value in values.items()})
        self.reasons = {name: why for name, why in (reasons or {}).items() if math.isnan(self[name])}
        self.arrays = dict(arrays or {})
        self.intervals = {name: ends for name, ends in (intervals or {}).items() if not math.isnan(ends[0])}
        self.noise = {name: dict(by_source) for name, by_source in (noise or {}).items()}
        silent = sorted(name for name, value in self.items() if math.isnan(value) and name not in self.reasons)
        if silent:
            raise ValueError(f"nan without a reason: {', '.join(silent)}; pass reasons={{name: why}}")


def missing(names: Iterable[str], reason: str) -> Measured:
    """Numbers that cannot be had, all for one reason.

    >>> missing(["fid", "kid"], "weights are not here").reasons
    {'fid': 'weights are not here', 'kid': 'weights are not here'}
    """
    names = list(names)
    return Measured(dict.fromkeys(names, math.nan), reasons=dict.fromkeys(names, reason))


def joined(*parts: Measured) -> Measured:
    """All numbers of the parts with all that rides along; ValueError where two have the same name.

    >>> joined(Measured({"mig": 0.5}), Measured({"sap": 0.25}))
    {'mig': 0.5, 'sap': 0.25}
    """
    whole = Measured({})
    for part in parts:
        for kind, known in ((part, whole), (part.arrays, whole.arrays)):
            if twice := kind.keys() & known.keys():
                raise ValueError(f"measured twice: {', '.join(sorted(twice))}")
        whole.update(part)
        whole.reasons |= part.reasons
        whole.arrays |= part.arrays
        whole.intervals |= part.intervals
        whole.noise |= part.noise
    return whole
