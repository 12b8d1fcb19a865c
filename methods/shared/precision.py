"""Half precision is for networks: what is summed, squared or divided by afterwards is widened first."""

import torch
from torch import Tensor


def wide(dtype: torch.dtype) -> torch.dtype:
    """A dtype, or float32 in place of a narrower one."""
    return torch.promote_types(dtype, torch.float32)


def widened(values: Tensor) -> Tensor:
    """The same numbers, any shape, in single precision at least."""
    return values.to(wide(values.dtype))
