"""A trained cell as anyone opens it, from any folder: images in, codes out, and images back."""

from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from diffrep.datasets.pixels import image_bytes, image_tensor
from diffrep.methods.shared.method import Method
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.progress import Meter
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.trained.adapters import adapter_class
from diffrep.pipelines.trained.cells import fresh, trained
from diffrep.pipelines.trained.decoder import Decoder
from diffrep.pipelines.trained.encoding import views_of
from diffrep.pipelines.trained.pretrained import WORDS, checksum, read
from diffrep.pipelines.trained.record import FILE, Record, StoodOn, read_record

SUCH = "name a folder such as runs/shapes3d_rendered/diffae/0"
AGAIN = "copy it again from where it was trained, or train it again"
AT_ONCE = 250  # images, on a CPU; a GPU is given as many as fit


class OpenCell:
    """A trained method.

    network  the method itself in eval mode, an nn.Module on the CPU; where it is moved to, there its members compute
    record   what its settings.json says: data set, method, seed, the arguments of its class, the shape of its images
    """

    def __init__(self, network: Method, record: Record) -> None:
        self.network, self.record = network, record

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Codes [n, d] float32, the view that the tables judge, of images [n, h, w, c] uint8."""
        return next(iter(self.views(images).values()))

    def views(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """All views of the codes of images [n, h, w, c] uint8, by name: [n, ...] float32; the first is the default."""
        images = self._images(images)
        pieces = list(views_of(self.network, images, np.arange(len(images)), AT_ONCE))
        return {view: np.concatenate([piece[view].numpy() for piece in pieces]) for view in pieces[0]}

    def decode(
        self, codes: np.ndarray, *, start: np.ndarray | None = None, seed: int = 0, steps: int = 50
    ) -> np.ndarray:
        """Images [n, h, w, c] uint8 of codes [n, d]; ValueError, with the reason, of a method that draws none.

        start  [n, c, h, w] float32, the noise to start from: that of `invert`, or by default noise of row i and `seed`
        steps  of the sampler, 1 to 1000
        """
        codes = self._codes(codes)
        noise = torch.as_tensor(start) if start is not None else self._noise(seed, len(codes))
        return image_bytes(self._decoder("decode", len(codes)).decode(codes, noise, steps))

    def invert(self, images: np.ndarray, codes: np.ndarray, *, steps: int = 50) -> np.ndarray:
        """The start [n, c, h, w] float32 from which `decode` comes back to about the images [n, h, w, c] uint8.

        steps  of the sampler, 1 to 1000
        """
        images, codes = self._images(images), self._codes(codes)
        return self._decoder("invert", len(codes)).invert(image_tensor(images), codes, steps).numpy()

    @cached_property
    def code_size(self) -> int:
        """How many numbers a code of the default view has."""
        channels, height, width = self.record.image_shape
        return self.encode(np.zeros((1, height, width, channels), np.uint8)).shape[1]

    def _decoder(self, what: str, count: int) -> Decoder:
        if reason := self.network.cannot.get(what):
            raise ValueError(f"{self.record.method} does not {what}: {reason}")
        return Decoder(self.network, AT_ONCE, Meter(what, count, shown=False))

    def _images(self, images: np.ndarray) -> np.ndarray:
        images, (channels, height, width) = np.asarray(images), self.record.image_shape
        if images.dtype != np.uint8 or images.shape[1:] != (height, width, channels) or not len(images):
            given = f"images are {images.dtype} {list(images.shape)}"
            raise ValueError(f"{given}: {self.record.method} takes uint8 [n, {height}, {width}, {channels}], n from 1")
        return images

    def _codes(self, codes: np.ndarray) -> np.ndarray:
        codes, size = np.asarray(codes, np.float32), self.code_size
        if codes.ndim != 2 or codes.shape[1] != size or not len(codes):
            raise ValueError(f"codes are {list(codes.shape)}: {self.record.method} takes [n, {size}], n from 1")
        return codes

    def _noise(self, seed: int, count: int) -> torch.Tensor:
        return start_noise(seed, np.arange(count), self.record.image_shape)


def opened(folder: Path) -> OpenCell:
    """The cell whose weights lie in `folder`; UserError where that is none, not whole, or lacks what it stands on."""
    path = folder.resolve()
    if not (path / FILE).is_file():
        raise UserError(f"{folder} is no {'trained cell' if path.is_dir() else 'folder'}: {SUCH}")
    record = read_record(path, AGAIN)
    cls = adapter_class(record.adapter)
    needed = [model(need, at, path, record) for need, at in record.needs.items()]
    network = fresh(cls, record.image_shape, needed, known(cls, path, record), record.seed)
    return OpenCell(trained(network, path / "weights.safetensors", record, AGAIN), record)


def known(cls: Any, path: Path, record: Record) -> dict[str, Any]:
    """The arguments of the class; UserError where it no longer takes those that the cell was trained with."""
    try:
        return arguments(cls, "arguments", record.arguments)
    except UserError as error:
        again = f"open it with the adapter of diffrep {record.diffrep}, or train it again"
        raise UserError(f"{path / FILE} is of another {record.adapter} ({error}): {again}") from error


def model(need: str, at: StoodOn, path: Path, record: Record) -> Any:
    """What a cell at `path` stands on; UserError where that is gone, or is another than it was trained on."""
    folder = (path / at.folder).resolve()
    along = f"{record.method} stands on it: copy it along from the workspace that trained {path}"
    found = read(need, folder, record.image_shape, along, along)
    if checksum(need, folder) != at.sha256:
        raise UserError(f"the {WORDS[need]} in {folder} is not the one that {path} was trained on: train it again")
    return found
