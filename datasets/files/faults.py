"""All that is wrong with a person's files at once, where one thing after the other would take as many tries."""

from collections.abc import Iterable

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
