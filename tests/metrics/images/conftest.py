"""One file of random Inception weights for all tests of this folder."""

import pytest
import torch
from inception_weights import random_weights, take_for_real


@pytest.fixture(scope="session")
def random_inception(tmp_path_factory):
    """The file, and how its checksum begins."""
    path = tmp_path_factory.mktemp("inception") / "weights.pth"
    yield path, random_weights(path)
    path.unlink()  # 96 MB


@pytest.fixture
def weights(random_inception, monkeypatch):
    """The file, taken for the real one."""
    torch.set_num_threads(1)
    take_for_real(monkeypatch, random_inception[1])
    return random_inception[0]
