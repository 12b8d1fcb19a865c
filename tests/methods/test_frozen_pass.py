"""The frozen pass of methods on a base model keeps nothing for a backward pass, and the base never has a gradient."""

from pathlib import Path

import pytest
import torch
import yaml
from sections import built
from torch.autograd.graph import saved_tensors_hooks

from diffrep.methods import METHODS
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.trained.given import drawn_loss

SHAPE = (3, 32, 32)
PARAMS = yaml.safe_load((Path(__file__).parents[2] / "params.yaml").read_text())
IMAGES = torch.zeros(4, *SHAPE)


def watched(base, monkeypatch):
    """A list that grows by all that autograd keeps of every pass through `base`, and by None for the pass itself."""
    seen = []
    whole = base.features

    def features(*args):
        seen.append(None)
        with saved_tensors_hooks(lambda tensor: seen.append(tensor) or tensor, lambda tensor: tensor):
            return whole(*args)

    monkeypatch.setattr(base, "features", features)
    return seen


def base_model():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return built(BaseDPM, SHAPE, network=PARAMS["base"]["network"])


@pytest.mark.parametrize("name", ["pdae", "diti", "diffsiam"])
def test_the_frozen_pass_keeps_nothing(name, monkeypatch):
    base, section = base_model(), PARAMS["methods"][name]
    method = built(lookup(METHODS, name, "method"), SHAPE, base, **section).train()
    seen = watched(base, monkeypatch)
    loss = drawn_loss(method, (IMAGES,), torch.Generator())
    assert seen == [None]
    (loss["loss"] if isinstance(loss, dict) else loss).backward()
    assert all(parameter.grad is None for parameter in base.parameters())


def test_a_pass_that_is_not_frozen_would_be_seen(monkeypatch):
    base = base_model()
    seen = watched(base, monkeypatch)
    drawn_loss(base, (IMAGES,), torch.Generator())
    assert len(seen) > 100
