"""The feature extractors whose weights are on this machine: what distances to real images are measured on."""

import functools
from collections.abc import Callable

import numpy as np
import torch

from diffrep.metrics.images import effnet_lite0, inception
from diffrep.metrics.images.inception_network import SIDE
from diffrep.pipelines.trained.pieces import in_pieces

Extractor = Callable[[np.ndarray], np.ndarray]  # [n, h, w, c] uint8 -> [n, d]


def extractors(device: torch.device) -> dict[str, Extractor]:
    """EfficientNet-lite0, where its package is installed; Inception, where the environment names its weights.

    Both at work on `device`. FileNotFoundError where the environment names no file.
    """
    found: dict[str, Extractor] = {}
    if effnet_lite0.weights_installed():
        size, pixels = effnet_lite0.BATCH, effnet_lite0.SIZE**2
        found["effnet_lite0"] = piecewise(effnet_lite0.features, "effnet_lite0", pixels, size, device)
    weights = inception.weights_file()
    if weights is not None:
        features = functools.partial(inception.inception_features, weights=weights)
        found["inception"] = piecewise(features, "inception", SIDE**2, inception.BATCH, device)
    return found


def piecewise(
    features: Callable[..., np.ndarray], what: str, pixels: int, size: int, device: torch.device
) -> Extractor:
    """`features` of any number of images: on a CPU `size` of them at a time, on a GPU as many as fit.

    pixels  of an image as the network sees it
    """

    def of_images(images: np.ndarray) -> np.ndarray:
        def of_piece(part: slice) -> np.ndarray:
            piece = images[part]
            return features(piece, batch_size=len(piece), device=str(device))

        return np.concatenate(
            list(in_pieces(of_piece, len(images), what=what, pixels=pixels, size=size, device=device))
        )

    return of_images


def expect_extractors() -> None:
    """Raise ValueError or FileNotFoundError where the environment names weights that are not those of Inception."""
    weights = inception.weights_file()
    if weights is not None:
        inception.expect_weights(weights)
