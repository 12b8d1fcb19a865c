"""The contract of a method (methods/shared/method.py), promise by promise, tried on any adapter, ours or yours."""

from pathlib import Path

from diffrep.pipelines.contract import interface, learning, portability
from diffrep.pipelines.contract.first_step import FIRST
from diffrep.pipelines.contract.promises import Promise, all_kept
from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.params import Params

PROMISES: tuple[Promise, ...] = (  # of a Subject
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


def contract(params: Params, name: str, file: Path | None, size: int, steps: int) -> bool:
    """Try every promise on the adapter that `name` stands for, a line each; whether all of them are kept."""
    return all_kept(name, PROMISES, subject(params, name, file, size, steps), "cannot be built")
