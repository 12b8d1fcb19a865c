"""Self-attention over a map: the formula written out, and its start."""

import torch
import torch.nn.functional as F
from torch import nn

from diffrep.methods.shared.networks.attention import self_attention, zero


def test_it_is_softmax_attention_of_normed_places_added_to_the_map():
    torch.manual_seed(0)
    module, x = self_attention(8, heads=2, groups=4), torch.randn(2, 8, 3, 5)
    for parameter in module.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    h = F.group_norm(x, 4, module.group_norm.weight, module.group_norm.bias, 1e-5).flatten(2).mT
    query, key, value = (
        layer(h).unflatten(2, (2, 4)).transpose(1, 2) for layer in (module.to_q, module.to_k, module.to_v)
    )
    mixed = ((query @ key.mT / 2).softmax(3) @ value).transpose(1, 2).flatten(2)  # 2: the root of 4 dims a head
    torch.testing.assert_close(module(x), x + module.to_out[0](mixed).mT.view(x.shape))


def test_at_first_it_changes_nothing():
    module, x = self_attention(8, heads=1, groups=4), torch.randn(2, 8, 3, 5)
    assert torch.equal(module(x), x)


def test_zero_takes_weights_and_biases():
    layer = nn.Conv2d(2, 3, 3)
    zero(layer)
    assert not layer.weight.any()
    assert not layer.bias.any()
