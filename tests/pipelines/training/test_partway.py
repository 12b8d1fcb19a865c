"""Weights kept on the way are those that a training of so many steps would end with, also where it was killed."""

import numpy as np
import pytest
import torch
from safetensors.torch import save
from tiny_training import STEPS, KillError, Tiny, assert_same, interrupt, network, train

from diffrep.pipelines.core.trainings import steps_after

CHANGES = ({}, {"weights": "raw"}, {"ema_ramp": True}, {"checkpoint_every": 2}, {"schedule": "constant_with_warmup"})


def same(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.mark.parametrize(("seed", "steps"), [(0, 3), (1, 8)])
@pytest.mark.parametrize("changed", CHANGES, ids=str)
def test_half_of_a_training_is_a_training_of_half_the_steps(tmp_path, seed, steps, changed):
    settings = {"schedule": "constant", "seed": seed, **changed}
    whole = train(tmp_path / "whole", network(), 2 * steps, keep_after=[steps_after(0.5, 2 * steps)], **settings)
    half = train(tmp_path / "half", network(), steps, **settings)
    (kept,) = whole.partway.values()
    assert same(kept, half.raw if settings.get("weights") == "raw" else half.ema)
    assert not same(kept, whole.raw if settings.get("weights") == "raw" else whole.ema)


def test_keeping_changes_no_training(tmp_path):
    kept, plain = train(tmp_path / "kept", network(), keep_after=[3, 6]), train(tmp_path / "plain", network())
    assert list(kept.partway) == [3, 6]
    assert plain.partway == {}
    assert same(kept.raw, plain.raw)
    assert kept.rows == plain.rows


def test_after_the_last_step_they_are_the_whole_training_s(tmp_path):
    found = train(tmp_path, network(), keep_after=[STEPS])
    assert same(found.partway[STEPS], found.ema)


@pytest.mark.parametrize("at", [2, 5, 7, 10])
def test_a_killed_training_has_them_byte_by_byte(tmp_path, at):
    """Before the first of them, between, after both, and after a checkpoint that holds one."""
    unbroken = train(tmp_path / "unbroken", network(), keep_after=[3, 6])
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, at, interrupt), keep_after=[3, 6])
    resumed = train(tmp_path / "broken", network(), keep_after=[3, 6])
    assert_same(resumed, unbroken)
    assert [save(weights) for weights in resumed.partway.values()] == [save(w) for w in unbroken.partway.values()]


@pytest.mark.parametrize(("share", "steps", "after"), [(0.25, 490, 122), (0.5, 490, 245), (0.25, 1, 1), (1, 7, 7)])
def test_a_share_of_the_steps_is_the_nearest_number_and_at_least_one(share, steps, after):
    assert steps_after(share, steps) == after


def test_shares_that_rise_are_after_steps_that_do_not_fall():
    shares = np.linspace(0.01, 1, 50)
    assert all(np.diff([steps_after(share, steps) for share in shares]).min() >= 0 for steps in (1, 2, 3, 10, 999))
