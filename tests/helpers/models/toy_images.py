"""Images and noise of the size that methods at a toy size take, and networks moved away from how they begin."""

import torch

SHAPE = (3, 16, 16)


def images(count=4, seed=2):
    return torch.rand(count, *SHAPE, generator=seeded(seed)) * 2 - 1


def noise(count=4, seed=3):
    return torch.randn(count, *SHAPE, generator=seeded(seed))


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def stir(module, scale=0.05):
    """Away from the zeros that a fresh network ends in."""
    torch.manual_seed(1)
    for parameter in module.parameters():
        parameter.data += scale * torch.randn_like(parameter)
    return module
