"""Optimisers of parts beside the main one: as a loop by hand has them, at every step, and after a kill too."""

from math import cos, pi

import numpy as np
import pytest
import torch
from tiny_training import IMAGES, OPTIMISER, KillError, assert_same, interrupt, network, train
from torch import nn
from torch.nn.utils import clip_grad_norm_
from torch.optim import SGD, AdamW

from diffrep.datasets.pixels import image_tensor
from diffrep.pipelines.core.sections import PartOptimiser
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.optimisers import optimiser_of, schedule_of, share

STEPS = 5
PARTS = {
    "head.first": PartOptimiser(
        optimiser="sgd", learning_rate=0.5, momentum=0.9, weight_decay=0.1, schedule="cosine_to_a_tenth"
    ),
    "head.second": PartOptimiser(
        optimiser="adamw", learning_rate=0.02, betas=(0.5, 0.7), weight_decay=0.2, schedule="constant"
    ),
}


class Headed(nn.Module):
    """A body and a head of two layers, without chance; step number `at` is met by `blow`."""

    def __init__(self, at=None, blow=None):
        super().__init__()
        self.body = nn.Linear(4, 4)
        self.head = nn.ModuleDict({name: nn.Linear(4, 4) for name in ("first", "second")})
        self.at, self.blow, self.steps = at, blow, 0

    def loss(self, images):
        if self.training:
            if self.steps == self.at:
                self.blow()
            self.steps += 1
        x = images.flatten(1)
        return (self.head["second"](self.head["first"](self.body(x).tanh()).tanh()) - x).pow(2).mean()


def by_hand(clip: float) -> Headed:
    """The same five steps without trainer, schedules of a library, or one optimiser for several."""
    net, batches = network(Headed).train(), Batches((IMAGES,), np.arange(50), 4, 0)
    optimisers = [
        AdamW(net.body.parameters(), 0.01, (0.9, 0.99), weight_decay=0.01, fused=True),
        SGD(net.head["first"].parameters(), 0.5, 0.9, weight_decay=0.1),
        AdamW(net.head["second"].parameters(), 0.02, (0.5, 0.7), weight_decay=0.2, fused=True),
    ]
    for step in range(STEPS):
        rates = (0.01 * min(step / 2, 1), 0.5 * (0.1 + 0.9 * (1 + cos(pi * step / STEPS)) / 2), 0.02)
        for optimiser, rate in zip(optimisers, rates, strict=True):
            optimiser.param_groups[0]["lr"] = rate
            optimiser.zero_grad()
        net.loss(image_tensor(batches[step][0].numpy())).backward()
        if clip:
            clip_grad_norm_(net.parameters(), clip)
        for optimiser in optimisers:
            optimiser.step()
    return net


def trained(folder, net, **changed):
    known = {"schedule": "constant_with_warmup", "parts": PARTS, "checkpoint_every": 2, "log_every": 1}
    return train(folder, net, steps=STEPS, **known | changed)


@pytest.mark.parametrize("clip", [0.0, 0.1])
def test_every_part_is_moved_as_its_own_optimiser_would(tmp_path, clip):
    found, expected = trained(tmp_path, network(Headed), gradient_clip=clip).raw, by_hand(clip).state_dict()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, rtol=1e-6, atol=1e-7, msg=name)


@pytest.mark.parametrize("at", [1, 3, 4])
def test_after_a_kill_every_optimiser_goes_on(tmp_path, at):
    with pytest.raises(KillError):
        trained(tmp_path / "broken", network(Headed, at, interrupt))
    resumed = trained(tmp_path / "broken", network(Headed))
    assert_same(resumed, trained(tmp_path / "unbroken", network(Headed)))


def test_a_checkpoint_holds_the_state_of_all(tmp_path):
    trained(tmp_path, network(Headed))
    kept = torch.load(tmp_path / "last.ckpt", weights_only=True)
    (state,) = kept["optimizer_states"]
    assert kept["global_step"] == STEPS
    moments = {tuple(sorted(values)) for values in state["state"].values()}
    assert moments == {("exp_avg", "exp_avg_sq", "step"), ("momentum_buffer",)}
    assert len(state["state"]) == 6


def test_without_parts_there_is_one_plain_optimiser():
    made = optimiser_of(network(Headed), OPTIMISER, "32-true")
    assert type(made) is AdamW
    assert (made.param_groups[0]["betas"], made.param_groups[0]["fused"]) == ((0.9, 0.99), True)


def test_scaled_gradients_are_not_left_to_fused_steps():
    net = network(Headed)
    made = optimiser_of(net, OPTIMISER.model_copy(update={"parts": PARTS}), "16-mixed")
    assert [group["fused"] for group in made.param_groups] == [False, None, False]
    assert [len(group["params"]) for group in made.param_groups] == [2, 2, 2]
    assert not hasattr(made, "_step_supports_amp_scaling")


def test_the_curve_tells_the_main_rate(tmp_path):
    rows = trained(tmp_path, network(Headed)).rows
    assert [row["learning_rate"] for row in rows] == pytest.approx([0.005, 0.01, 0.01, 0.01, 0.01])


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("constant", [1, 1, 1, 1, 1]),
        ("constant_with_warmup", [0, 0.5, 1, 1, 1]),
        ("linear", [0, 0.5, 1, 0.5, 0]),
        ("cosine", [0, 0.5, 1, 0.5, 0]),
        ("cosine_to_a_tenth", [0, 0.5, 1, 0.55, 0.1]),
    ],
)
def test_what_is_left_of_a_rate(name, expected):
    """Two steps of warm-up, then as many to the end."""
    left = share(name, 2, 4)
    assert [left(step) for step in range(5)] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("step", "rate"), [(0, 0.0), (5_000, 1.28e-4), (10_000, 2.56e-4), (37_499, 2.56e-4)])
def test_encdiffs_published_warm_up(step, rate):
    """Its code begins at a millionth of the rate, 2.56e-10, and diffusers' schedule at 0.

    So far could Adam's first step take a weight, which single precision does not tell of one of 0.01.
    """
    assert 2.56e-4 * share("constant_with_warmup", 10_000, 37_500)(step) == pytest.approx(rate, rel=1e-12)


def test_every_group_has_its_schedule():
    settings = OPTIMISER.model_copy(update={"parts": PARTS, "warmup": 2, "schedule": "linear"})
    made = optimiser_of(network(Headed), settings, "32-true")
    schedule = schedule_of(made, settings, 4)
    assert [group["lr"] for group in made.param_groups] == pytest.approx([0, 0.5, 0.02])
    for _ in range(4):
        made.step()
        schedule.step()
    assert [group["lr"] for group in made.param_groups] == pytest.approx([0, 0.05, 0.02])
