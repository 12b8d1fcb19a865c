"""What the contracts share: promises, tried one by one, and a line for each.

A promise is a function of what it is tried on. It returns nothing, or a remark; it raises BrokenError or
NotApplicableError with the reason. Whatever else code from outside raises on the way breaks the promise too.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import raised

Promise = Callable[[Any], str | None]


class BrokenError(Exception):
    """A promise that is not kept; the message says how it shows."""


class NotApplicableError(Exception):
    """A promise that need not be made; the message says why."""


class Verdict(NamedTuple):
    """What became of one promise: "ok", "failed" or "not applicable", and why."""

    state: str
    reason: str


def expect(kept: Any, otherwise: str) -> None:
    """Raise BrokenError, with the reason `otherwise`, unless `kept`."""
    if not kept:
        raise BrokenError(otherwise)


def title(promise: Promise) -> str:
    """What a promise is called in print."""
    return promise.__name__.replace("_", " ")


def tried(promise: Promise, on: Any) -> Verdict:
    """Whether one promise is kept; with DIFFREP_TRACEBACK set, what code from outside raises is let through."""
    try:
        return Verdict("ok", promise(on) or "")
    except NotApplicableError as reason:
        return Verdict("not applicable", str(reason))
    except (BrokenError, UserError) as reason:
        return Verdict("failed", str(reason))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if os.environ.get("DIFFREP_TRACEBACK"):
            raise
        return Verdict("failed", raised(error))


def all_kept(name: str, promises: Sequence[Promise], on: Any, otherwise: str) -> bool:
    """Try promises one by one, a line each; whether all of them are kept.

    otherwise  what is said of `name` where the first is broken, after which no other is tried
    """
    failed = 0
    for promise in promises:
        print(f"{title(promise):<32}", end="", flush=True)
        verdict = tried(promise, on)
        print(f"{verdict.state:<16}{verdict.reason}".rstrip(), flush=True)
        failed += verdict.state == "failed"
        if failed and promise is promises[0]:
            print(f"{name} {otherwise}: nothing else was tried")
            return False
    print(f"{name} breaks {failed} of {len(promises)} promises" if failed else f"{name} keeps the contract")
    return not failed
