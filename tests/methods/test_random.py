"""The control of an untrained encoder."""

import torch

from diffrep.methods.random import RandomEncoder
from diffrep.methods.shared.networks.encoder import EncoderSettings


def random_encoder():
    torch.manual_seed(0)
    return RandomEncoder((3, 16, 16), code_dim=8, encoder=EncoderSettings("conv", (32, 64), 8))


def test_untrained_encoder_is_set_by_the_seed():
    pictures = torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    assert torch.equal(random_encoder().encode(pictures)["z"], random_encoder().encode(pictures)["z"])


def test_untrained_encoder_tells_images_apart():
    codes = random_encoder().encode(torch.rand(3, 3, 16, 16, generator=torch.Generator().manual_seed(1)))["z"]
    assert (codes.shape, (codes.std(0) > 0).all().item()) == ((3, 8), True)


def test_it_needs_nothing_and_says_what_it_cannot_do():
    assert (RandomEncoder.needs, RandomEncoder.parts, hasattr(RandomEncoder, "loss")) == ((), [], False)
    assert RandomEncoder.cannot.keys() == {"decode", "invert", "denoise"}
    assert not any(hasattr(RandomEncoder, name) for name in RandomEncoder.cannot)
