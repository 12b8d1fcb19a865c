"""The check of a key that takes one of a few words."""

from collections.abc import Iterable


def one_of(key: str, given: str, known: Iterable[str]) -> None:
    """Raise ValueError, with all words that would do, where `given` is none of those `known`."""
    if given not in known:
        *others, last = map(repr, known)
        raise ValueError(f"{key}={given!r}: there are {', '.join(others)} and {last}")
