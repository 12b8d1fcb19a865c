"""A trained cell as anyone opens it, from any folder: images in, codes out, and images back."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.params import FILE, Params, load
from diffrep.pipelines.core.paths import Cell, Repeat
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.trained import cells
from diffrep.pipelines.trained.decoder import Decoder
from diffrep.pipelines.trained.encoding import views_of

SUCH = "name a folder such as runs/shapes3d_rendered/diffae/0"


@dataclass(frozen=True)
class RepeatAt(Repeat):
    """What the cells of a data set and a seed share, in a workspace elsewhere."""

    root: Path

    def model(self, need: str) -> Path:
        """The model that `need`, a word of an adapter's `needs`, names."""
        return self.root / super().model(need)


@dataclass(frozen=True)
class CellAt(Cell):
    """A cell of a workspace elsewhere."""

    root: Path

    @property
    def repeat(self) -> RepeatAt:
        """What all cells of the data set and the seed share."""
        return RepeatAt(self.dataset, self.seed, self.root)

    @property
    def weights(self) -> Path:
        """The trained weights, and the hash of the settings that they belong to."""
        return self.root / super().weights


class OpenCell:
    """A trained method with the settings of its workspace.

    network      the method itself in eval mode, an nn.Module on the device of `machine.device`, or else on the CPU
    cell         its data set, method and seed
    params       the workspace's params.yaml
    image_shape  (channels, height, width) of the images that it was trained on
    """

    def __init__(self, network: Method, cell: Cell, params: Params, image_shape: tuple[int, int, int]) -> None:
        self.network, self.cell, self.params, self.image_shape = network, cell, params, image_shape

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Codes [n, d] float32, the view that the tables judge, of images [n, h, w, c] uint8."""
        return next(iter(self.views(images).values()))

    def views(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """All views of the codes of images [n, h, w, c] uint8, by name: [n, ...] float32; the first is the default."""
        images = self._images(images)
        pieces = list(views_of(self.network, images, np.arange(len(images)), self.params.evaluate.batch_size))
        return {view: np.concatenate([piece[view].numpy() for piece in pieces]) for view in pieces[0]}

    def decode(
        self, codes: np.ndarray, *, start: np.ndarray | None = None, seed: int = 0, steps: int | None = None
    ) -> np.ndarray:
        """Images [n, h, w, c] uint8 of codes [n, d]; ValueError, with the reason, of a method that draws none.

        start  [n, c, h, w] float32, the noise to start from: that of `invert`, or by default noise of row i and `seed`
        steps  of the sampler; by default evaluate.reconstruct.decode_steps
        """
        codes = self._codes(codes)
        noise = torch.as_tensor(start) if start is not None else self._noise(seed, len(codes))
        count = steps or self.params.evaluate.reconstruct.decode_steps
        return image_bytes(self._decoder("decode", len(codes)).decode(codes, noise, count))

    def invert(self, images: np.ndarray, codes: np.ndarray, *, steps: int | None = None) -> np.ndarray:
        """The start [n, c, h, w] float32 from which `decode` comes back to about the images [n, h, w, c] uint8.

        steps  of the sampler; by default evaluate.reconstruct.invert_steps
        """
        images, codes = self._images(images), self._codes(codes)
        count = steps or self.params.evaluate.reconstruct.invert_steps
        return self._decoder("invert", len(codes)).invert(image_tensor(images), codes, count).numpy()

    @cached_property
    def code_size(self) -> int:
        """How many numbers a code of the default view has."""
        channels, height, width = self.image_shape
        return self.encode(np.zeros((1, height, width, channels), np.uint8)).shape[1]

    def _decoder(self, what: str, count: int) -> Decoder:
        if reason := self.network.cannot.get(what):
            raise ValueError(f"{self.cell.method} does not {what}: {reason}")
        return Decoder(self.network, self.params.evaluate.batch_size, Meter(what, count, shown=False))

    def _images(self, images: np.ndarray) -> np.ndarray:
        images, (channels, height, width) = np.asarray(images), self.image_shape
        if images.dtype != np.uint8 or images.shape[1:] != (height, width, channels) or not len(images):
            given = f"images are {images.dtype} {list(images.shape)}"
            raise ValueError(f"{given}: {self.cell.method} takes uint8 [n, {height}, {width}, {channels}], n from 1")
        return images

    def _codes(self, codes: np.ndarray) -> np.ndarray:
        codes = np.asarray(codes, np.float32)
        if codes.ndim != 2 or codes.shape[1] != self.code_size or not len(codes):
            raise ValueError(f"codes are {list(codes.shape)}: {self.cell.method} takes [n, {self.code_size}], n from 1")
        return codes

    def _noise(self, seed: int, count: int) -> torch.Tensor:
        return start_noise(seed, np.arange(count), self.image_shape)


def opened(folder: Path) -> OpenCell:
    """The cell whose weights lie in `folder`; UserError where that is none, not whole, or of other settings."""
    cell = cell_at(folder)
    params = on_this_machine(load(cell.root))
    known(cell, params)
    first = f"run diffrep base --dataset {cell.dataset} --seed {cell.seed} in {cell.root}"
    card = read_card(cell.repeat.model("base") / "card.json", first)
    channels, height, width = card["image_shape"]
    return OpenCell(cells.load(params, cell, (channels, height, width)), cell, params, (channels, height, width))


def cell_at(folder: Path) -> CellAt:
    """The cell that a folder is of by its path; UserError where it is none."""
    path = folder.resolve()
    if not path.is_dir():
        raise UserError(f"{folder} is no folder: {SUCH}")
    runs, dataset, method, seed = path.parts[-4:] if len(path.parts) > 4 else ("",) * 4
    if runs != "runs" or not seed.isdecimal() or not (path.parents[3] / FILE).is_file():
        raise UserError(f"{folder} is no cell of a workspace: {SUCH}, in whose workspace {FILE} lies")
    return CellAt(dataset, method, int(seed), path.parents[3])


def known(cell: CellAt, params: Params) -> None:
    """Raise UserError where params.yaml has no such row or data set, or the card is of another version."""
    for name, sections in ((cell.dataset, params.budgets), (cell.method, params.methods)):
        if name not in sections:
            raise UserError(f"{cell.weights} is of {name!r}, of which {cell.root / FILE} has no section")
    card = cell.weights / "settings.json"
    if card.is_file() and "settings_hash" not in read_json(card):
        raise UserError(f"{card} was written by another version of diffrep, or is no card of a cell: train it again")


def on_this_machine(params: Params) -> Params:
    """The same, on the CPU where this machine has no GPU: no weights depend on where they are used."""
    machine: Any = params.machine
    if torch.cuda.is_available():
        return params
    return params.model_copy(update={"machine": machine.model_copy(update={"device": "cpu"})})
