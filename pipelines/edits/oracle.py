"""The oracle that judges edits: its network, trained on real images, and what may be asked of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.edits.counterfactual import REASONS, oracle_fails
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.trained.pieces import in_pieces

NORM_GROUPS = 8
CORRELATED = 0.2  # attributes whose labels correlate more with the target do not count as damage


class OracleNetwork(nn.Module):
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

    def loss(self, images: Tensor, values: Tensor) -> Tensor:
        """Cross-entropy in nats, mean over images and factors; values [n, k]."""
        logits = self(images)
        return torch.stack([F.cross_entropy(logits[k], values[:, k].long()) for k in range(len(logits))]).mean()

    @torch.no_grad()
    def logits(self, images: Tensor, batch_size: int = 250) -> list[np.ndarray]:
        """[n, c, h, w], clamped -> for each factor its logits [n, n_k] float32."""
        device, shown, pixels = self.heads.weight.device, images.clamp(-1, 1), images.shape[2:].numel()
        run = lambda part: [logits.cpu() for logits in self(shown[part].to(device))]  # noqa: E731
        count = max(1, len(images))  # of no image it says nothing, of every factor
        parts = in_pieces(run, count, what="the oracle", pixels=pixels, size=batch_size, device=device)
        return [torch.cat(factor).numpy() for factor in zip(*parts, strict=True)]

    def read(self, images: Tensor, batch_size: int = 250) -> np.ndarray:
        """[n, c, h, w] -> [n, k] int64: the value it sees of every factor, clamped images."""
        if not self.sizes:
            return np.empty((len(images), 0), np.int64)
        return np.stack([logits.argmax(1) for logits in self.logits(images, batch_size)], axis=1)


def block(before: int, after: int, stride: int) -> list[nn.Module]:
    """Convolution, norm, activation."""
    return [nn.Conv2d(before, after, 3, stride, 1), nn.GroupNorm(NORM_GROUPS, after), nn.SiLU()]


class Labels(NamedTuple):
    """What is known of the images of a data set that an oracle can learn: factors, else binary attributes."""

    names: list[str]
    sizes: list[int]  # how many values each has
    values: np.ndarray  # [n, k] int, of all images


def labels(data: Prepared) -> Labels:
    """The factors of a data set where it has some, else its attributes; it may have neither."""
    if data.factors is not None:
        return Labels(data.card["factor_names"], data.card["factor_sizes"], np.asarray(data.factors))
    names = data.card["attribute_names"]
    return Labels(names, [2] * len(names), np.asarray(data.attributes).astype(np.int64))


@dataclass(frozen=True)
class Oracle:
    """The trained network, and the K factors or attributes that it reads well enough to be trusted with.

    kept      [K] which of the data set's labels these are
    names     [K]
    accuracy  [K] of the network on real test images
    truth     [n, K] their true values on the test split
    counted   [K, K] whether a change of factor j counts against an edit of factor k; None: all do
    least     the accuracy that was demanded
    left_out  the other factors with the network's accuracy
    """

    network: OracleNetwork
    kept: np.ndarray
    names: list[str]
    accuracy: np.ndarray
    truth: np.ndarray
    counted: np.ndarray | None
    least: float
    left_out: dict[str, float]

    def read(self, images: Tensor) -> np.ndarray:
        """Images [n, c, h, w] in about [-1, 1] -> the values [n, K] that it sees."""
        return self.network.read(images)[:, self.kept]

    def log_odds(self, images: Tensor, of: np.ndarray, against: np.ndarray) -> np.ndarray:
        """How much rather it sees the values `of` [n, K] than `against`: differences of logits [n, K]."""
        logits, rows = self.network.logits(images), np.arange(len(images))
        columns = [logits[k] for k in self.kept]
        return np.stack([x[rows, of[:, i]] - x[rows, against[:, i]] for i, x in enumerate(columns)], axis=1)

    @property
    def binary(self) -> bool:
        """Whether all that it is trusted with has two values: attributes."""
        return all(self.network.sizes[k] == 2 for k in self.kept)

    def presence(self, images: Tensor) -> np.ndarray:
        """Its log-odds [n, K] that binary attributes are there."""
        ones = np.ones((len(images), len(self.kept)), int)
        return self.log_odds(images, ones, ones - 1)

    @property
    def silence(self) -> str:
        """Why nothing can be judged, where no edit has a factor to be judged by."""
        if len(self.kept):
            return f"not applicable: {REASONS['efficacy']}"
        return f"not applicable: the oracle reads no factor with accuracy {self.least}"

    def fails_on(self, agreement: np.ndarray) -> dict[str, float]:
        """The factors that it does not read off decodes, with their agreement.

        agreement  [K] in [0, 1]: how often it reads the true value of an image off the image's unedited decode
        """
        majority = np.array([np.bincount(column).max() for column in self.truth.T]) / len(self.truth)
        fails = oracle_fails(agreement, self.accuracy, majority)
        return {self.names[k]: float(agreement[k]) for k in np.flatnonzero(fails)}


def load_oracle(shared: Shared, data: Prepared, device: torch.device) -> tuple[OracleNetwork, dict[str, float]]:
    """The trained network of a data set in eval mode, and its accuracy on real test images by factor."""
    folder, again = shared.oracle, f"run diffrep oracle --dataset {shared.dataset}"
    if not (folder / "card.json").exists():
        raise UserError(f"no oracle in {folder}: {again}")
    card = read_card(folder / "card.json", again)
    network = OracleNetwork(data.image_shape, labels(data).sizes, card["channels"])
    try:
        network.load_state_dict(load_file(folder / "weights.safetensors"))
    except (RuntimeError, SafetensorError) as error:
        raise UserError(f"the oracle in {folder} is not for this data set: {again}") from error
    return network.to(device).eval(), card["accuracy"]


def trusted(network: OracleNetwork, accuracy: dict[str, float], least: float, data: Prepared) -> Oracle:
    """The oracle, trusted with the factors that it reads off real images with at least the accuracy `least`."""
    names, _, values = labels(data)
    kept = np.array([k for k, value in enumerate(accuracy.values()) if value >= least], dtype=int)
    truth = values[data.splits["test"]][:, kept]
    # factors are independent by design; of attributes, those that go together are not damage to each other
    independent = data.factors is not None or len(kept) < 2
    return Oracle(
        network,
        kept,
        [names[k] for k in kept],
        np.array(list(accuracy.values()))[kept],
        truth,
        None if independent else np.abs(np.corrcoef(truth, rowvar=False)) < CORRELATED,
        least,
        {name: value for name, value in accuracy.items() if value < least},
    )
