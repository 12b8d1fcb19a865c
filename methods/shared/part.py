"""What a method calls a part of its code: the unit that counterfactuals swap and tables name."""

from typing import NamedTuple


class Part(NamedTuple):
    """One index group of a flat code.

    name       shown in tables
    dims       indices into the code's last axis
    timesteps  (first, end): the part belongs to times first <= t < end; None if it has no time
    """

    name: str
    dims: tuple[int, ...]
    timesteps: tuple[int, int] | None = None
