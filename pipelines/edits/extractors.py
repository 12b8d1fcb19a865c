"""The feature extractors whose weights are on this machine: what distances to real images are measured on."""

from collections.abc import Callable

import numpy as np

from diffrep.metrics.images import effnet_lite0
from diffrep.metrics.images.inception import expect_weights, inception_features, weights_file

Extractor = Callable[[np.ndarray], np.ndarray]  # [n, h, w, c] uint8 -> [n, d]


def extractors() -> dict[str, Extractor]:
    """EfficientNet-lite0, where its package is installed; Inception, where the environment names its weights.

    FileNotFoundError where it names no file.
    """
    found: dict[str, Extractor] = {}
    if effnet_lite0.weights_installed():
        found["effnet_lite0"] = effnet_lite0.features
    weights = weights_file()
    if weights is not None:
        found["inception"] = lambda images: inception_features(images, weights=weights)
    return found


def expect_extractors() -> None:
    """Raise ValueError or FileNotFoundError where the environment names weights that are not those of Inception."""
    weights = weights_file()
    if weights is not None:
        expect_weights(weights)
