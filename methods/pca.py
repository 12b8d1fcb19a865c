"""Control: principal components of the pixels, the best linear code of its size."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from diffrep.methods.shared.part import Part
from diffrep.methods.shared.principal import principal_components


class PCA(nn.Module):
    """Centred, not whitened; `fit` has no seed, see shared/principal.py.

    code_dim  components kept, at most the number of pixel values and of images
    """

    needs: tuple[str, ...] = ()
    parts: list[Part] = []  # noqa: RUF012
    cannot = {  # noqa: RUF012
        "invert": "the components are decoded without a start",
        "denoise": "the components know no noise",
    }
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

    def fit(self, batches: Iterable[Tensor]) -> None:
        """Mean and leading components of images that come in batches [n, c, h, w]."""
        mean, components = principal_components(batches, len(self.components))
        self.mean.copy_(mean)
        self.components.copy_(components)

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """[n, c, h, w] in [-1, 1] -> {"z": [n, code_dim]}, most variance first."""
        return {"z": (images.flatten(1) - self.mean) @ self.components.T}

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """codes [n, code_dim] -> images [n, c, h, w], not clamped; linear, so `start` and `steps` change nothing."""
        return (self.mean + codes @ self.components).view(-1, *self.image_shape)
