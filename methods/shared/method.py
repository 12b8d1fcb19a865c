"""What the pipeline asks of every adapter: the contract of a method, in one place."""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor

from diffrep.methods.shared.part import Part


class Method(Protocol):
    """An nn.Module, built as `Class(image_shape, *needed, **its params section)`.

    needs   what the pipeline supplies after the image shape: "base", the pre-trained diffusion model
    parts   the index groups of a code that the method itself treats as units; empty where it has none
    cannot  "decode" and "invert" -> why the method does not do it; tables show a dash and the reason

    What is learned comes from one of `loss(images [n, c, h, w] in [-1, 1], generator) -> Tensor | dict`, for the
    trainer, or `fit(images)`, closed form; with neither, the method stays as it was built.
    """

    needs: tuple[str, ...]
    parts: list[Part]
    cannot: dict[str, str]

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """Images [n, c, h, w] in [-1, 1] -> {view: [n, ...]}; the first view is the default."""
        ...

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Codes of the default view and start noise [n, c, h, w] -> images, not clamped; nothing left to chance."""
        ...

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start noise from which `decode` comes back to about `images`."""
        ...

    def parameters(self) -> Iterator[Tensor]:
        """As of any nn.Module."""
        ...

    def buffers(self) -> Iterator[Tensor]:
        """As of any nn.Module."""
        ...
