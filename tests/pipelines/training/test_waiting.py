"""No step of a training waits for the device: nothing is asked of it that the host needs an answer to."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_training import MACHINE, OPTIMISER
from torch.utils._python_dispatch import TorchDispatchMode

from diffrep.pipelines.contract.subject import subject
from diffrep.pipelines.core.params import load
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import fit

PARAMS = load(Path(__file__).parents[3])
SIDE = 16
IMAGES = np.random.default_rng(0).integers(0, 256, (20, SIDE, SIDE, 3), dtype=np.uint8)
ANSWERS = ("_local_scalar_dense", "nonzero", "unique", "masked_select", "is_nonzero", "equal.default")


class Waits(TorchDispatchMode):
    """Counts the operations whose result the host has to wait for."""

    def __init__(self):
        super().__init__()
        self.count = Counter()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = str(function)
        by_mask = "aten.index" in name and any(is_mask(each) for each in args[1] or ())
        self.count[name] += by_mask or any(answer in name for answer in ANSWERS)
        return function(*args, **(kwargs or {}))


def is_mask(index) -> bool:
    """Whether an index is truth values: how many are true decides the shape of what is found."""
    return isinstance(index, torch.Tensor) and index.dtype in (torch.bool, torch.uint8)


def waits(folder: Path, net, steps: int) -> int:
    """How often the host waits in a training of so many steps."""
    settings = OPTIMISER.model_copy(update={"batch_size": 2, "valid_images": 2, "log_every": 9, "checkpoint_every": 9})
    train, valid = (Batches((IMAGES,), np.arange(20), 2, 0) for _ in range(2))
    with Waits() as found:
        fit(net, train, valid, settings, MACHINE, steps=steps, seed=0, folder=folder, identity={}, title="waits")
    return found.count.total()


TRAINED = [name for name in PARAMS.methods if hasattr(subject(PARAMS, name, None, SIDE, 1).cls, "loss")]


@pytest.mark.parametrize("name", TRAINED)
def test_more_steps_wait_no_more(tmp_path, name):
    torch.set_num_threads(1)
    on = subject(PARAMS, name, None, SIDE, 1)
    counts = [waits(tmp_path / str(steps), on.build()[0], steps) for steps in (2, 4)]
    assert counts[0] == counts[1] > 0


def test_a_step_that_waits_is_found(tmp_path):
    on = subject(PARAMS, "vae", None, SIDE, 1)

    def waiting(net):
        plain = net.posterior

        def posterior(images):
            mean, log_variance = plain(images)
            return mean, log_variance + float(mean.mean() > 1e9)

        net.posterior = posterior
        return net

    counts = [waits(tmp_path / str(steps), waiting(on.build()[0]), steps) for steps in (2, 4)]
    assert counts[1] == counts[0] + 2
