"""The contract of a method (methods/shared/method.py), promise by promise, tried on any adapter, ours or yours.

A promise is a function of a Subject. It returns nothing, or a remark; it raises BrokenError or NotApplicableError with
the reason. Whatever else the adapter's code raises on the way breaks the promise too.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from diffrep.pipelines.contract import interface, learning, portability
from diffrep.pipelines.contract.first_step import FIRST
from diffrep.pipelines.contract.subject import BrokenError, NotApplicableError, Subject, subject
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.own_code import raised
from diffrep.pipelines.core.params import Params

Promise = Callable[[Subject], str | None]

PROMISES: tuple[Promise, ...] = (
    *FIRST,
    interface.nothing_is_left_to_chance,
    interface.a_code_is_its_images_own,
    learning.gradient_reaches_the_encoder,
    learning.same_seed_same_loss,
    learning.the_code_is_used,
    portability.grey_images_too,
    portability.other_precisions,
    portability.other_devices,
    portability.it_compiles,
)


class Verdict(NamedTuple):
    """What became of one promise: "ok", "failed" or "not applicable", and why."""

    state: str
    reason: str


def title(promise: Promise) -> str:
    """What a promise is called in print."""
    return promise.__name__.replace("_", " ")


def tried(promise: Promise, on: Subject) -> Verdict:
    """Whether the adapter keeps one promise; with DIFFREP_TRACEBACK set, what its code raises is let through."""
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


def contract(params: Params, name: str, file: Path | None, size: int, steps: int) -> bool:
    """Try every promise on the adapter that `name` stands for, a line each; whether all of them are kept."""
    on, failed = subject(params, name, file, size, steps), 0
    for promise in PROMISES:
        print(f"{title(promise):<32}", end="", flush=True)
        verdict = tried(promise, on)
        print(f"{verdict.state:<16}{verdict.reason}".rstrip(), flush=True)
        failed += verdict.state == "failed"
        if failed and promise is PROMISES[0]:
            print(f"{name} cannot be built: nothing else was tried")
            return False
    print(f"{name} breaks {failed} of {len(PROMISES)} promises" if failed else f"{name} keeps the contract")
    return not failed
