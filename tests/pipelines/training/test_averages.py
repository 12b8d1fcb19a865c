"""The averaged weights: where they lie, what they hold, and that weights are theirs again after validation."""

import torch
from tiny_training import Tiny, network, train
from torch import nn

from diffrep.pipelines.training.averages import Averages

NO_CALL = (None,) * 5


def begun(net: nn.Module, decay: float) -> Averages:
    """The averages of a training that has just begun."""
    averages = Averages(net, decay)
    averages.on_fit_start(*NO_CALL[:2])
    return averages


def step(averages: Averages, net: nn.Module, value: float) -> None:
    """Set all that is trained to `value` and take it in."""
    for parameter in net.parameters():
        parameter.data.fill_(value if parameter.requires_grad else -1)
    averages.on_train_batch_end(*NO_CALL)


def test_the_average_begins_with_the_first_step_and_is_exponential():
    net = network()
    averages = begun(net, 0.75)
    for value in (1.0, 2.0, 4.0):
        step(averages, net, value)
    expected = 0.75 * (0.75 * 1 + 0.25 * 2) + 0.25 * 4
    assert averages.values.keys() == {"learned.weight", "learned.bias"}
    assert all((value == expected).all() for value in averages.values.values())


def test_averages_lie_where_the_weights_are_moved_to():
    """Lightning moves the model between making the callbacks and beginning to fit."""
    net = network()
    averages, fresh = Averages(net, 0.9), Averages(net, 0.9)
    averages.load_state_dict({"learned.weight": torch.zeros(4, 4)})  # of a checkpoint, in the host's memory
    net.to("meta")
    averages.on_fit_start(*NO_CALL[:2])
    assert averages.values["learned.weight"].is_meta
    fresh.on_fit_start(*NO_CALL[:2])
    fresh.on_train_batch_end(*NO_CALL)
    fresh.on_train_batch_end(*NO_CALL)
    assert {value.device.type for value in fresh.values.values()} == {"meta"}


def test_while_it_is_validated_the_network_has_the_averages_and_then_its_weights_again():
    net = network()
    averages = begun(net, 0.5)
    step(averages, net, 1.0)
    step(averages, net, 3.0)
    before = net.learned.weight.data_ptr()
    averages.on_validation_epoch_start(*NO_CALL[:2])
    assert (net.learned.weight == 2).all()
    averages.on_validation_epoch_end(*NO_CALL[:2])
    assert (net.learned.weight == 3).all()
    assert (averages.values["learned.weight"] == 2).all()
    assert net.learned.weight.data_ptr() == before


def test_a_training_is_validated_with_the_averages(tmp_path, monkeypatch):
    seen = []

    class Watching(Tiny):
        def loss(self, images, noise):
            if not self.training:
                seen.append(self.learned.weight.detach().clone())
            return super().loss(images, noise)

    found = train(tmp_path, network(Watching))
    assert torch.equal(seen[-1], found.ema["learned.weight"])
    assert not torch.equal(seen[-1], found.raw["learned.weight"])


def test_one_call_takes_all_of_them_in(monkeypatch):
    calls = []
    monkeypatch.setattr(torch, "_foreach_lerp_", lambda *given, **named: calls.append(len(given[0])))
    averages = begun(network(), 0.9)
    for _ in range(3):
        averages.on_train_batch_end(*NO_CALL)
    assert calls == [2, 2]
