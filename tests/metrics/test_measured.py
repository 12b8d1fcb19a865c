"""What a metric returns: no nan goes unexplained."""

import math

import numpy as np
import pytest

from diffrep.metrics.measured import Measured, joined, missing


def test_is_a_plain_dict_of_floats():
    assert Measured({"a": np.float32(0.5), "b": 2}) == {"a": 0.5, "b": 2.0}


def test_nan_without_a_reason_is_refused():
    with pytest.raises(ValueError, match="nan without a reason: a"):
        Measured({"a": math.nan, "b": 1.0})


def test_only_reasons_of_nan_are_kept():
    assert Measured({"a": math.nan, "b": 1.0}, reasons={"a": "why", "b": "no"}).reasons == {"a": "why"}


def test_undefined_intervals_are_left_out():
    found = Measured({"a": 1.0, "b": 2.0}, intervals={"a": (0.5, 1.5), "b": (math.nan, math.nan)})
    assert found.intervals == {"a": (0.5, 1.5)}


def test_what_cannot_be_had_is_nan_for_one_reason():
    found = missing((name for name in ("fid", "kid")), "no weights")
    assert list(found) == ["fid", "kid"]
    assert np.isnan(list(found.values())).all()
    assert found.reasons == {"fid": "no weights", "kid": "no weights"}
    assert missing([], "nothing asked") == {}


def test_parts_are_joined_with_all_that_rides_along():
    whole = joined(
        Measured({"mse": 0.5}, arrays={"mse": np.array([0.4, 0.6])}, intervals={"mse": (0.4, 0.6)}),
        missing(["fid"], "no weights"),
        Measured({"kid": 1.0}),
    )
    assert list(whole) == ["mse", "fid", "kid"]
    assert whole.reasons == {"fid": "no weights"}
    assert whole.intervals == {"mse": (0.4, 0.6)}
    assert whole.arrays["mse"].tolist() == [0.4, 0.6]
    assert joined() == {}


def test_what_is_joined_stays_as_it_was():
    first = Measured({"a": 1.0})
    joined(first, missing(["b"], "why"))
    assert (dict(first), first.reasons) == ({"a": 1.0}, {})


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Measured({"a": 1.0}), Measured({"a": 2.0})),
        (Measured({"b": 1.0}, arrays={"a": np.ones(2)}), Measured({"c": 1.0}, arrays={"a": np.zeros(2)})),
    ],
    ids=["values", "arrays"],
)
def test_nothing_is_measured_twice(left, right):
    with pytest.raises(ValueError, match="measured twice: a"):
        joined(left, right)
