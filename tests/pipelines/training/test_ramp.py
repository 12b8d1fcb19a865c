"""The averaged weights with a ramp: DRL's formula, from the weights before the first step on, after a kill too."""

from types import SimpleNamespace

import pytest
import torch
from tiny_training import KillError, Tiny, assert_same, interrupt, network, train

from diffrep.pipelines.training.averages import Averages, ramped

STEPS = 15
RAMP = {"ema_ramp": True, "ema_decay": 0.5, "schedule": "constant", "checkpoint_every": 4}


def test_the_published_values_of_the_ramp():
    found = [ramped(0.999, step) for step in (1, 10, 100, 1000, 8990, 10**6)]
    assert found == pytest.approx([0.1818, 0.55, 0.9182, 0.9911, 0.999, 0.999], abs=5e-5)


def test_the_largest_published_decay_is_reached_after_90_000_steps():
    assert ramped(0.9999, 89_989) < 0.9999
    assert ramped(0.9999, 89_990) == 0.9999


def test_the_average_is_that_of_the_formula(tmp_path):
    """The decay is 2/11 first, 9/18 at step 8 and no more after it."""
    average = network().learned.weight.detach().clone()
    for step in range(1, STEPS + 1):
        weights = train(tmp_path / str(step), network(), steps=step, **RAMP).raw["learned.weight"]
        decay = min(0.5, (1 + step) / (10 + step))
        average = decay * average + (1 - decay) * weights
    found = train(tmp_path / "whole", network(), steps=STEPS, **RAMP).ema["learned.weight"]
    torch.testing.assert_close(found, average, rtol=0, atol=1e-6)


@pytest.mark.parametrize("at", [2, 6, 13])
def test_after_a_kill_the_ramp_goes_on(tmp_path, at):
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, at, interrupt), steps=STEPS, **RAMP)
    resumed = train(tmp_path / "broken", network(), steps=STEPS, **RAMP)
    assert_same(resumed, train(tmp_path / "unbroken", network(), steps=STEPS, **RAMP))


def test_one_call_takes_all_of_them_in_at_every_step(monkeypatch):
    calls = []
    averages = Averages(network(), 0.9, ramp=True)
    averages.on_fit_start(None, None)
    monkeypatch.setattr(torch, "_foreach_lerp_", lambda *given, **named: calls.append((len(given[0]), given[2])))
    for step in (1, 2):
        averages.on_train_batch_end(SimpleNamespace(global_step=step), *[None] * 4)
    assert calls == [(2, pytest.approx(9 / 11)), (2, pytest.approx(9 / 12))]
