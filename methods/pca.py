"""Control: principal components of the pixels, the best linear code of its size."""

import scipy.linalg
import torch
from torch import Tensor, nn

from diffrep.methods.shared.part import Part


class PCA(nn.Module):
    """Centred, not whitened; exact (eigenvectors of the covariance, in float64), so `fit` has no seed.

    code_dim  components kept, at most the number of pixel values and of images
    """

    needs: tuple[str, ...] = ()
    parts: list[Part] = []  # noqa: RUF012
    cannot = {"invert": "the components are decoded without a start"}  # noqa: RUF012
    mean: Tensor
    components: Tensor

    def __init__(self, image_shape: tuple[int, int, int], *, code_dim: int) -> None:
        super().__init__()
        pixels = image_shape[0] * image_shape[1] * image_shape[2]
        if not 1 <= code_dim <= pixels:
            raise ValueError(f"code_dim={code_dim}: images of {pixels} values have 1 to {pixels} components")
        self.image_shape = image_shape
        self.register_buffer("mean", torch.zeros(pixels))
        self.register_buffer("components", torch.zeros(code_dim, pixels))

    def fit(self, images: Tensor) -> None:
        """Mean and leading components of the images [n, c, h, w]; of each component the largest entry is positive."""
        flat = images.flatten(1)
        if len(flat) <= len(self.components):
            raise ValueError(f"{len(flat)} images are too few for {len(self.components)} components")
        self.mean.copy_(flat.mean(0))
        centred = (flat - self.mean).double()
        wanted = (flat.shape[1] - len(self.components), flat.shape[1] - 1)
        covariance = (centred.T @ centred).numpy(force=True)
        _, vectors = scipy.linalg.eigh(covariance, subset_by_index=wanted, overwrite_a=True)
        components = torch.from_numpy(vectors.T[::-1].copy()).to(self.components)
        largest = components.gather(1, components.abs().argmax(1, keepdim=True))
        self.components.copy_(components * largest.sign())

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}, most variance first."""
        return {"z": (images.flatten(1) - self.mean) @ self.components.T}

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """codes [n, code_dim] -> images [n, c, h, w], not clamped; linear, so `start` and `steps` change nothing."""
        return (self.mean + codes @ self.components).view(-1, *self.image_shape)
