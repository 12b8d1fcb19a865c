"""A training that only notes what it is asked for, and whose averaged and raw weights can be told apart."""

from types import SimpleNamespace
from typing import Any

import pytest
import torch

from diffrep.pipelines.core.spent import Spent
from diffrep.pipelines.training.fit import Trained

ROWS = [
    {"step": 1, "loss": 0.5, "valid_loss": None, "learning_rate": 0.125},
    {"step": 2, "loss": 0.25, "valid_loss": 0.75, "learning_rate": 0.0625},
]
AVERAGED, RAW, ON_THE_WAY = 0.125, 0.5, 0.25


def known_training(patch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Put it in the place of the trainer; what it was asked for is in the namespace, by the names of its arguments."""
    asked = SimpleNamespace()

    def training(network: Any, arrays: Any, data: Any, settings: Any, machine: Any, **others: Any) -> Trained:
        vars(asked).update(network=network, arrays=arrays, data=data, settings=settings, machine=machine, **others)
        ema, raw, partway = (
            {k: torch.full_like(v, x) for k, v in network.state_dict().items()} for x in (AVERAGED, RAW, ON_THE_WAY)
        )
        kept = dict.fromkeys(others.get("keep_after", ()), partway)
        return Trained(ema, raw, ROWS, earlier=Spent(1000.0, 900.0), partway=kept)

    patch.setattr("diffrep.pipelines.training.training.training", training)
    return asked


def apart(values: dict[str, Any], dataset: str) -> dict[str, Any]:
    """The values with another budget and batch size for every kind of training, so that none is taken for another."""
    values["budgets"][dataset] = {"base": 3, "oracle": 4, "method": 5, "autoencoder": 6}
    for number, name in enumerate(("base", "oracle", "autoencoder"), start=11):
        values[name] |= {"seed": number} if "seed" in values[name] else {}
        values[name]["training"] = values[name]["training"] | {"batch_size": number}
    values["train"] = values["train"] | {"batch_size": 7}
    return values
