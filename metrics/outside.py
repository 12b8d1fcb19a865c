"""A metric from outside: a function whose arguments say which rows it takes, and whose `numbers` say what it gives.

    def spread(codes, factors): ...          # the rows to fit on; or test_codes and test_factors, those to test on
    def told(train_codes, train_factors, test_codes, test_factors, *, seed=0, depth=3): ...
    def active(codes): ...                   # codes alone
    spread.numbers = (Number("spread", "spread", "", "up", 3, "0 to 1", "near 0", "What it means, in a sentence."),)

`attributes` in place of `factors` are zeros and ones. Shapes and types are those of this package (__init__.py); what is
returned is a `Measured`, or a dict of the numbers. `seed` and `compat` are passed where they are taken.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from diffrep.metrics.catalogue import ALONE, ATTRIBUTES, BOTH, CATALOGUE, FACTORS, TARGETS, TEST, TRAIN, Metric, Number
from diffrep.metrics.measured import Measured

Takes = dict[tuple[str, ...], tuple[str, tuple[str, ...]]]
TAKES: Takes = {("codes",): (ALONE, TARGETS)}  # names of the arguments -> rows, and what has to be known of them
for _kind in TARGETS:
    TAKES |= {
        ("codes", _kind): (TRAIN, (_kind,)),
        ("test_codes", f"test_{_kind}"): (TEST, (_kind,)),
        ("train_codes", f"train_{_kind}", "test_codes", f"test_{_kind}"): (BOTH, (_kind,)),
    }
KNOWN = "; or ".join(", ".join(names) for names in TAKES if ATTRIBUTES not in names[-1])
GIVEN = ("seed", "compat")  # to whoever takes them


@dataclass(frozen=True, kw_only=True)
class OutsideMetric(Metric):
    """A metric under the name package.module:function.

    function  itself
    facts     what is said of its numbers
    """

    function: Callable[..., Any]
    facts: tuple[Number, ...]

    def load(self) -> Callable[..., Measured]:
        """The function, whose numbers are held against those that it names."""
        return lambda *rows, **arguments: checked(self.facts, self.function(*rows, **arguments))

    def defaults(self) -> dict[str, Any]:
        """Its keyword arguments, with their defaults; `seed` and `compat` need none."""
        return keywords(self.function)


def outside_metric(path: str, function: Any) -> OutsideMetric:
    """The metric that a function is; ValueError, in a line, for what is none.

    path  package.module:function

    >>> def spread(codes, factors): return {"spread": codes.std()}
    >>> spread.numbers = (Number("spread", "spread", "", "", 3, "0 or more", "", "How far codes lie apart."),)
    >>> outside_metric("mine:spread", spread).rows
    'train'
    """
    if not inspect.isroutine(function):
        raise ValueError("is no function")
    names = tuple(p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.KEYWORD_ONLY)
    if names not in TAKES:
        raise ValueError(f"takes ({', '.join(names)}) and not {KNOWN} ({ATTRIBUTES} in place of {FACTORS}); then *")
    rows, of = TAKES[names]
    facts = tuple(getattr(function, "numbers", ()))
    expect_facts(facts)
    keywords(function)
    numbers = tuple(number.name for number in facts)
    return OutsideMetric(path, path, rows, numbers, 0.0, (), of=of, function=function, facts=facts)


def expect_facts(facts: tuple[Any, ...]) -> None:
    """ValueError where numbers are not described, or have a name that a number of this package has.

    >>> expect_facts((CATALOGUE["mig"],))
    Traceback (most recent call last):
    ValueError: gives 'mig', which is a number of the suite's own: choose another name
    """
    if not facts or not all(isinstance(number, Number) for number in facts):
        raise ValueError("has no `numbers`: a tuple of diffrep.metrics.catalogue.Number, one for each that it gives")
    names = [number.name for number in facts]
    if taken := next((name for name in names if name in CATALOGUE), None):
        raise ValueError(f"gives {taken!r}, which is a number of the suite's own: choose another name")
    if len(set(names)) < len(names):
        raise ValueError(f"names a number twice in `numbers`: {', '.join(names)}")


def keywords(function: Callable[..., Any]) -> dict[str, Any]:
    """Its keyword arguments with their defaults; ValueError for one without, which nobody would give.

    >>> keywords(lambda codes, *, seed, depth=3: {})
    {'seed': 0, 'depth': 3}
    """
    found = [p for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY]
    if open_ones := [p.name for p in found if p.default is p.empty and p.name not in GIVEN]:
        raise ValueError(f"wants {open_ones[0]!r} without a default: only {' and '.join(GIVEN)} are given")
    empty = {"seed": 0, "compat": False}
    return {p.name: empty[p.name] if p.default is p.empty else p.default for p in found}


def checked(facts: tuple[Number, ...], found: Mapping[str, float]) -> Measured:
    """What a function returned as a `Measured`; ValueError where it is no dict of the numbers that it names.

    >>> checked((CATALOGUE["mig"],), {"mig": 0.5})
    {'mig': 0.5}
    """
    if not isinstance(found, Mapping):
        raise ValueError(f"returned {type(found).__name__}, not a dict of its numbers")
    wanted, given = [number.name for number in facts], list(found)
    if sorted(wanted) != sorted(map(str, given)):
        raise ValueError(f"returned {', '.join(map(str, given)) or 'nothing'}; its `numbers` are {', '.join(wanted)}")
    return found if isinstance(found, Measured) else Measured(found)
