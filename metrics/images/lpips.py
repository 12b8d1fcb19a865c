"""LPIPS: how different two images look, by a network's features weighed as people judged them.

Zhang et al. 2018, arXiv:1801.03924, section 3: AlexNet, heads of version 0.1, images as large as they are.

The heads come with torchmetrics. AlexNet's own weights are torchvision's alexnet-owt-7be5be79.pth, whose name ends in
how its SHA-256 begins; say where it lies in the variable DIFFREP_ALEXNET_WEIGHTS, or as an argument. torchmetrics has
the metric too, but takes the network from torchvision, whose wheel breaks lightning beside a CPU build of torch.
"""

import functools
from pathlib import Path

import numpy as np
import torch
import torchmetrics
from torch import Tensor, nn

from diffrep.metrics.images.effnet_lite0 import MISSING
from diffrep.metrics.images.weights import checked_file, named_file
from diffrep.metrics.measured import Measured, missing

VARIABLE = "DIFFREP_ALEXNET_WEIGHTS"
SHA256 = "7be5be79"  # its first eight digits
LEAST_BYTES = 244_000_000  # of a whole file: 61 million numbers of four bytes
LEAST_SIDE = 31  # pixels: a smaller image has no pixel left at the last layers
CHANNEL_SHIFT, CHANNEL_SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)  # of channels in [-1, 1]
LAYERS = (1, 4, 7, 9, 11)  # of the features that are compared: after each rectifier
HEAD_WEIGHTS = Path(torchmetrics.__file__).parent / "functional" / "image" / "lpips_models" / "alex.pth"


@torch.no_grad()
def lpips(
    images: np.ndarray, decoded: np.ndarray, *, weights: Path | str | None = None, batch_size: int = 64
) -> Measured:
    """How different decoded images look from their originals, mean over images.

    images   [n, c, h, w] float in [0, 1], c 1 or 3, h and w at least 31; grey is shown as three equal channels
    decoded  the same shape; values outside [0, 1] are clamped
    weights  AlexNet's file, see above; by default where the environment says
    returns  `lpips`: at least 0 and seldom above 1, lower is better, 0 for equal images; chance is what the mean image
             or another image scores; nan with the reason "skipped: weights missing" where they are not on this machine
    arrays   `lpips` [n], where there are weights

    ValueError on unequal shapes, no images, values that are not finite, or a file that is not the weights.

    >>> grey = np.full((2, 3, 8, 8), 0.5)
    >>> lpips(grey, grey)
    Traceback (most recent call last):
    ValueError: images (2, 3, 8, 8) and decoded (2, 3, 8, 8): give the same [n, c, h, w], c 1 or 3, h and w 31 or more
    """
    _check(images, decoded)
    file = named_file(weights, VARIABLE)
    if file is None:
        return missing(["lpips"], MISSING)
    batches = [slice(i, i + batch_size) for i in range(0, len(images), batch_size)]
    found = np.concatenate([_distance(_network(file), _shown(images[b]), _shown(decoded[b])) for b in batches])
    return Measured({"lpips": found.mean()}, arrays={"lpips": found})


def alexnet_features() -> nn.Sequential:
    """AlexNet's convolutions, numbered as torchvision's, up to the last rectifier: [n, 3, h, w] -> [n, 256, h', w'].

    Krizhevsky 2014, arXiv:1404.5997, with untrained weights.

    >>> sum(values.numel() for values in alexnet_features().parameters())
    2469696
    """
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, stride=2),
        nn.Conv2d(192, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(),
    )


class _Network(nn.Module):
    """Features at every depth, unit-normalised over channels, and what each channel weighs."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        checked_file(weights, sha256=SHA256, least_bytes=LEAST_BYTES)
        state = torch.load(weights, map_location="cpu", weights_only=True)
        self.features = alexnet_features()
        prefix = "features."
        self.features.load_state_dict({k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)})
        heads = torch.load(HEAD_WEIGHTS, map_location="cpu", weights_only=True)
        self.heads = [heads[f"lin{i}.model.1.weight"][0] for i in range(len(LAYERS))]  # [channels, 1, 1] each
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> list[Tensor]:
        found = []
        for depth, layer in enumerate(self.features):
            x = layer(x)
            if depth in LAYERS:
                found.append(x / (x.square().sum(dim=1, keepdim=True).sqrt() + 1e-10))
        return found


@functools.cache
def _network(weights: Path) -> _Network:
    return _Network(weights)


def _distance(network: _Network, left: Tensor, right: Tensor) -> np.ndarray:
    """[n, 3, h, w] twice -> [n] float64: squared differences, weighed over channels, meant over places, summed."""
    pairs = zip(network.heads, network(left), network(right), strict=True)
    return sum((head * (a - b).square()).sum(dim=1).mean(dim=(1, 2)) for head, a, b in pairs).double().numpy()


def _shown(images: np.ndarray) -> Tensor:
    """[n, c, h, w] in [0, 1] -> [n, 3, h, w] as the network was trained to see them."""
    x = torch.as_tensor(images, dtype=torch.float32).clamp(0, 1).expand(-1, 3, -1, -1) * 2 - 1
    shift, scale = (torch.tensor(values).reshape(3, 1, 1) for values in (CHANNEL_SHIFT, CHANNEL_SCALE))
    return (x - shift) / scale


def _check(images: np.ndarray, decoded: np.ndarray) -> None:
    shape = images.shape
    fits = len(shape) == 4 and shape[0] and shape[1] in (1, 3) and min(shape[2:]) >= LEAST_SIDE
    if not fits or shape != decoded.shape:
        raise ValueError(
            f"images {shape} and decoded {decoded.shape}: "
            f"give the same [n, c, h, w], c 1 or 3, h and w {LEAST_SIDE} or more"
        )
    if not (np.isfinite(images).all() and np.isfinite(decoded).all()):
        raise ValueError("images hold values that are not finite: look at what wrote them")
