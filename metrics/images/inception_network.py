"""The Inception network of 2015 that the Fréchet Inception distance is defined on, up to its 2,048 pooled features.

Szegedy et al. 2016, arXiv:1512.00567, as TensorFlow's graph of 2015-12-05 has it: average pooling leaves the border
out, the last block pools by the maximum, and the classes are 1,008. torchvision's Inception differs in all three.
Parameters are named as in the port of those weights to PyTorch; torch-fidelity has the same network, but its package
imports torchvision, whose wheel breaks torchmetrics and lightning beside a CPU build of torch.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

FEATURES = 2048
SIDE = 299  # pixels

Layer = tuple[str, int, tuple[int, int]]  # name, channels out, kernel
Branch = Sequence[Layer | tuple[Layer, Layer]]  # two layers in one place: both read the one before, side by side
POINT, SQUARE, ROW, COLUMN = (1, 1), (3, 3), (1, 7), (7, 1)


class Convolution(nn.Module):
    """Convolution, batch norm, rectifier: [n, inputs, h, w] -> [n, outputs, h', w']."""

    def __init__(
        self, inputs: int, outputs: int, kernel: tuple[int, int], stride: int = 1, padded: bool = True
    ) -> None:
        super().__init__()
        padding = ((kernel[0] - 1) // 2, (kernel[1] - 1) // 2) if padded else (0, 0)
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)

    def forward(self, x: Tensor) -> Tensor:
        """Batch norm after the convolution, which has no bias."""
        return torch.relu(self.bn(self.conv(x)))


class InceptionBlock(nn.Module):
    """Branches side by side, then the pooled input, through a layer of its own where `pooled` says how wide.

    halved  the last layer of each branch and the pooling take steps of two, without a border
    """

    def __init__(
        self, inputs: int, branches: Sequence[Branch], pool: nn.Module, pooled: int = 0, halved: bool = False
    ) -> None:
        super().__init__()
        self.branches = [[[place] if isinstance(place[0], str) else place for place in branch] for branch in branches]
        self.pool, self.outputs = pool, pooled or inputs
        for branch in self.branches:
            width = inputs
            for i, place in enumerate(branch):
                last = halved and i == len(branch) - 1
                for name, outputs, kernel in place:
                    self.add_module(name, Convolution(width, outputs, kernel, 2 if last else 1, not last))
                width = sum(outputs for _, outputs, _ in place)
            self.outputs += width
        self.branch_pool = Convolution(inputs, pooled, POINT) if pooled else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        """[n, inputs, h, w] -> [n, outputs, h, w], half as high and wide where `halved`."""
        parts = []
        for branch in self.branches:
            y = x
            for place in branch:
                y = torch.cat([self.get_submodule(name)(y) for name, _, _ in place], dim=1)
            parts.append(y)
        return torch.cat([*parts, self.branch_pool(self.pool(x))], dim=1)


class Inception(nn.Module):
    """Images in [-1, 1], [n, 3, 299, 299] -> features [n, 2048]; always in eval mode, and without gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.Conv2d_1a_3x3 = Convolution(3, 32, SQUARE, stride=2, padded=False)
        self.Conv2d_2a_3x3 = Convolution(32, 32, SQUARE, padded=False)
        self.Conv2d_2b_3x3 = Convolution(32, 64, SQUARE)
        self.MaxPool_1 = nn.MaxPool2d(3, stride=2)
        self.Conv2d_3b_1x1 = Convolution(64, 80, POINT)
        self.Conv2d_4a_3x3 = Convolution(80, 192, SQUARE, padded=False)
        self.MaxPool_2 = nn.MaxPool2d(3, stride=2)
        self.Mixed_5b = _small(192, 32)
        self.Mixed_5c = _small(256, 64)
        self.Mixed_5d = _small(288, 64)
        self.Mixed_6a = _halving(288)
        self.Mixed_6b = _long(128)
        self.Mixed_6c = _long(160)
        self.Mixed_6d = _long(160)
        self.Mixed_6e = _long(192)
        self.Mixed_7a = _last_halving()
        self.Mixed_7b = _wide(1280, _average())
        self.Mixed_7c = _wide(FEATURES, nn.MaxPool2d(3, stride=1, padding=1))
        self.fc = nn.Linear(FEATURES, 1008)  # in the file of weights, and not used
        self.eval().requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """All layers in the order they are made, then the mean over places."""
        for name, layer in self.named_children():
            x = layer(x) if name != "fc" else x
        return x.mean(dim=(2, 3))


def _average() -> nn.Module:
    return nn.AvgPool2d(3, stride=1, padding=1, count_include_pad=False)


def _small(inputs: int, pooled: int) -> InceptionBlock:
    branches: list[Branch] = [
        [("branch1x1", 64, POINT)],
        [("branch5x5_1", 48, POINT), ("branch5x5_2", 64, (5, 5))],
        [("branch3x3dbl_1", 64, POINT), ("branch3x3dbl_2", 96, SQUARE), ("branch3x3dbl_3", 96, SQUARE)],
    ]
    return InceptionBlock(inputs, branches, _average(), pooled)


def _halving(inputs: int) -> InceptionBlock:
    branches: list[Branch] = [
        [("branch3x3", 384, SQUARE)],
        [("branch3x3dbl_1", 64, POINT), ("branch3x3dbl_2", 96, SQUARE), ("branch3x3dbl_3", 96, SQUARE)],
    ]
    return InceptionBlock(inputs, branches, nn.MaxPool2d(3, stride=2), halved=True)


def _long(width: int) -> InceptionBlock:
    branches: list[Branch] = [
        [("branch1x1", 192, POINT)],
        [("branch7x7_1", width, POINT), ("branch7x7_2", width, ROW), ("branch7x7_3", 192, COLUMN)],
        [
            ("branch7x7dbl_1", width, POINT),
            ("branch7x7dbl_2", width, COLUMN),
            ("branch7x7dbl_3", width, ROW),
            ("branch7x7dbl_4", width, COLUMN),
            ("branch7x7dbl_5", 192, ROW),
        ],
    ]
    return InceptionBlock(768, branches, _average(), 192)


def _last_halving() -> InceptionBlock:
    branches: list[Branch] = [
        [("branch3x3_1", 192, POINT), ("branch3x3_2", 320, SQUARE)],
        [
            ("branch7x7x3_1", 192, POINT),
            ("branch7x7x3_2", 192, ROW),
            ("branch7x7x3_3", 192, COLUMN),
            ("branch7x7x3_4", 192, SQUARE),
        ],
    ]
    return InceptionBlock(768, branches, nn.MaxPool2d(3, stride=2), halved=True)


def _wide(inputs: int, pool: nn.Module) -> InceptionBlock:
    branches: list[Branch] = [
        [("branch1x1", 320, POINT)],
        [("branch3x3_1", 384, POINT), (("branch3x3_2a", 384, (1, 3)), ("branch3x3_2b", 384, (3, 1)))],
        [
            ("branch3x3dbl_1", 448, POINT),
            ("branch3x3dbl_2", 384, SQUARE),
            (("branch3x3dbl_3a", 384, (1, 3)), ("branch3x3dbl_3b", 384, (3, 1))),
        ],
    ]
    return InceptionBlock(inputs, branches, pool, 192)
