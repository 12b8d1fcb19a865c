"""What every metric returns."""

import math
from collections.abc import Mapping

import numpy as np


class Measured(dict[str, float]):
    """A dict of metric name -> value, with the reason of every nan and the arrays behind the numbers.

    reasons  metric name -> why its value is nan; each nan needs one, or ValueError
    arrays   name -> per-dimension, per-factor or per-attribute values and matrices

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
    ) -> None:
        super().__init__({name: float(value) for name, value in values.items()})
        self.reasons = {name: why for name, why in (reasons or {}).items() if math.isnan(self[name])}
        self.arrays = dict(arrays or {})
        silent = sorted(name for name, value in self.items() if math.isnan(value) and name not in self.reasons)
        if silent:
            raise ValueError(f"nan without a reason: {', '.join(silent)}; pass reasons={{name: why}}")
