"""Images of one's own in numpy's files, with what is known of them."""

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
from annotated_types import Ge

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.faults import Faults, expect_none
from diffrep.datasets.files.npy import Stored, stored_in
from diffrep.datasets.readers.known_arrays import KINDS, known_of, words_of
from diffrep.datasets.readers.levels import Levels, as_levels, fault_of_levels
from diffrep.datasets.readers.official_splits import Splits
from diffrep.datasets.readers.own_images import OwnImages
from diffrep.datasets.readers.pictures import Resampling, squares

WORDS = ("attribute_names", "attribute_groups", "factor_names", "target_names")
KEYS = ("images", *KINDS, *WORDS, "splits")
DEPTHS = (1, 3)  # channels
LOOKED_AT = 16  # images whose numbers are tried before any is asked for
SMALL = 64 << 20  # bytes of a compressed array that is unpacked for that


class Arrays(OwnImages):
    """Images in numpy's files, in the layout [n, h, w], [n, h, w, c] or [n, c, h, w], with what is known of them.

    file      an .npz with the keys below, a folder with images.npy, attributes.npy ..., or an .npy of images alone:
              images; attributes [n, a] of 0 and 1 or of -1 and 1; factors [n, k] of whole numbers or words, whose
              values are numbered in their order; targets [n, r] of any numbers; splits [n] of train, valid, test or
              0, 1, 2; and arrays of words: attribute_names, attribute_groups, factor_names, target_names. All but
              images may be left out; another key is an error. So np.savez("mine.npz", images=images,
              attributes=smiling[:, None], attribute_names=["smiling"]) writes one
    levels    what the numbers of images are: bytes (0 to 255), zero_to_one or minus_one_to_one. Floats become bytes
              where that loses nothing; others are refused, with what would do
    size      pixels; of images that are no squares the largest in the middle, brought to size by `resampling`
    splits    official: as the key splits says, 0 for all of a split; where it has no valid, `valid` are drawn from
              train. drawn: train, valid and test are drawn from all images
    attribute_names  a word for each column of attributes, as [smiling, glasses], in place of the file's; without
                     either attribute_0, attribute_1 ...
    attribute_groups  the group of each attribute, as [mouth, eyes]: tables have a mean of each; without, all are one
    factor_names  a word for each column of factors, as [pose, light]; without, factor_0 ...
    target_names  a word for each column of targets, as [age]; without, target_0 ...

    What is not compressed is read row by row. Of what is, bytes of more than 256 MiB are unpacked once, into a file
    beside it, and the rest lies in memory, at most 2 GiB of each array. Pickles are never loaded.
    FileNotFoundError, ValueError or Faults: each names the array and what would do.
    """

    about = About(
        title="Your own arrays",
        citation="who made the images, which you know",
        licence="that of the images, which you know: results and tables have none of them",
        size="as many images as you have, of one size; 1,000 are few",
        place="file: an .npz with the key images, and attributes, factors or targets where you have them",
    )
    licence = "that of the person who put the arrays there"

    def __init__(
        self,
        *,
        file: str,
        levels: Levels,
        size: Annotated[int, Ge(1)],
        resampling: Resampling,
        splits: Splits,
        train: int,
        valid: int,
        test: int,
        seed: Seed,
        attribute_names: tuple[str, ...] = (),
        attribute_groups: tuple[str, ...] = (),
        factor_names: tuple[str, ...] = (),
        target_names: tuple[str, ...] = (),
    ) -> None:
        self._path = Path(file).expanduser()
        stored = _arrays(self._path)
        self._images, self._levels, self._resampling = stored["images"], levels, resampling
        expect_none(filter(None, [self._images.fault()]))
        self._channels = _place_of_channels(self._images)
        self.image_shape = (1 if self._channels is None else self._images.shape[self._channels], size, size)
        given = {"attribute_names": attribute_names, "attribute_groups": attribute_groups}
        given |= {"factor_names": factor_names, "target_names": target_names}
        names = {key: words_of(stored, key, words) for key, words in given.items()}
        known, faults = known_of(stored, names, len(self._images))
        expect_none([*faults, *_faults_of_a_few(self._images, levels)])
        source = str(self._path)
        self._describe(known, len(self._images), Counts(train, valid, test), splits, seed, source, "given array")
        groups = names["attribute_groups"]
        if groups and len(groups) != len(known.attributes):
            raise ValueError(
                f"attribute_groups has {len(groups)} words for {len(known.attributes)} attributes: one each"
            )
        self.attribute_groups = groups or ("attribute",) * len(known.attributes)
        shape = " x ".join(map(str, self._images.shape))
        self.source = f"arrays of {self._path.name}: images {shape} {self._images.dtype}"
        crc32 = self._images.crc32
        self.checksum = f"none stated; crc32 of the images {crc32}" if crc32 else f"none stated; images {shape}"

    @property
    def packed(self) -> int:
        """How many images are still to be unpacked beside the file."""
        return self._images.packed

    def read_through(self) -> Iterator[int]:
        """Read the file as if to unpack it, and keep nothing: how many images have been read so far."""
        return self._images.read_through()

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, c] uint8; ValueError names the image whose numbers are no bytes."""
        drawn = self._drawn[rows]
        order = np.argsort(drawn)
        found = np.empty_like(self._images[drawn[:0]], shape=(len(drawn), *self._images.shape[1:]))
        found[order] = self._images[drawn[order]]
        if fault_of_levels(found, self._levels):
            faults = ((place, fault_of_levels(image, self._levels)) for place, image in zip(drawn, found, strict=True))
            raise Faults(f"image {place} of {self._path} {fault}" for place, fault in faults if fault)
        images = _channels_last(as_levels(found, self._levels), self._channels)
        return squares(images, self.image_shape[1], self._resampling)


def _arrays(path: Path) -> dict[str, Stored]:
    if not path.exists():
        raise FileNotFoundError(f"no file {path}: file is an .npz, a folder of .npy files, or an .npy of images")
    stored = stored_in(path)
    stored = {"images": stored[""]} if list(stored) == [""] else stored
    unknown = [key for key in stored if key not in KEYS]
    if "images" not in stored:
        raise ValueError(
            f"{path} has no images: its keys are {', '.join(stored) or 'none'}; name them {', '.join(KEYS)}"
        )
    expect_none(f"{path} has {key!r}, which nothing reads: {_instead(key)}" for key in unknown)
    return stored


def _instead(key: str) -> str:
    near = difflib.get_close_matches(key, KEYS, n=1)
    return f"did you mean {near[0]!r}?" if near else f"leave it out; there are {', '.join(KEYS)}"


def _place_of_channels(images: Stored) -> int | None:
    """The axis of the channels, 1 or 3; None where there is none."""
    shape = list(images.shape)
    if len(shape) == 3:
        return None
    first, last = (len(shape) == 4 and shape[place] in DEPTHS for place in (1, 3))
    if first == last:
        raise ValueError(
            f"{images} has the shape {shape}: [n, h, w], [n, h, w, c] or [n, c, h, w] with c of 1 or 3 would do"
            + (", but here both might be meant: cut off an edge, or save [n, h, w]" if first else "")
            + (", images[..., :3] without transparency" if len(shape) == 4 and shape[3] == 4 else "")
        )
    return 3 if last else 1


def _channels_last(images: np.ndarray, place: int | None) -> np.ndarray:
    """[n, h, w, c] contiguous."""
    if place is None:
        return np.ascontiguousarray(images[..., None])
    return np.ascontiguousarray(np.moveaxis(images, place, 3))


def _faults_of_a_few(images: Stored, levels: Levels) -> list[str]:
    """What is wrong with the numbers of some images, where to look at them is cheap."""
    if images.offset is None and np.prod(images.shape) * images.dtype.itemsize > SMALL:
        return []
    rows = np.unique(np.linspace(0, len(images) - 1, LOOKED_AT).astype(int)) if len(images) else np.arange(0)
    fault = fault_of_levels(images[rows], levels)
    return [f"{images} {fault}"] if fault else []
