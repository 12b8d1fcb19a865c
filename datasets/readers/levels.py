"""Images of any numbers as bytes, where that loses nothing."""

from typing import Literal

import numpy as np

Levels = Literal["bytes", "zero_to_one", "minus_one_to_one"]
RANGES = {"zero_to_one": (0.0, 1.0), "minus_one_to_one": (-1.0, 1.0), "bytes": (0.0, 255.0)}  # the narrowest first
RULES = {
    "bytes": "images.round().astype(np.uint8)",
    "zero_to_one": "(255 * images).round().astype(np.uint8)",
    "minus_one_to_one": "(127.5 * (images + 1)).round().astype(np.uint8)",
}
BETWEEN = {"e": 0.2, "f": 1e-3, "d": 1e-3}  # of a level, by numpy's letter for the kind of number: what rounding makes


def fault_of_levels(images: np.ndarray, levels: Levels) -> str | None:
    """What keeps these images from being bytes, in words; None where nothing does."""
    if images.dtype.kind not in "buif":
        return f"is {images.dtype}, which are no numbers: bytes [n, h, w, c], uint8, would do"
    if not images.size or (images.dtype == np.uint8 and levels == "bytes"):
        return None
    low, high = float(images.min()), float(images.max())
    if not np.isfinite([low, high]).all():
        return "has numbers that are not finite"
    least, most = RANGES[levels]
    if low < least or high > most or (levels == "bytes" and high <= 1 and (images != np.rint(images)).any()):
        fits = next((name for name, (a, b) in RANGES.items() if a <= low and high <= b), None)
        return f"goes from {low:g} to {high:g}, and levels is {levels}: " + (fits or "bytes, 0 to 255,") + " would do"
    exact = _exact(images, levels)
    off = np.abs(exact - np.rint(exact))
    if off.max() <= BETWEEN.get(images.dtype.char, 1e-3):
        return None
    return f"lies between bytes, as at {exact.flat[off.argmax()]:.2f}: if rounding will do, {RULES[levels]}"


def as_levels(images: np.ndarray, levels: Levels) -> np.ndarray:
    """The same as bytes; to be asked of images without a fault."""
    return (
        images if images.dtype == np.uint8 and levels == "bytes" else np.rint(_exact(images, levels)).astype(np.uint8)
    )


def _exact(images: np.ndarray, levels: Levels) -> np.ndarray:
    least, most = RANGES[levels]
    return (images.astype(np.float64) - least) * (255 / (most - least))
