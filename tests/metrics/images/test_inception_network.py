"""The Inception network, as the weights of 2015 want it."""

import pytest
import torch

from diffrep.metrics.images.inception_network import FEATURES, SIDE, Inception


@pytest.fixture(scope="module")
def network():
    torch.set_num_threads(1)
    return Inception().eval()


def test_the_network_has_the_numbers_of_the_real_one(network):
    assert sum(values.numel() for values in network.parameters()) == 23_850_960
    assert network.Mixed_6e.branch7x7dbl_4.conv.weight.shape == (192, 192, 7, 1)


def test_average_pooling_leaves_the_border_out(network):
    pooled = network.Mixed_5b.pool(torch.ones(1, 1, 4, 4))
    assert torch.equal(pooled, torch.ones(1, 1, 4, 4))
    assert network.Mixed_7c.pool(torch.arange(9.0).reshape(1, 1, 3, 3))[0, 0, 0, 0] == 4


def test_features_are_the_mean_over_places_of_the_last_block(network):
    images = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    seen = []
    hook = network.Mixed_7c.register_forward_hook(lambda module, given, found: seen.append(found))
    with torch.no_grad():
        features = network(images)
    hook.remove()
    assert features.shape == (1, FEATURES)
    torch.testing.assert_close(features, seen[0].mean(dim=(2, 3)))
