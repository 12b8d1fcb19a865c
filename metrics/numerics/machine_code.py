"""Functions that numba turns into machine code."""

from collections.abc import Callable
from typing import Any

from numba import njit


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, compiled when it is first called, which takes seconds, and kept beside its file for the next process.

    Where neither that folder nor the user's cache can be written it is compiled in every process anew.

    >>> compiled(lambda x: x + 1)(2)
    3
    """
    try:
        return njit(cache=True)(function)
    except RuntimeError:  # numba found no folder for its cache
        return njit(function)
