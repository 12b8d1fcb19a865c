"""What a training gives for its seed: weights, their average, curves, checkpoints, and one line where it diverges."""

from functools import partial

import numpy as np
import pytest
import torch
from tiny_training import IMAGES, Tiny, TinyDict, assert_same, network, train

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import expect_known_images, expect_norms_alike
from diffrep.pipelines.training.training import BY_STEPS


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory):
    return train(tmp_path_factory.mktemp("unbroken"), network())


def test_held_out_rows_of_other_arrays_are_refused():
    """On a device both are rows of the arrays that lie there."""
    pair = [Batches((IMAGES.copy(),), np.arange(30), 4, 0) for _ in range(2)]
    with pytest.raises(ValueError, match=r"^training and held-out rows must be of the same arrays$"):
        expect_known_images(*pair)


def test_batch_norm_in_two_processes_on_cpus_is_refused():
    norms = torch.nn.Sequential(torch.nn.BatchNorm1d(3))
    expect_norms_alike(norms, 1, "net")
    expect_norms_alike(network(), 2, "net")
    with pytest.raises(UserError, match=r"^net: batch norm cannot be shared by 2 processes on CPUs: set"):
        expect_norms_alike(norms, 2, "net")


def test_same_seed_same_weights(unbroken, tmp_path):
    assert_same(train(tmp_path, network()), unbroken)


def test_other_seed_other_weights(unbroken, tmp_path):
    other = train(tmp_path, network(), seed=1)
    assert not torch.equal(other.raw["learned.weight"], unbroken.raw["learned.weight"])


@pytest.mark.parametrize("steps", [3, 10, 13])
def test_the_last_checkpoint_is_at_the_last_step(tmp_path, steps):
    trained = train(tmp_path, network(), steps=steps)
    assert torch.load(tmp_path / "last.ckpt", weights_only=True)["global_step"] == steps
    assert trained.summary(4)["steps"] == steps
    assert trained.rows[-1]["valid_loss"] is not None


def test_checkpoints_change_no_weight(unbroken, tmp_path):
    other = train(tmp_path, network(), checkpoint_every=5)
    assert torch.equal(other.raw["learned.weight"], unbroken.raw["learned.weight"])


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
    assert all(torch.isfinite(value).all() for value in kept["state_dict"].values())


def test_a_loss_that_is_no_number_from_the_start_says_that_nothing_is_kept(tmp_path):
    with pytest.raises(UserError, match="between steps 0 and 2; no checkpoint was made"):
        train(tmp_path, network(Tiny, 0, lambda: float("inf")))


def test_frozen_parameters_stay_to_the_last_bit(tmp_path):
    net = network()
    before = {name: value.clone() for name, value in net.frozen.state_dict().items()}
    trained = train(tmp_path, net)
    for weights in (trained.ema, trained.raw):
        assert all(torch.equal(weights[f"frozen.{name}"], value) for name, value in before.items())


def test_tied_weights_stay_tied(tmp_path):
    class Tied(Tiny):
        """Two layers of one weight."""

        def __init__(self):
            super().__init__()
            self.frozen = self.learned

    trained = train(tmp_path, network(Tied))
    for weights in (trained.ema, trained.raw):
        assert torch.equal(weights["frozen.weight"], weights["learned.weight"])
    assert not torch.equal(trained.ema["learned.weight"], trained.raw["learned.weight"])


def test_what_is_no_parameter_is_not_averaged(tmp_path):
    class Counting(Tiny):
        """Counts its steps in a buffer."""

        def __init__(self):
            super().__init__()
            self.register_buffer("count", torch.zeros(1))

        def loss(self, images, noise):
            self.count += self.training
            return super().loss(images, noise)

    trained = train(tmp_path, network(Counting))
    assert trained.ema["count"] == trained.raw["count"] == 12


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


def test_learning_rate_warms_up_and_falls(tmp_path):
    rates = [row["learning_rate"] for row in train(tmp_path, network(), log_every=1, warmup=4).rows]
    assert rates[:4] == pytest.approx([0.0025, 0.005, 0.0075, 0.01])
    assert rates[3:] == sorted(rates[3:], reverse=True)
    assert rates[-1] == pytest.approx(0, abs=1e-9)


def test_summary_counts_images(unbroken):
    summary = unbroken.summary(batch_size=4)
    assert tuple(summary) == BY_STEPS
    assert (summary["steps"], summary["images_seen"]) == (12, 48)
    assert (summary["train_loss"], summary["valid_loss"]) == (
        unbroken.rows[-1]["loss"],
        unbroken.rows[-1]["valid_loss"],
    )


@pytest.mark.parametrize(("clip", "moves"), [(1e-14, False), (0.0, True)])
def test_gradients_are_clipped_as_the_settings_say(tmp_path, clip, moves):
    """To so little that the optimiser takes no step; 0 clips nothing."""
    found = train(tmp_path, network(), gradient_clip=clip, weight_decay=0.0, ema_decay=0.0).raw
    moved = (found["learned.weight"] - network().learned.weight).abs().max()
    assert (moved > 1e-4) == moves


@pytest.mark.parametrize("clip", [0.0, 1.0])
def test_it_trains_in_the_precision_of_the_machine(tmp_path, clip):
    whole, mixed = (
        train(tmp_path / precision, network(), machine={"precision": precision}, gradient_clip=clip)
        for precision in ("32-true", "bf16-mixed")
    )
    for one, other in ((whole.raw, mixed.raw), (whole.ema, mixed.ema)):
        assert 0 < (one["learned.weight"] - other["learned.weight"]).abs().max() < 0.05


class Plain(torch.nn.Module):
    """A denoiser of one layer, with chance."""

    def __init__(self):
        super().__init__()
        self.learned = torch.nn.Linear(4, 4)

    def draw(self, shape, generator):
        return {"noise": torch.randn(shape, generator=generator, device=generator.device)}

    def loss(self, images, noise):
        return (self.learned((images + noise).flatten(1)) - noise.flatten(1)).pow(2).mean()


def test_what_is_compiled_is_what_runs(tmp_path, monkeypatch):
    """One graph of training and one of validation, and each is called at every one of its steps."""
    graphs, calls = [], []

    def backend(graph, inputs):
        graphs.append(graph)
        return lambda *given: calls.append(graph) or graph.forward(*given)

    plain = train(tmp_path / "plain", network(Plain))
    torch.compiler.reset()
    monkeypatch.setattr(torch, "compile", partial(torch.compile, backend=backend))
    compiled = train(tmp_path / "compiled", network(Plain), machine={"compile": True})
    assert len(graphs) == 2
    assert len(calls) == 12 + 6
    torch.testing.assert_close(compiled.raw["learned.weight"], plain.raw["learned.weight"])
