"""DRL's published encoder: a pre-activation wide ResNet of depth 28 with a time bias in each block.

Zagoruyko & Komodakis 2016, arXiv:1605.07146, as korabs-x/representation_score_based changes it for Mittal et al.
2023, arXiv:2105.14257. Here, unlike there: no classifier head, and no learned time, which only fine-tuning uses.
"""

from dataclasses import dataclass
from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from diffrep.methods.shared.networks.time_features import FourierTime, fan_average
from diffrep.methods.shared.process.ve import log_sigma

BLOCKS_PER_STAGE = 4  # 6 x 4 + 4 layers
STEM = 16
TIME_WIDTH = 64


@dataclass(frozen=True)
class WideResNetSettings:
    """DRL's published encoder: the code's size sets its widths."""

    kind: Literal["wide_resnet"]


class WideResNet(nn.Module):
    """Images [n, c, h, w] and times -> [n, code_dim], or [n, 2 code_dim] if `gaussian`.

    code_dim  channels of the last stage: 64 k in WRN-28-k, so 128 for the published k = 2; 2 gives the 2-d codes of
              the follow-up (arXiv:2210.13774), which keep the first two stages of k = 2
    gaussian  False: the code is the averaged last map, never negative; True: a linear map of it
    """

    def __init__(self, image_shape: tuple[int, int, int], code_dim: int, *, gaussian: bool) -> None:
        super().__init__()
        if code_dim != 2 and (code_dim < 4 or code_dim % 4):
            raise ValueError(f"code_dim={code_dim}: the encoder 'wide_resnet' has codes of 2 or a multiple of 4 dims")
        widths = (32, 64, 2) if code_dim == 2 else (code_dim // 4, code_dim // 2, code_dim)
        self.time = FourierTime(width=TIME_WIDTH)
        self.stem = nn.Conv2d(image_shape[0], STEM, 3, padding=1)
        self.blocks = nn.ModuleList()
        before = STEM
        for width, stride in zip(widths, (1, 2, 2), strict=True):
            for i in range(BLOCKS_PER_STAGE):
                self.blocks.append(WideBlock(before, width, stride if i == 0 else 1))
                before = width
        self.norm = nn.BatchNorm2d(code_dim, momentum=0.9)
        self.head = nn.Linear(code_dim, 2 * code_dim) if gaussian else nn.Identity()

    def forward(self, images: Tensor, tau: Tensor | None = None) -> Tensor:
        """tau  [n] in [0, 1]: the time t of the process, or its stand-in; None for 0."""
        tau = images.new_zeros(len(images)) if tau is None else tau
        told = F.silu(self.time(log_sigma(tau)))
        h = self.stem(images)
        for block in self.blocks:
            h = block(h, told)
        return self.head(F.relu(self.norm(h)).mean((2, 3)))


class WideBlock(nn.Module):
    """Two 3x3 convolutions, norm and ReLU before each, a bias from the time between them; the second may halve."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(before)
        self.conv1 = nn.Conv2d(before, after, 3, padding=1)
        self.time = nn.Linear(TIME_WIDTH, after)
        self.norm2 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding=1, stride=stride)
        same = stride == 1 and before == after
        self.shortcut = nn.Identity() if same else nn.Conv2d(before, after, 1, stride=stride)
        fan_average(self.time)

    def forward(self, x: Tensor, told: Tensor) -> Tensor:
        """x [n, before, h, w], told [n, 64] -> [n, after, h / stride, w / stride]."""
        h = self.conv1(F.relu(self.norm1(x))) + self.time(told)[:, :, None, None]
        return self.conv2(F.relu(self.norm2(h))) + self.shortcut(x)
