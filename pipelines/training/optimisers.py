"""The optimiser of a training: AdamW, beside which submodules may have one of their own; and what becomes of rates."""

from collections.abc import Callable
from typing import Any

import torch
from diffusers.optimization import get_scheduler
from torch import nn
from torch.optim import SGD, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from diffrep.pipelines.core.sections import Optimiser, PartOptimiser, Precision
from diffrep.pipelines.trained.submodules import trained_of, with_own_optimiser

A_TENTH = "cosine_to_a_tenth"


def optimiser_of(network: nn.Module, settings: Optimiser, precision: Precision) -> Optimizer:
    """AdamW on what takes a gradient, or several optimisers in one where parts of the network have their own."""
    # Half precision's gradients are scaled, and a fused step would undo that only after they were clipped.
    fused = precision != "16-mixed"
    parts = with_own_optimiser(network, settings)
    owned = {id(parameter) for parameters in parts.values() for parameter in parameters}
    others = [parameter for parameter in trained_of(network) if id(parameter) not in owned]
    main = adamw(others, settings, fused)
    own = [part_optimiser(parameters, settings.parts[path], fused) for path, parameters in parts.items()]
    return Together(main, *own) if own else main


def adamw(parameters: list[nn.Parameter], settings: Optimiser | PartOptimiser, fused: bool) -> AdamW:
    """AdamW with these settings."""
    first, second = settings.betas or ()
    rate, decay = settings.learning_rate, settings.weight_decay
    return AdamW(parameters, rate, (first, second), weight_decay=decay, fused=fused)


def part_optimiser(parameters: list[nn.Parameter], settings: PartOptimiser, fused: bool) -> Optimizer:
    """SGD or AdamW with the settings of a part."""
    if settings.momentum is None:
        return adamw(parameters, settings, fused)
    return SGD(parameters, settings.learning_rate, settings.momentum, weight_decay=settings.weight_decay)


class Together(Optimizer):
    """Several optimisers of one group of weights each as one: a step of it is a step of each of them.

    So a step counts once, gradients are scaled and clipped together, and a checkpoint holds the state of all.
    """

    def __init__(self, *members: Optimizer) -> None:
        super().__init__([group for member in members for group in member.param_groups], {})
        self.members = members
        self.tie()

    def tie(self) -> None:
        """Have the members work on the groups and the state that this optimiser has."""
        for member, group in zip(self.members, self.param_groups, strict=True):
            member.param_groups, member.state = [group], self.state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over a checkpoint's, which brings groups and state anew."""
        super().load_state_dict(state_dict)
        self.tie()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:  # type: ignore[override]
        """A step of all, after `closure`, whose result it gives back."""
        with torch.enable_grad():
            result = closure() if closure else None
        for member in self.members:
            member.step()
        return result


def schedule_of(optimiser: Optimizer, settings: Optimiser, steps: int) -> LambdaLR:
    """The learning rates of the main optimiser and of the parts' own, in this order, over a training of `steps`."""
    named = [(settings.schedule, settings.warmup), *((part.schedule, 0) for part in settings.parts.values())]
    return LambdaLR(optimiser, [share(name, warmup, steps) for name, warmup in named])


def share(schedule: str, warmup: int, steps: int) -> Callable[[int], float]:
    """step -> the share of the learning rate that it has, from 0 to 1, by diffusers' schedule of that name."""
    if schedule == A_TENTH:
        to_nothing = share("cosine", warmup, steps)
        return lambda step: to_nothing(step) if step < warmup else 0.1 + 0.9 * to_nothing(step)
    none = SGD([nn.Parameter(torch.zeros(1))], 1.0)  # diffusers makes schedules of optimisers alone
    found: Callable[[int], float] = get_scheduler(
        schedule, none, num_warmup_steps=warmup, num_training_steps=steps
    ).lr_lambdas[0]
    return found
