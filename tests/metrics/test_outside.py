"""A metric from outside: which rows it takes by the names of its arguments, and what is no metric, in a line."""

import re

import numpy as np
import pytest

from diffrep.metrics.catalogue import CATALOGUE, Number
from diffrep.metrics.measured import Measured
from diffrep.metrics.outside import checked, keywords, outside_metric

SPREAD = Number("spread", "spread", "", "up", 3, "0 or more", "", "How far codes lie apart.")
KEYWORDS = {"seed": 3, "depth": 2}


def of_codes(codes): ...
def of_factors(codes, factors, *, seed, depth=3): ...
def of_attributes(codes, attributes): ...
def of_test_rows(test_codes, test_factors): ...
def of_both(train_codes, train_attributes, test_codes, test_attributes): ...


@pytest.mark.parametrize(
    ("function", "rows", "of"),
    [
        (of_codes, "alone", ("factors", "attributes")),
        (of_factors, "train", ("factors",)),
        (of_attributes, "train", ("attributes",)),
        (of_test_rows, "test", ("factors",)),
        (of_both, "both", ("attributes",)),
    ],
)
def test_the_names_of_its_arguments_say_which_rows_it_takes(monkeypatch, function, rows, of):
    monkeypatch.setattr(function, "numbers", (SPREAD,), raising=False)
    metric = outside_metric("mine:spread", function)
    assert (metric.rows, metric.of, metric.numbers) == (rows, of, ("spread",))


def test_it_is_called_with_what_it_takes():
    given = {}

    def spread(codes, factors, *, seed, depth=3):
        given.update(codes=codes, factors=factors, seed=seed, depth=depth)
        return {"spread": 2}

    spread.numbers = (SPREAD,)
    metric = outside_metric("mine:spread", spread)
    assert metric.defaults() == {"seed": 0, "depth": 3}
    assert metric.load()("codes", "factors", **KEYWORDS) == {"spread": 2.0}
    assert given == {"codes": "codes", "factors": "factors", **KEYWORDS}


def with_numbers(numbers, function=of_codes):
    """A function that describes these numbers."""
    copy = lambda *given: function(*given)  # noqa: E731
    copy.__signature__ = __import__("inspect").signature(function)
    copy.numbers = numbers
    return copy


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (int, "is no function"),
        (3, "is no function"),
        (with_numbers((SPREAD,), lambda factors, codes: {}), "takes (factors, codes) and not codes; or codes, factors"),
        (with_numbers((SPREAD,), lambda codes, *rest: {}), "takes (codes, rest) and not"),
        (with_numbers((SPREAD,), lambda codes, *, k: {}), "wants 'k' without a default: only seed and compat are"),
        (of_codes, "has no `numbers`: a tuple of diffrep.metrics.catalogue.Number"),
        (with_numbers(("spread",)), "has no `numbers`"),
        (with_numbers((CATALOGUE["mig"],)), "gives 'mig', which is a number of the suite's own: choose another name"),
        (with_numbers((SPREAD, SPREAD)), "names a number twice in `numbers`: spread, spread"),
    ],
)
def test_what_is_no_metric_is_one_line(function, line):
    with pytest.raises(ValueError, match=re.escape(line)):
        outside_metric("mine:spread", function)


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (0.5, "returned float, not a dict of its numbers"),
        ({}, "returned nothing; its `numbers` are spread"),
        ({"spread": 1, "more": 2}, "returned spread, more; its `numbers` are spread"),
        ({"spread": np.nan}, "nan without a reason: spread"),
    ],
)
def test_other_numbers_than_it_names_are_refused(found, line):
    with pytest.raises(ValueError, match=re.escape(line)):
        checked((SPREAD,), found)


def test_what_rides_along_with_its_numbers_is_kept():
    found = Measured({"spread": np.nan}, reasons={"spread": "one row"}, arrays={"each": np.arange(3)})
    assert checked((SPREAD,), found) is found


def test_seed_and_compat_need_no_default():
    assert keywords(lambda codes, *, seed, compat, k=2: {}) == {"seed": 0, "compat": False, "k": 2}
