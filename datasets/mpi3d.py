"""MPI3D (Gondal et al. 2019, arXiv:1906.03292): a robot's arm with an object, rendered or photographed; five files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import expect_none
from diffrep.datasets.files.grid import Grid
from diffrep.datasets.files.joint import Joint
from diffrep.datasets.files.npz import members
from diffrep.datasets.files.unpacked import Unpacked
from diffrep.datasets.readers.grid_images import GridImages

SIDE = 64
BLOCK = 4096  # images read at a time
SIX, FOUR = (6, 6, 2, 3, 3, 40, 40), (4, 4, 2, 3, 3, 40, 40)


class Variant(NamedTuple):
    """The sizes of its factors, which its number of images tells, and the md5 of its file; none: not published."""

    sizes: tuple[int, ...]
    md5: str


VARIANTS = {
    "toy": Variant(SIX, "55889cb7c7dfc655d6e0277beee88868"),
    "realistic": Variant(SIX, "59a6225b88b635365f70c91b3e52f70f"),
    "real": Variant(SIX, "0f33f609918fb5c97996692f91129802"),
    "real_complex": Variant(FOUR, ""),
    "challenge_toy": Variant(FOUR, ""),
}
WORDS = {  # of all variants
    "size": ("small", "large"),
    "camera_height": ("top", "centre", "bottom"),
    "background": ("purple", "sea_green", "salmon"),
}
WORDS_OF_SIX = {  # of those whose six colours and shapes are published
    "colour": ("white", "green", "red", "blue", "brown", "olive"),
    "shape": ("cone", "cube", "cylinder", "hexagonal", "pyramid", "sphere"),
}


class MPI3D(GridImages):
    """Images drawn without replacement from one of the five files that go by the name of MPI3D.

    file     an .npz with `images`; the first call of `images` unpacks it beside itself: 12.7 GB, or 5.7 GB
    variant  toy, realistic, real (1,036,800 images), real_complex or challenge_toy (460,800: what disentanglement_lib
             reads for toy and for realistic). A name of a file is never believed. The number of images tells the two
             grids apart; toy, realistic and real are told apart by the md5 of their published files, taken when the
             file is unpacked. Two things cannot be decided from what is published: which of those three a file is that
             was packed anew, and whether 460,800 images are real_complex or challenge_toy. There the person's word is
             taken, and `source` says so.

    FileNotFoundError without the file; ValueError for another file, and for a variant that the file is known not to be.
    """

    about = About(
        title="MPI3D",
        citation="Gondal et al. 2019, arXiv:1906.03292, github.com/rr-learning/disentanglement_dataset",
        licence="CC BY 4.0",
        size="mpi3d_toy.npz, mpi3d_realistic.npz, mpi3d_real.npz, real3d_complicated_shapes_ordered.npz or challenge's",
        place="`file`: the path of the .npz; `variant`: which; its folder needs 12.7 GB more for the unpacked images",
        may_be_shown=True,
    )
    factor_names = ("colour", "shape", "size", "camera_height", "background", "horizontal_axis", "vertical_axis")
    image_shape = (3, SIDE, SIDE)
    licence = "CC BY 4.0"

    def __init__(
        self,
        *,
        file: str,
        variant: Literal["toy", "realistic", "real", "real_complex", "challenge_toy"],
        joint: Joint,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
    ) -> None:
        self._variant = variant
        self.factor_sizes, self.published_md5 = VARIANTS[variant]
        words = WORDS | (WORDS_OF_SIX if self.factor_sizes == SIX else {})
        self._grid = Grid(self.factor_names, self.factor_sizes, ordered=self.factor_names[-2:], words=words)
        (self._member,) = members(Path(file), "images")
        self._expect_images()
        identity = f"crc32-{self._member.crc32}"
        self._unpacked = Unpacked(self._member.path, identity, self._member.shape, summed=self._member.path)
        self._expect_variant()
        expect_none(filter(None, [self._unpacked.fault()]))
        self._draw(Counts(train, valid, test), joint, seed)

    @property
    def source(self) -> str:
        """Which variant, and who says so."""
        known = self._unpacked.md5 and self._unpacked.md5 == self.published_md5
        told = "by the md5 of its file" if known else "by params.yaml: its file's content does not tell it"
        return f"MPI3D {self._variant} ({told}), {len(self._grid):,} images of {SIDE} x {SIDE}"

    def _at(self, places: np.ndarray) -> np.ndarray:
        images = self._unpacked.images(self._blocks)
        self._expect_variant()
        return images[places]

    def _blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        return self._member.blocks(BLOCK)

    def _expect_images(self) -> None:
        """Whether the file has the images of the variant: their number, and bytes of 64 x 64 x 3."""
        path, shape, wanted = self._member.path, self._member.shape, (len(self._grid), SIDE, SIDE, 3)
        if self._member.dtype != np.uint8 or shape[1:] != wanted[1:]:
            raise ValueError(f"{path} has images {list(shape)} of {self._member.dtype}, not {list(wanted)} of uint8")
        if shape != wanted:
            fitting = [name for name, other in VARIANTS.items() if int(np.prod(other.sizes)) == shape[0]]
            would = f"variant is {' or '.join(fitting)}" if fitting else "it is none of the five files"
            raise ValueError(f"{path} has {shape[0]:,} images, MPI3D {self._variant} has {wanted[0]:,}: {would}")

    def _expect_variant(self) -> None:
        """Whether the file, once its md5 is known, is no other variant's."""
        found = self._unpacked.md5
        other = next((name for name, variant in VARIANTS.items() if found and variant.md5 == found), self._variant)
        if other != self._variant:
            raise ValueError(
                f"{self._member.path} is MPI3D {other} by its md5, not {self._variant}: variant is {other}"
            )
