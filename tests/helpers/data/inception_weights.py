"""A file of random weights for the Inception network: of the size and names of the real one."""

import hashlib

import torch

from diffrep.metrics.images import inception
from diffrep.metrics.images.inception_network import Inception


def random_weights(path):
    """Write the file, small enough numbers in it for features near 1, and return how its checksum begins."""
    generator = torch.Generator().manual_seed(0)
    state = Inception().state_dict()
    for name, values in state.items():
        if name.endswith("conv.weight"):
            values.normal_(0.0, (2 / values[0].numel()) ** 0.5, generator=generator)
        elif name.endswith(("running_mean", "bn.bias")):
            values.normal_(0.0, 0.1, generator=generator)
    torch.save(state, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


def take_for_real(monkeypatch, checksum):
    """Let the package take a file of this checksum for the weights."""
    monkeypatch.setattr(inception, "SHA256", checksum)
    inception._network.cache_clear()
