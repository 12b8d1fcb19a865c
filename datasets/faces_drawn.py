"""Drawn faces of ten known factors, with binary attributes that are rules over them, as CelebA has them of photographs.

The one face data here of which the true picture of an edit is known: `redrawn` alters a factor and nothing else.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from diffrep.datasets.files.about import About
from diffrep.datasets.files.drawn_splits import Counts, Seed
from diffrep.datasets.files.joint import Joint, drawn, numbered
from diffrep.datasets.rendered.face import factors_of, index_of, nuisance_of, render
from diffrep.datasets.rendered.face_parts import expect_packages
from diffrep.datasets.rendered.face_values import CHECKSUM, COUNT, DRAWINGS, FACTOR_NAMES, FACTOR_SIZES, WORDS

SMALLEST = 32  # pixels of a side: what values of a factor are told apart at


class Words(NamedTuple):
    """The factors of some images, a column [n] of words each, under the names that the rules use."""

    style: np.ndarray
    hair: np.ndarray
    skin: np.ndarray
    brows: np.ndarray
    eyes: np.ndarray
    mouth: np.ndarray
    accessory: np.ndarray
    beard: np.ndarray
    clothes: np.ndarray
    cloth: np.ndarray


Rule = Callable[[Words], np.ndarray]


def _long(f: Words) -> np.ndarray:
    return np.isin(f.style, ("curly", "afro", "bob", "long"))


def _bearded(f: Words) -> np.ndarray:
    return np.isin(f.beard, ("short_beard", "full_beard"))


def _glasses(f: Words) -> np.ndarray:
    return np.isin(f.accessory, ("round_glasses", "white_glasses", "dark_glasses", "sunglasses"))


def _smiling(f: Words) -> np.ndarray:
    return np.isin(f.mouth, ("smile", "laugh", "tongue"))


RULES: dict[str, tuple[str, Rule]] = {  # attribute: its group, and when an image has it
    "balding": ("hair", lambda f: f.style == "balding"),
    "long_hair": ("hair", _long),
    "curly_hair": ("hair", lambda f: np.isin(f.style, ("curly", "afro"))),
    "straight_hair": ("hair", lambda f: np.isin(f.style, ("bob", "long"))),
    "hair_upwards": ("hair", lambda f: np.isin(f.style, ("mohawk", "quiff", "spiky"))),
    "black_hair": ("colour", lambda f: f.hair == "black"),
    "brown_hair": ("colour", lambda f: f.hair == "brown"),
    "blond_hair": ("colour", lambda f: f.hair == "blond"),
    "grey_hair": ("colour", lambda f: f.hair == "grey"),
    "light_hair": ("colour", lambda f: np.isin(f.hair, ("blond", "grey", "pink"))),
    "pale_skin": ("colour", lambda f: f.skin == "pale"),
    "dark_skin": ("colour", lambda f: np.isin(f.skin, ("brown", "dark"))),
    "angry_brows": ("expression", lambda f: f.brows == "angry"),
    "raised_brows": ("expression", lambda f: f.brows == "raised"),
    "heavy_brows": ("expression", lambda f: np.isin(f.brows, ("flat", "joined"))),
    "eyes_closed": ("expression", lambda f: f.eyes == "closed"),
    "white_of_eyes": ("expression", lambda f: np.isin(f.eyes, ("wide", "rolling", "narrow"))),
    "smiling": ("expression", _smiling),
    "mouth_open": ("expression", lambda f: np.isin(f.mouth, ("smile", "laugh", "scream", "tongue"))),
    "tongue_out": ("expression", lambda f: f.mouth == "tongue"),
    "glasses": ("accessory", _glasses),
    "sunglasses": ("accessory", lambda f: f.accessory == "sunglasses"),
    "eyepatch": ("accessory", lambda f: f.accessory == "eyepatch"),
    "beard": ("facial hair", _bearded),
    "full_beard": ("facial hair", lambda f: f.beard == "full_beard"),
    "moustache": ("facial hair", lambda f: f.beard == "moustache"),
    "no_facial_hair": ("facial hair", lambda f: f.beard == "none"),
    "hoodie": ("clothing", lambda f: f.clothes == "hoodie"),
    "overall": ("clothing", lambda f: f.clothes == "overall"),
    "black_clothes": ("clothing", lambda f: f.cloth == "black"),
    "red_clothes": ("clothing", lambda f: f.cloth == "red"),
    "light_clothes": ("clothing", lambda f: np.isin(f.cloth, ("white", "green", "yellow"))),
    "blond_and_long": ("conjunction", lambda f: (f.hair == "blond") & _long(f)),
    "grey_beard": ("conjunction", lambda f: (f.hair == "grey") & _bearded(f)),
    "balding_with_glasses": ("conjunction", lambda f: (f.style == "balding") & _glasses(f)),
    "light_hair_dark_skin": (
        "conjunction",
        lambda f: np.isin(f.hair, ("blond", "grey", "pink")) & np.isin(f.skin, ("brown", "dark")),
    ),
    "smiling_with_angry_brows": ("conjunction", lambda f: _smiling(f) & (f.brows == "angry")),
    "smiling_with_eyes_closed": ("conjunction", lambda f: _smiling(f) & (f.eyes == "closed")),
}


class FacesDrawn:
    """Cartoon faces drawn without replacement from all combinations of ten factors; row i is always the same image.

    size      pixels of a side, 32 or more
    nuisance  true: every face has its own shift, scale, light, background and noise, which its number decides
    seed      decides which faces there are

    Rows are training, validation and test images in this order, and no combination is in two. ValueError for what
    there is not to draw, and where a package is missing or its drawings are not those of python-avatars 1.4.1.
    """

    about = About(
        title="Drawn faces (Avataaars)",
        citation="drawings by Pablo Stanley, https://avataaars.com; in python-avatars 1.4.1 by Ibon; grid by us",
        licence="MIT (python-avatars); of the artwork the package names the author, and no licence but its own",
        size=f"nothing to fetch: {COUNT:,} combinations, drawn when asked for",
        place="no file; needs the packages python-avatars 1.4.1 and resvg-py",
        may_be_shown=True,
    )
    factor_names = FACTOR_NAMES
    factor_sizes = FACTOR_SIZES
    factor_words = WORDS
    attribute_names = tuple(RULES)
    attribute_groups = tuple(group for group, _ in RULES.values())
    attribute_sources = ("factor rule",) * len(RULES)
    licence = (
        "MIT License, Copyright (c) 2021 Ibon, for python-avatars 1.4.1, whose drawings these are. Its metadata says: "
        "'Avatars designed by Pablo Stanley (https://avataaars.com/)' and 'Additional avatar parts from blush.design, "
        "designed by Pablo Stanley'. It states no other licence for the artwork, nor do the drawings' files"
    )

    checksum = f"{CHECKSUM}, sha256 over the {len(DRAWINGS)} drawings used"

    def __init__(
        self, *, size: int, nuisance: bool, joint: Joint, train: int, valid: int, test: int, seed: Seed
    ) -> None:
        if size < SMALLEST:
            raise ValueError(f"size is at least {SMALLEST} pixels, at which all values are told apart: got {size}")
        rasteriser = expect_packages(DRAWINGS, CHECKSUM)
        sizes = dict(zip(FACTOR_NAMES, FACTOR_SIZES, strict=True))
        self.joint = numbered(sizes, joint, WORDS)
        self.index, self._splits = drawn(sizes, Counts(train, valid, test), self.joint, seed)
        self.image_shape = (3, size, size)
        self.source = (
            "drawn by diffrep.datasets.rendered.face from the parts of python-avatars 1.4.1, brows and sunglasses with "
            f"an opacity of our own; rasterised by {rasteriser}"
        )
        self._nuisance = nuisance

    def __len__(self) -> int:
        return len(self.index)

    def splits(self) -> dict[str, np.ndarray]:
        """Row numbers [n] int64 of "train", "valid" and "test"; no row is in two of them."""
        return self._splits

    def images(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, size, size, 3] uint8."""
        factors = self.factors(rows)
        return self.redrawn(factors, factors)

    def factors(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 10] int64."""
        return factors_of(self.index[rows])

    def attributes(self, rows: np.ndarray) -> np.ndarray:
        """[n] -> [n, 38] uint8, 0 or 1."""
        return attributes_of(self.factors(rows))

    def redrawn(self, factors: np.ndarray, original: np.ndarray) -> np.ndarray:
        """The true image of edited factors: faces with `factors` under the nuisance of the faces with `original`.

        factors, original  [n, 10] int
        returns            [n, size, size, 3] uint8
        """
        nuisance = nuisance_of(index_of(original)) if self._nuisance else None
        return render(factors, nuisance, size=self.image_shape[1])


def attributes_of(factors: np.ndarray) -> np.ndarray:
    """The 38 attributes of faces: [n, 10] int -> [n, 38] uint8, in the order of `RULES`."""
    words = Words(*(np.array(WORDS[name])[column] for name, column in zip(FACTOR_NAMES, factors.T, strict=True)))
    return np.stack([rule(words) for _, rule in RULES.values()], axis=1).astype(np.uint8)
