"""The contract of a method (methods/shared/method.py), promise by promise, tried on any adapter, ours or yours.

A promise is a function of a Subject. It returns nothing, or a remark; it raises BrokenError or NotApplicableError with
the reason. Whatever else the adapter's code raises on the way breaks the promise too.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from diffrep.pipelines import promises, promises_elsewhere, promises_of_training
from diffrep.pipelines.subject import BrokenError, NotApplicableError, Subject, subject

Promise = Callable[[Subject], str | None]

PROMISES: tuple[Promise, ...] = (
    promises.is_built_from_its_section,
    promises.cannot_is_true,
    promises.shapes_of_codes,
    promises.shapes_of_images,
    promises.parts_lie_within_the_code,
    promises.nothing_is_left_to_chance,
    promises.a_code_is_its_images_own,
    promises_of_training.gradient_reaches_the_encoder,
    promises_of_training.frozen_parts_stay,
    promises_of_training.same_seed_same_loss,
    promises_of_training.saved_and_loaded,
    promises_of_training.the_code_is_used,
    promises_elsewhere.grey_images_too,
    promises_elsewhere.other_precisions,
    promises_elsewhere.other_devices,
    promises_elsewhere.it_compiles,
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
    except BrokenError as reason:
        return Verdict("failed", str(reason))
    except Exception as error:
        if os.environ.get("DIFFREP_TRACEBACK"):
            raise
        return Verdict("failed", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}")


def contract(params: dict[str, Any], name: str, file: Path | None, size: int, steps: int) -> bool:
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
