"""A training that was killed ends with the very weights and curves of one that was not."""

import dataclasses
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from diffrep.pipelines.batches import Batches
from diffrep.pipelines.errors import UserError
from diffrep.pipelines.sections import Machine, Optimiser
from diffrep.pipelines.trainer import Trained, fit

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 2, 2, 1), dtype=np.uint8)
OPTIMISER = Optimiser(
    batch_size=4,
    learning_rate=0.01,
    warmup=2,
    schedule="cosine",
    beta2=0.99,
    weight_decay=0.01,
    gradient_clip=1.0,
    ema_decay=0.9,
    log_every=2,
    checkpoint_every=4,
    valid_images=8,
)
MACHINE = Machine(
    device="cpu", devices=1, nodes=1, precision="32-true", threads=1, workers=0, compile=False, channels_last=False
)
STEPS = 12


class KillError(Exception):
    """The kill that a test gives."""


class Tiny(nn.Module):
    """A linear denoiser with dropout, a frozen layer and a buffer; step number `at` is met by `blow`."""

    def __init__(self, at: int | None = None, blow=None):
        super().__init__()
        self.learned, self.frozen, self.dropout = nn.Linear(4, 4), nn.Linear(4, 4), nn.Dropout(0.2)
        self.frozen.requires_grad_(False)
        self.at, self.blow, self.steps = at, blow, 0

    def loss(self, images: Tensor, generator: torch.Generator) -> Tensor:
        noise = torch.randn(images.shape, generator=generator)
        factor = 1.0
        if self.training:
            factor = self.blow() if self.steps == self.at else 1.0
            self.steps += 1
        return (
            factor
            * (self.frozen(self.dropout(self.learned((images + noise).flatten(1)))) - noise.flatten(1)).pow(2).mean()
        )


class TinyDict(Tiny):
    """The same, telling its loss by name."""

    def loss(self, images: Tensor, generator: torch.Generator) -> dict[str, Tensor]:
        loss = super().loss(images, generator)
        return {"loss": loss, "other": loss * 2}


def interrupt() -> float:
    raise KillError


def network(cls=Tiny, *args) -> nn.Module:
    torch.manual_seed(0)
    return cls(*args)


def train(folder: Path, net: nn.Module, steps: int = STEPS, seed: int = 0, workers: int = 0, **changed) -> Trained:
    torch.set_num_threads(1)
    settings, machine = dataclasses.replace(OPTIMISER, **changed), dataclasses.replace(MACHINE, workers=workers)
    train, valid = (Batches((IMAGES,), rows, 4, seed) for rows in (np.arange(50), np.arange(50, 60)))
    identity = {"seed": seed, "settings": vars(settings)}
    return fit(
        net, train, valid, settings, machine, steps=steps, seed=seed, folder=folder, identity=identity, title="tiny"
    )


def assert_same(first: Trained, second: Trained) -> None:
    for name in ("ema", "raw"):
        one, other = getattr(first, name), getattr(second, name)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[key], other[key]) for key in one), name
    assert first.rows == second.rows


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Trained:
    return train(tmp_path_factory.mktemp("unbroken"), network())


def test_same_seed_same_weights(unbroken, tmp_path):
    assert_same(train(tmp_path, network()), unbroken)


def test_other_seed_other_weights(unbroken, tmp_path):
    other = train(tmp_path, network(), seed=1)
    assert not torch.equal(other.raw["learned.weight"], unbroken.raw["learned.weight"])


@pytest.mark.parametrize("at", [1, 4, 6, 11])
def test_interrupted_then_resumed_is_as_if_unbroken(unbroken, tmp_path, at):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, at, interrupt))
    assert_same(train(tmp_path, network()), unbroken)


@pytest.mark.parametrize(("log_every", "checkpoint_every"), [(5, 4), (3, 7), (100, 4)])
def test_resumed_curves_are_whole_whatever_the_intervals(tmp_path, log_every, checkpoint_every):
    changed = {"log_every": log_every, "checkpoint_every": checkpoint_every}
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, 9, interrupt), **changed)
    resumed = train(tmp_path / "broken", network(), **changed)
    assert_same(resumed, train(tmp_path / "unbroken", network(), **changed))


def test_batches_read_ahead_by_other_processes_resume_alike(unbroken, tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 6, interrupt), workers=1)
    assert_same(train(tmp_path, network(), workers=1), unbroken)


KILLED = """
import importlib.util, os, pathlib, signal, sys
spec = importlib.util.spec_from_file_location("cases", {file!r})
cases = importlib.util.module_from_spec(spec)
sys.modules["cases"] = cases
spec.loader.exec_module(cases)
cases.train(pathlib.Path({folder!r}), cases.network(cases.Tiny, 6, lambda: os.kill(os.getpid(), signal.SIGKILL)))
"""


def test_killed_then_resumed_is_as_if_unbroken(unbroken, tmp_path):
    script = KILLED.format(file=__file__, folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "last.ckpt").exists()
    assert_same(train(tmp_path, network()), unbroken)


def test_resumed_run_starts_from_the_checkpoint(tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt))
    resumed = network()
    train(tmp_path, resumed)
    assert resumed.steps == STEPS - 8


def test_killed_between_the_last_step_and_the_results_trains_no_step_again(unbroken, tmp_path):
    train(tmp_path, network())
    again = network()
    assert_same(train(tmp_path, again), unbroken)
    assert again.steps == 0


@pytest.mark.parametrize("steps", [3, 10, 13])
def test_the_last_checkpoint_is_at_the_last_step(tmp_path, steps):
    trained = train(tmp_path, network(), steps=steps)
    assert torch.load(tmp_path / "last.ckpt", weights_only=True)["global_step"] == steps
    assert trained.summary(4)["steps"] == steps
    assert trained.rows[-1]["valid_loss"] is not None


@pytest.mark.parametrize("steps", [10, 13])
def test_steps_that_fill_no_whole_chunk_resume_too(tmp_path, steps):
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, steps - 1, interrupt), steps=steps)
    assert_same(
        train(tmp_path / "broken", network(), steps=steps), train(tmp_path / "unbroken", network(), steps=steps)
    )


def test_checkpoints_change_no_weight(unbroken, tmp_path):
    other = train(tmp_path, network(), checkpoint_every=5)
    assert torch.equal(other.raw["learned.weight"], unbroken.raw["learned.weight"])


def test_a_checkpoint_of_other_settings_is_thrown_away(tmp_path, capsys):
    with pytest.raises(KillError):
        train(tmp_path / "broken", network(Tiny, 9, interrupt), learning_rate=0.02)
    fresh = train(tmp_path / "broken", network())
    assert "tiny: settings, code or data changed, starting afresh" in capsys.readouterr().err
    assert_same(fresh, train(tmp_path / "unbroken", network()))


def test_a_checkpoint_that_lost_its_settings_is_thrown_away(unbroken, tmp_path):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt), learning_rate=0.02)
    (tmp_path / "settings.json").unlink()
    assert_same(train(tmp_path, network()), unbroken)


def test_a_cut_off_checkpoint_is_said_and_thrown_away(unbroken, tmp_path, capsys):
    with pytest.raises(KillError):
        train(tmp_path, network(Tiny, 9, interrupt))
    os.truncate(tmp_path / "last.ckpt", 500)
    assert_same(train(tmp_path, network()), unbroken)
    assert "last.ckpt is cut off, starting afresh" in capsys.readouterr().err


@pytest.mark.parametrize(("log_every", "told"), [(2, "between steps 4 and 6"), (100, "between steps 4 and 8")])
def test_a_loss_that_is_no_number_is_one_line_naming_the_steps(tmp_path, log_every, told):
    with pytest.raises(
        UserError, match=rf"^tiny: the loss became nan {told}; the checkpoint of step 4 is kept: lower the learning"
    ):
        train(tmp_path, network(Tiny, 5, lambda: float("nan")), log_every=log_every)


@pytest.mark.parametrize("log_every", [2, 100])
def test_a_loss_that_is_no_number_leaves_the_checkpoint_before_it(tmp_path, log_every):
    with pytest.raises(UserError):
        train(tmp_path, network(Tiny, 5, lambda: float("nan")), log_every=log_every)
    kept = torch.load(tmp_path / "last.ckpt", weights_only=True)
    assert kept["global_step"] == 4
    assert all(torch.isfinite(value).all() for value in kept["current_model_state"].values())


def test_a_loss_that_is_no_number_from_the_start_says_that_nothing_is_kept(tmp_path):
    with pytest.raises(UserError, match="between steps 0 and 2; no checkpoint was made"):
        train(tmp_path, network(Tiny, 0, lambda: float("inf")))


def test_frozen_parameters_stay_to_the_last_bit(tmp_path):
    net = network()
    before = {name: value.clone() for name, value in net.frozen.state_dict().items()}
    trained = train(tmp_path, net)
    for weights in (trained.ema, trained.raw):
        assert all(torch.equal(weights[f"frozen.{name}"], value) for name, value in before.items())


def test_learned_parameters_move(unbroken):
    assert not torch.equal(unbroken.raw["learned.weight"], network().learned.weight)


def test_averaged_weights_are_not_the_last_ones(unbroken):
    assert not torch.equal(unbroken.ema["learned.weight"], unbroken.raw["learned.weight"])


def test_average_is_the_exponential_one(tmp_path):
    """Averaging starts as a copy of the weights after the first step."""
    states = [train(tmp_path / str(n), network(), steps=n, schedule="constant").raw for n in (1, 2, 3)]
    average = states[0]["learned.weight"]
    for state in states[1:]:
        average = 0.9 * average + 0.1 * state["learned.weight"]
    found = train(tmp_path / "3", network(), steps=3, schedule="constant").ema["learned.weight"]
    torch.testing.assert_close(found, average, rtol=0, atol=1e-7)


def test_a_loss_told_by_name_trains_alike(unbroken, tmp_path):
    assert_same(train(tmp_path, network(TinyDict)), unbroken)


def test_weights_have_the_networks_own_names(unbroken):
    network().load_state_dict(unbroken.ema)


def test_curves_have_a_point_at_every_interval(unbroken):
    assert [row["step"] for row in unbroken.rows] == [2, 4, 6, 8, 10, 12]
    assert [row["step"] for row in unbroken.rows if row["valid_loss"] is not None] == [4, 8, 12]


def test_learning_rate_warms_up_and_falls(unbroken):
    rates = [row["learning_rate"] for row in unbroken.rows]
    assert rates[0] == max(rates) == pytest.approx(0.01)
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0, abs=1e-9)


def test_summary_counts_images(unbroken):
    summary = unbroken.summary(batch_size=4)
    assert (summary["steps"], summary["images_seen"]) == (12, 48)
    assert (summary["train_loss"], summary["valid_loss"]) == (
        unbroken.rows[-1]["loss"],
        unbroken.rows[-1]["valid_loss"],
    )
