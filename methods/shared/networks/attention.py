"""Self-attention over a map, as guided-diffusion's networks have it, and how their last layers start."""

from diffusers.models.attention_processor import Attention
from torch import nn

EPS = 1e-5


def self_attention(channels: int, *, heads: int, groups: int | None, eps: float = EPS) -> Attention:
    """GroupNorm, softmax attention, a projection that starts at zero, residual: [n, channels, h, w] to the same.

    groups, eps  of the norm; without groups there is none
    """
    attention = Attention(
        channels,
        heads=heads,
        dim_head=channels // heads,
        norm_num_groups=groups,
        eps=eps,
        bias=True,
        residual_connection=True,
    )
    zero(attention.get_submodule("to_out.0"))
    return attention


def zero(layer: nn.Module) -> None:
    """Set every weight and bias of `layer` to zero."""
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
