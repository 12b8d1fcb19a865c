"""No step of a training waits for the device: nothing is asked of it that the host needs an answer to."""

from collections import Counter
from pathlib import Path

import pytest
import torch
from tiny_methods import TRAINED, built, train
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

ANSWERS = ("_local_scalar_dense", "nonzero", "unique", "masked_select", "is_nonzero", "equal.default")


COPIES = (  # from the host's memory, or to it
    *(torch.tensor, torch.as_tensor),
    *(torch.Tensor.cpu, torch.Tensor.numpy, torch.Tensor.tolist, torch.Tensor.item, torch.Tensor.__float__),
)


class Copies(TorchFunctionMode):
    """Counts what is copied between the memories of host and device, which on a CPU are one."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        places = (*args[1:], *(kwargs or {}).values())
        to_host = function is torch.Tensor.to and any(isinstance(each, str) and each == "cpu" for each in places)
        self.count += function in COPIES or to_host
        return function(*args, **(kwargs or {}))


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
    with Waits() as found, Copies() as copies:
        train(folder, net, steps, batch_size=2, valid_images=2, log_every=9)
    return found.count.total() + copies.count


@pytest.mark.parametrize("name", TRAINED)
def test_more_steps_wait_no_more(tmp_path, name):
    counts = [waits(tmp_path / str(steps), built(name), steps) for steps in (1, 2)]
    assert counts[0] == counts[1] > 0


ASKS = {
    "a number": lambda mean: float(mean.mean() > 1e9),
    "a list": lambda mean: mean.mean(1).tolist()[0] * 0,
    "an array": lambda mean: torch.zeros(()) * mean.detach().cpu().numpy().size,
    "the host": lambda mean: 0 * mean.to("cpu"),
    "a constant": lambda mean: torch.tensor([0.0], device=mean.device),
}


@pytest.mark.parametrize("what", ASKS)
def test_a_step_that_waits_is_found(tmp_path, what):
    def waiting(net):
        plain = net.posterior

        def posterior(images):
            mean, log_variance = plain(images)
            return mean, log_variance + ASKS[what](mean)

        net.posterior = posterior
        return net

    counts = [waits(tmp_path / str(steps), waiting(built("vae")), steps) for steps in (1, 2)]
    assert counts[1] > counts[0]
