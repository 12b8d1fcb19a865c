"""What the pipeline asks of every adapter: the contract of a method, in one place.

`diffrep contract NAME` tries every promise of it on an adapter, ours or yours; methods/README.md shows a whole one.
"""

from collections.abc import Iterator
from typing import Protocol

from torch import Tensor

from diffrep.methods.shared.part import Part


class Method(Protocol):
    """An nn.Module, built as `Class(image_shape, *needed, **its params section)`.

    needs   what the pipeline supplies after the image shape: "base", the pre-trained diffusion model; "autoencoder",
            the pre-trained autoencoder of methods in a latent space
    parts   the index groups of a code that the method itself treats as units; empty where it has none
    cannot  "decode", "invert" and "denoise" -> why the method does not do it; tables show a dash and the reason
    note    optional: a remark that stands behind the row's name in every table
    choices optional, of methods that do not decode: names of what the code may be made of, layers or times. Which one
            is taken is decided for the method, who sees no label, by what `candidates(images)`, a list of one code
            [n, d] for each, tells of validation images; `chosen` is its index

    What is learned comes from one of `loss(images [n, c, h, w] in [-1, 1], **drawn) -> Tensor | dict`, for the trainer
    (of a dict, "loss" is minimised), or `fit(batches of such images)`, closed form; with neither, the method stays as
    it was built. What is supplied stays in eval mode and is never changed.

    draw    of a method that has a loss with chance in it: `draw(shape, generator) -> dict`, what a loss on images of
            `shape` [n, c, h, w] leaves to chance, and the loss's further arguments by name: tensors with a row for each
            image, on the generator's device, or what is alike for all images. Nothing else in a loss is random but
            dropout: it can be compiled, and devices that share a batch see what one would
    """

    needs: tuple[str, ...]
    parts: list[Part]
    cannot: dict[str, str]

    def encode(self, images: Tensor) -> dict[str, Tensor]:
        """Images [n, c, h, w] in [-1, 1] -> {view: [n, ...] float}; the first view is the default, flat [n, d].

        Nothing left to chance, and the code of an image does not depend on its batch.
        """
        ...

    def decode(self, codes: Tensor, start: Tensor, *, steps: int) -> Tensor:
        """Codes of the default view and start noise [n, c, h, w] -> images, not clamped; nothing left to chance."""
        ...

    def invert(self, images: Tensor, codes: Tensor, *, steps: int) -> Tensor:
        """The start noise [n, c, h, w] from which `decode` comes back to about `images`."""
        ...

    def noised(self, images: Tensor, noise: Tensor, timesteps: Tensor) -> Tensor:
        """The method's own forward process: the state of `images` at `timesteps`, int64 [n] in 0..999.

        noise  [n, c, h, w] ~ N(0, 1), of the images' shape whatever space the method works in
        """
        ...

    def denoise(self, noisy: Tensor, timesteps: Tensor, codes: Tensor) -> Tensor:
        """The images [n, c, h, w] that the method sees in states of `noised`, given these codes; not clamped."""
        ...

    def parameters(self) -> Iterator[Tensor]:
        """As of any nn.Module."""
        ...

    def buffers(self) -> Iterator[Tensor]:
        """As of any nn.Module."""
        ...
