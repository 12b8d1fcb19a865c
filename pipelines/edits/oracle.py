"""The judge of counterfactuals: a small CNN with one softmax for each factor or attribute, trained on real images."""

from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

GROUPS = 8


class Judge(nn.Module):
    """Images [n, c, h, w] in [-1, 1] -> for each factor its logits [n, n_k].

    sizes     number of values of each factor; a binary attribute has two
    channels  widths of the convolution pairs, each of which halves the image
    """

    def __init__(self, image_shape: tuple[int, int, int], sizes: Sequence[int], channels: Sequence[int]) -> None:
        super().__init__()
        before, height, width = image_shape
        layers: list[nn.Module] = []
        for after in channels:
            layers += [*block(before, after, 1), *block(after, after, 2)]
            before, height, width = after, (height + 1) // 2, (width + 1) // 2
        self.features = nn.Sequential(*layers, nn.Flatten())
        self.heads = nn.Linear(before * height * width, sum(sizes))
        self.sizes = list(sizes)

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The logits of every factor."""
        return self.heads(self.features(images)).split(self.sizes, dim=1)

    def loss(self, images: Tensor, values: Tensor, generator: torch.Generator) -> Tensor:
        """Cross-entropy in nats, mean over images and factors; values [n, k]."""
        logits = self(images)
        return torch.stack([F.cross_entropy(logits[k], values[:, k].long()) for k in range(len(logits))]).mean()

    @torch.no_grad()
    def logits(self, images: Tensor, batch_size: int = 250) -> list[np.ndarray]:
        """[n, c, h, w], clamped -> for each factor its logits [n, n_k] float32."""
        device = self.heads.weight.device
        parts = [self(part.to(device)) for part in images.clamp(-1, 1).split(batch_size)]
        return [torch.cat(factor).cpu().numpy() for factor in zip(*parts, strict=True)]

    def read(self, images: Tensor, batch_size: int = 250) -> np.ndarray:
        """[n, c, h, w] -> [n, k] int64: the value it sees of every factor, clamped images."""
        return np.stack([logits.argmax(1) for logits in self.logits(images, batch_size)], axis=1)


def block(before: int, after: int, stride: int) -> list[nn.Module]:
    """Convolution, norm, activation."""
    return [nn.Conv2d(before, after, 3, stride, 1), nn.GroupNorm(GROUPS, after), nn.SiLU()]
