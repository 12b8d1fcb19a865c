"""One trained method at work on pairs of test images: its codes, its starts, and the sources decoded unedited."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.methods.shared.method import Method
from diffrep.metrics.disentanglement.top_parts import top_parts
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.core.seeds import start_noise
from diffrep.pipelines.edits.oracle import labels
from diffrep.pipelines.trained.decoder import Decoder
from diffrep.pipelines.trained.encoding import views_of

Dims = tuple[int, ...]  # the dimensions of one part of a code


@dataclass(frozen=True)
class Session:
    """One trained method at work on pairs of test images (a, b): a is the source of an edit, b the donor.

    n pairs are decoded with one swap each; the first m = settings.pairs of them are scored. Parts and strengths are
    chosen on the first half of the scored pairs, numbers are of the second.

    seed      of pairs, noise and estimators, alike for every method
    codes     of every split, [.., d]
    parts     [s] dimensions of the parts that are swapped
    a, b      [n] positions in the test split
    start     [n, c, h, w] what each source is decoded from: inferred where the method can invert, else noise drawn
              from (seed, image)
    original  [n, c, h, w] the null edit: each source decoded from its own code; in about [-1, 1] as all decodes
    """

    network: Method
    data: Prepared
    settings: Counterfactual
    seed: int
    decoder: Decoder
    codes: dict[str, np.ndarray]
    parts: list[Dims]
    a: np.ndarray
    b: np.ndarray
    start: Tensor
    original: Tensor

    @property
    def judged(self) -> np.ndarray:
        """The pairs that numbers are of: the second half of the scored ones."""
        return np.arange(self.settings.pairs // 2, self.settings.pairs)

    @property
    def chosen_on(self) -> np.ndarray:
        """The pairs on which parts and strengths are chosen."""
        return np.arange(self.settings.pairs // 2)

    def rows(self, positions: np.ndarray) -> np.ndarray:
        """Where images at these positions of the test split lie in the data set."""
        return self.data.splits["test"][positions]

    def images(self, positions: np.ndarray) -> np.ndarray:
        """Real test images [n, h, w, c] uint8."""
        return self.data.images[self.rows(positions)]

    def source_codes(self, pairs: np.ndarray) -> np.ndarray:
        """Codes [n, d] of the sources of these pairs."""
        return self.codes["test"][self.a[pairs]]

    def donor_codes(self, pairs: np.ndarray) -> np.ndarray:
        """Codes [n, d] of their donors."""
        return self.codes["test"][self.b[pairs]]

    def encode(self, images: np.ndarray) -> np.ndarray:
        """Codes [n, d] of images [n, h, w, c] uint8."""
        views = views_of(self.network, images, np.arange(len(images)), self.decoder.batch_size)
        return torch.cat([next(iter(view.values())) for view in views]).numpy()

    def starts(self, positions: np.ndarray, images: np.ndarray, codes: np.ndarray) -> Tensor:
        """What `images` [n, h, w, c] with these codes are decoded from, if they stand for these test images."""
        return starts(self.decoder, self.rows(positions), images, codes, self.settings, self.seed)

    def donor_starts(self, pairs: np.ndarray) -> Tensor:
        """What the donors of these pairs are decoded from."""
        return self.starts(self.b[pairs], self.images(self.b[pairs]), self.donor_codes(pairs))

    def decode(self, codes: np.ndarray, pairs: np.ndarray) -> Tensor:
        """Edited codes [n, d] of the sources of these pairs, drawn from the sources' own starts."""
        return self.draw(codes, self.start[pairs])

    def draw(self, codes: np.ndarray, start: Tensor) -> Tensor:
        """Codes [n, d] drawn from any starts [n, c, h, w]."""
        return self.decoder.decode(codes, start, self.settings.decode_steps)


def open_session(
    network: Method,
    data: Prepared,
    codes: dict[str, np.ndarray],
    parts: list[Dims],
    settings: Counterfactual,
    seed: int,
    decoder: Decoder,
) -> Session:
    """Draw the pairs, find the starts of the sources, decode them unedited: once, for all that follows."""
    a, b = draw_pairs(data.splits["test"], max(settings.pairs, settings.images), seed)
    rows, own = data.splits["test"][a], codes["test"][a]
    start = starts(decoder, rows, data.images[rows], own, settings, seed)
    original = decoder.decode(own, start, settings.decode_steps)
    return Session(network, data, settings, seed, decoder, codes, parts, a, b, start, original)


def draw_pairs(rows: np.ndarray, count: int, seed: int) -> np.ndarray:
    """[2, count] positions in the test split: a and b, alike for every method; no a twice, never a = b."""
    if count >= len(rows):
        raise ValueError(
            f"{count} pairs need as many test images and there are {len(rows)}: lower evaluate.counterfactual"
        )
    generator = np.random.default_rng((seed, 1))
    first = generator.permutation(len(rows))[:count]
    return np.stack([first, (first + generator.integers(1, len(rows), count)) % len(rows)])


def starts(
    decoder: Decoder, rows: np.ndarray, images: np.ndarray, codes: np.ndarray, settings: Counterfactual, seed: int
) -> Tensor:
    """The starts inferred from images, or noise that is a function of (seed, row) where the method cannot invert."""
    if "invert" in decoder.network.cannot:
        return start_noise(seed, rows, (images.shape[3], *images.shape[1:3]))
    return decoder.invert(image_tensor(images), codes, settings.invert_steps)


def chosen_parts(network: Method, codes: np.ndarray, data: Prepared, settings: Counterfactual, seed: int) -> list[Dims]:
    """The parts to swap: of the method's own, or else of its single dimensions, those that tell most of a factor.

    Chosen on validation images, whose codes [n, d] these are; `random_parts` more are drawn by lot.
    """
    parts = parts_of(network, codes.shape[1])
    known = labels(data).values[data.splits["valid"]]
    chosen = top_parts(codes, known, parts, seed=seed, random_parts=settings.random_parts)
    return [parts[i] for i in chosen]


def parts_of(network: Method, width: int) -> list[Dims]:
    """All parts of codes of this width that could be swapped: the method's own, or else single dimensions."""
    return [tuple(part.dims) for part in network.parts] or [(i,) for i in range(width)]


def swapped(codes: np.ndarray, donors: np.ndarray, part: Dims | np.ndarray) -> np.ndarray:
    """`codes` [n, d] with the dimensions of `part` taken from `donors`."""
    edited = codes.copy()
    edited[:, part] = donors[:, part]
    return edited


def slerp(first: Tensor, second: Tensor, share: float) -> Tensor:
    """Spherical interpolation of starts [n, c, h, w], each flattened: `share` 0 gives the first, 1 the second.

    As Diff-AE, PDAE and DiTi interpolate x_T: the angle is that of the two, lengths are not normalised; where they
    are parallel the way between them is a straight line.
    """
    flat, other = first.flatten(1).double(), second.flatten(1).double()
    cosine = (flat * other).sum(1) / (flat.norm(dim=1) * other.norm(dim=1)).clamp_min(1e-12)
    angle = cosine.clamp(-1, 1).arccos()[:, None]
    straight = angle.sin() < 1e-6
    safe = torch.where(straight, torch.ones_like(angle), angle)
    weights = torch.where(straight, torch.full_like(angle, 1 - share), ((1 - share) * safe).sin() / safe.sin())
    others = torch.where(straight, torch.full_like(angle, share), (share * safe).sin() / safe.sin())
    return (weights * flat + others * other).view_as(first).to(first.dtype)
