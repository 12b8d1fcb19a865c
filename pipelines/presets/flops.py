"""What a training step costs, measured on shapes alone: the meta device has every size and no numbers."""

from dataclasses import dataclass
from typing import Any

import torch
from lightning_utilities.core.apply_func import apply_to_collection
from torch import Tensor, nn
from torch.autograd.graph import saved_tensors_hooks
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from diffrep.pipelines.trained.buildable import META, state
from diffrep.pipelines.trained.given import chance


@dataclass(frozen=True)
class Cost:
    """One training step of a batch.

    flops        of the batch, a multiplication and an addition counted apart; what is frozen counts forward only
    state        bytes of weights and buffers; of what is trained gradients, Adam's two moments and the averages
    activations  bytes that the forward pass keeps for the backward pass, in float32
    operations   how many of PyTorch's operations are called, forward and backward
    """

    flops: int
    state: int
    activations: int
    operations: int


def cost(network: Any, image_shape: tuple[int, int, int], batch_size: int) -> Cost:
    """The cost of a step of `network`, which lies on the meta device."""
    network.train()
    kept, calls = Kept(network), Calls()
    hooks = saved_tensors_hooks(kept.keep, lambda tensor: tensor)
    drawn = chance(network, torch.Size((batch_size, *image_shape)), torch.Generator())  # meta has no generator
    with META, FlopCounterMode(display=False) as counter, calls, hooks:
        images = torch.empty(batch_size, *image_shape)
        loss = network.loss(images, **apply_to_collection(drawn, torch.Tensor, torch.Tensor.to, "meta"))
        (loss["loss"] if isinstance(loss, dict) else loss).backward()
    return Cost(counter.get_total_flops(), state(network), kept.bytes, calls.count)


class Calls(TorchDispatchMode):
    """Counts the operations called inside the block."""

    count = 0

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Count one and let it happen."""
        self.count += 1
        return function(*args, **(kwargs or {}))


class Kept:
    """Counts the bytes that autograd keeps, each storage once, the network's own not at all."""

    def __init__(self, network: nn.Module) -> None:
        self.storages: dict[int, Any] = {}  # the storages themselves: were they freed, their keys could come again
        self.own = {_key(tensor) for tensor in (*network.parameters(), *network.buffers())}

    def keep(self, tensor: Tensor) -> Tensor:
        """Take note of a tensor that is saved for the backward pass."""
        if _key(tensor) not in self.own:
            self.storages[_key(tensor)] = tensor.untyped_storage()
        return tensor

    @property
    def bytes(self) -> int:
        """All that was kept."""
        return sum(storage.nbytes() for storage in self.storages.values())


def _key(tensor: Tensor) -> int:
    return tensor.untyped_storage()._cdata
