"""What a training step costs: of networks small enough to count by hand, and against what a real step keeps."""

import pytest
import torch
from torch import nn

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.pipelines.presets.flops import Calls, Kept, cost
from diffrep.pipelines.trained.buildable import state, total, trained
from diffrep.pipelines.trained.given import drawn_loss

NETWORK = DPMSettings((32, 64), 1, (), 16, 0.0, 1, "epsilon")


class Linear(nn.Module):
    """One trained and one frozen map of 3 x 2 x 2 images, the frozen one first."""

    def __init__(self):
        super().__init__()
        self.frozen, self.trained = nn.Linear(12, 5), nn.Linear(5, 7)
        self.frozen.requires_grad_(False)

    def draw(self, shape, generator):
        return {"noise": torch.randn(shape, generator=generator, device=generator.device)}

    def loss(self, images, noise):
        return {"loss": self.trained(self.frozen(images.flatten(1))).sum()}


def test_cost_of_two_linear_maps():
    with torch.device("meta"):
        step = cost(Linear(), (3, 2, 2), batch_size=10)
    frozen, trained = 12 * 5, 5 * 7
    assert step.flops == 2 * 10 * (frozen + trained + trained)  # forward, forward, the weight's gradient
    assert step.state == 4 * (frozen + 5 + trained + 7 + 4 * (trained + 7))
    assert step.activations == 4 * 10 * 5  # the input of the trained map, which its gradient needs


def test_what_is_kept_is_what_a_real_training_step_keeps():
    torch.set_num_threads(1)
    network = BaseDPM((3, 16, 16), network=NETWORK)
    network.unet.mid_block.attentions[0] = nn.Identity()  # keeps other things on another device
    network.unet.mid_block.attentions[0].forward = lambda h, temb=None: h
    kept = Kept(network)
    with torch.autograd.graph.saved_tensors_hooks(kept.keep, lambda tensor: tensor):
        drawn_loss(network, (torch.zeros(4, 3, 16, 16),), torch.Generator())
    with torch.device("meta"):
        step = cost(network.to("meta"), (3, 16, 16), batch_size=4)
    assert step.activations == pytest.approx(kept.bytes, rel=0.01)


def test_parameters_are_counted_with_and_without_the_frozen():
    network = Linear()
    assert total(network) == (12 * 5 + 5) + (5 * 7 + 7)
    assert trained(network) == 5 * 7 + 7


def test_a_buffer_is_kept_once_and_has_no_gradient():
    network = nn.BatchNorm1d(3, affine=False)  # its mean, its variance, and one count
    assert (total(network), trained(network)) == (0, 0)
    assert state(network) == 4 * (3 + 3 + 1)


def test_every_operation_is_one_call():
    numbers = torch.ones(3)
    with Calls() as calls:
        (numbers + 1).exp().sum()
    assert calls.count == 3


def test_one_storage_is_kept_once_and_a_networks_own_not_at_all():
    network, numbers = nn.Linear(4, 2), torch.zeros(6)
    kept = Kept(network)
    for tensor in (network.weight, numbers, numbers[2:4], numbers.view(2, 3)):
        assert kept.keep(tensor) is tensor
    assert kept.bytes == 4 * 6
