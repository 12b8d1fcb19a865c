"""What a metric returns: no nan goes unexplained."""

import math

import numpy as np
import pytest

from diffrep.metrics.measured import Measured


def test_is_a_plain_dict_of_floats():
    assert Measured({"a": np.float32(0.5), "b": 2}) == {"a": 0.5, "b": 2.0}


def test_nan_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="nan without a reason: a"):
        Measured({"a": math.nan, "b": 1.0})


def test_only_reasons_of_nan_are_kept():
    assert Measured({"a": math.nan, "b": 1.0}, reasons={"a": "why", "b": "no"}).reasons == {"a": "why"}
