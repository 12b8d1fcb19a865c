"""Which weights a training keeps and validates: averaged or raw ones, some of them never averaged."""

import pytest
import torch
from tiny_training import OPTIMISER, Tiny, network, train

from diffrep.pipelines.core.errors import UserError


class Watching(Tiny):
    """Two layers that learn; notes the first one's weights at every validation."""

    def __init__(self):
        super().__init__()
        self.learned_too = torch.nn.Linear(4, 4)
        self.judged: list[torch.Tensor] = []

    def loss(self, images, noise):
        if not self.training:
            self.judged.append(self.learned.weight.detach().clone())
        return super().loss(images, noise) + self.learned_too(noise.flatten(1)).pow(2).mean()


@pytest.mark.parametrize("which", ["ema", "raw"])
def test_what_is_kept_is_what_is_validated(tmp_path, which):
    net = network(Watching)
    found = train(tmp_path, net, weights=which)
    kept = found.kept(OPTIMISER.model_copy(update={"weights": which}))
    assert kept is {"ema": found.ema, "raw": found.raw}[which]
    assert torch.equal(net.judged[-1], kept["learned.weight"])
    assert not torch.equal(found.ema["learned.weight"], found.raw["learned.weight"])


def test_raw_weights_are_trained_as_others_are(tmp_path):
    one, other = (train(tmp_path / which, network(Watching), weights=which) for which in ("ema", "raw"))
    for name, value in one.raw.items():
        assert torch.equal(other.raw[name], value)
        assert torch.equal(other.ema[name], one.ema[name])


@pytest.mark.parametrize("ramp", [True, False])
def test_a_submodule_may_stay_out_of_the_average(tmp_path, ramp):
    found = train(tmp_path / "some", network(Watching), unaveraged=("learned",), ema_ramp=ramp)
    every = train(tmp_path / "all", network(Watching), ema_ramp=ramp)
    assert torch.equal(found.ema["learned.weight"], found.raw["learned.weight"])
    assert torch.equal(found.ema["learned_too.weight"], every.ema["learned_too.weight"])
    assert not torch.equal(found.ema["learned_too.weight"], found.raw["learned_too.weight"])


def test_nothing_may_be_averaged(tmp_path):
    found = train(tmp_path, network(), unaveraged=("learned",), ema_ramp=True)
    assert torch.equal(found.ema["learned.weight"], found.raw["learned.weight"])


def test_a_submodule_that_is_not_there_is_one_line(tmp_path):
    with pytest.raises(UserError, match=r"unaveraged: Tiny trains no submodule 'learnt': did you mean 'learned'\?"):
        train(tmp_path, network(), unaveraged=("learnt",))


def test_a_training_may_have_a_precision_of_its_own(tmp_path):
    own = train(tmp_path / "own", network(), precision="bf16-mixed")
    machine = train(tmp_path / "machine", network(), machine={"precision": "bf16-mixed"})
    back = train(tmp_path / "back", network(), machine={"precision": "bf16-mixed"}, precision="32-true")
    whole = train(tmp_path / "whole", network())
    assert torch.equal(own.raw["learned.weight"], machine.raw["learned.weight"])
    assert torch.equal(back.raw["learned.weight"], whole.raw["learned.weight"])
    assert not torch.equal(own.raw["learned.weight"], whole.raw["learned.weight"])
