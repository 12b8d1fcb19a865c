"""All that is wrong with a person's files at once, where one thing after the other would take as many tries."""

from collections.abc import Callable, Iterable
from typing import Any

TOLD = 3  # faults that stand in the one line; `diffrep prepare --check` lists them all


class Faults(ValueError):  # noqa: N818 - what is wrong may be several things
    """What is wrong, a sentence each; its message is the first of them and how many more there are."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        more = len(self.faults) - TOLD
        told = "; ".join(self.faults[:TOLD])
        super().__init__(f"{told}; and {more} more: `diffrep prepare --check` lists them" if more > 0 else told)


def expect_none(faults: Iterable[str]) -> None:
    """Raise Faults if there are any."""
    found = list(faults)
    if found:
        raise Faults(found)


def each(*makes: Callable[[], Any], also: Callable[..., Iterable[str]] = lambda *made: ()) -> list[Any]:
    """What each of some functions makes: the error of the one that fails, or Faults with all that is wrong for several.

    So the second file is looked at where the first is missing.

    also  further faults, asked of what was made; what could not be is None there
    """
    made: list[Any] = []
    errors: list[Exception] = []
    for make in (*makes, lambda: expect_none(also(*made))):
        try:
            made.append(make())
        except (ValueError, FileNotFoundError) as error:
            errors.append(error)
            made.append(None)
    if len(errors) == 1:
        raise errors[0]
    expect_none(fault for error in errors for fault in (error.faults if isinstance(error, Faults) else [str(error)]))
    return made[:-1]
