"""How close decoded images come to their originals: MSE, PSNR and SSIM.

SSIM: Wang et al. 2004; Gaussian window 11 x 11 of sigma 1.5, k1 0.01, k2 0.03, per channel, then the mean.
"""

from typing import Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torchmetrics.functional.image import structural_similarity_index_measure

from diffrep.metrics.measured import Measured

MAX_PSNR = 100.0  # dB: what an exact copy gets instead of infinity
MARGIN = 5  # half of the SSIM window
CHUNK = 256  # images held in torch at a time

Padding = Literal["reflect", "zeros"]


def reconstruction(images: np.ndarray, decoded: np.ndarray, *, padding: Padding = "reflect") -> Measured:
    """How far decoded images are from their originals.

    images   [n, c, h, w] float in [0, 1], h and w at least 6
    decoded  the same shape; values outside [0, 1] are clamped
    padding  of SSIM at the border; "zeros" repeats the helpers of the PDAE and DiTi code
    returns  means over images: mse in [0, 1], lower is better; psnr in dB up to 100, higher is better, the mean of the
             images' own and not that of the mean error; ssim in [-1, 1], higher is better
    arrays   the same three names, [n] each, one value per image
    raises   ValueError on unequal shapes, no images, or values that are not finite

    Chance is what the mean training image scores. Wang et al. 2004, "Image quality assessment", section III, for SSIM.

    >>> images = np.zeros((2, 3, 16, 16))
    >>> {name: round(value, 3) for name, value in reconstruction(images, images + 0.1).items()}
    {'mse': 0.01, 'psnr': 20.0, 'ssim': 0.01}
    """
    _check(images, decoded)
    pieces = [_chunk(images[i : i + CHUNK], decoded[i : i + CHUNK], padding) for i in range(0, len(images), CHUNK)]
    mse, ssim = (np.concatenate(column) for column in zip(*pieces, strict=True))
    psnr = -10 * np.log10(np.maximum(mse, 10 ** (-MAX_PSNR / 10)))
    arrays = {"mse": mse, "psnr": psnr, "ssim": ssim}
    return Measured({name: values.mean() for name, values in arrays.items()}, arrays=arrays)


def _chunk(images: np.ndarray, decoded: np.ndarray, padding: Padding) -> tuple[np.ndarray, np.ndarray]:
    """MSE and SSIM of each image, [n] float64 both."""
    a, b = (torch.as_tensor(x, dtype=torch.float32).clamp(0, 1) for x in (images, decoded))
    mse = (a - b).double().square().mean((1, 2, 3))
    return mse.numpy(), _ssim(a, b, padding).double().numpy()


def _ssim(a: Tensor, b: Tensor, padding: Padding) -> Tensor:
    """[n, c, h, w] twice -> [n]. Zeros are laid around the images first, and that frame is cut off the map again."""
    margin = MARGIN if padding == "zeros" else 0
    framed = [F.pad(x, (margin,) * 4) for x in (a, b)]
    _, full = structural_similarity_index_measure(
        framed[0], framed[1], sigma=1.5, data_range=1.0, reduction="none", return_full_image=True
    )
    height, width = a.shape[2:]
    return full[..., margin : margin + height, margin : margin + width].mean((1, 2, 3))


def _check(images: np.ndarray, decoded: np.ndarray) -> None:
    """Refuse what cannot be compared."""
    if images.ndim != 4 or images.shape != decoded.shape:
        raise ValueError(f"images {images.shape} and decoded {decoded.shape} must both be the same [n, c, h, w]")
    if not len(images):
        raise ValueError("no images to compare: give at least one")
    for name, values in (("images", images), ("decoded", decoded)):
        if not np.isfinite(values).all():
            raise ValueError(f"{name} hold values that are not finite: look at what wrote them")
