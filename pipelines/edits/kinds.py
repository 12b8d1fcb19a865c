"""The kinds of edit, in one table: what each is called, how it is made, and what is measured of it."""

from collections.abc import Callable
from typing import NamedTuple

from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits.steering import Steering, TargetedEdits, along_mask, along_probe, along_top, top_swaps
from diffrep.pipelines.edits.swaps import SWAP_SCORES, SWAP_SIZES
from diffrep.pipelines.edits.targeted_scores import LOGIT_SHIFTS, STEP_SCORES, TARGETED_SCORES
from diffrep.pipelines.edits.truth_scores import EDIT_ERRORS


class EditKind(NamedTuple):
    """One kind of edit.

    suffix     behind the names of its numbers
    words      what is done to the code
    by_oracle  names, without the suffix, of what is measured of it where the oracle reads a factor
    by_truth   the same where the true outcome is known
    make       how it is made, where it is aimed at one value of a factor; None for swaps of parts
    """

    name: str
    suffix: str
    words: str
    by_oracle: tuple[str, ...]
    by_truth: tuple[str, ...]
    make: Callable[[Steering], TargetedEdits] | None

    def named(self, measured: Measured) -> Measured:
        """Numbers and arrays under the names that they have in result files."""
        return suffixed(measured, self.suffix)

    @property
    def oracle_names(self) -> list[str]:
        """What result files hold of it by the oracle."""
        return [f"{name}{self.suffix}" for name in self.by_oracle]

    @property
    def truth_names(self) -> list[str]:
        """What result files hold of it by the truth."""
        return [f"{name}{self.suffix}" for name in self.by_truth]


STEPPED = (*TARGETED_SCORES, *STEP_SCORES, *LOGIT_SHIFTS)
SWAP = EditKind(
    "swap",
    "",
    "One part of the code is the donor's: of all parts the one that comes nearest to the truth on other pairs.",
    (*SWAP_SCORES, *SWAP_SIZES),
    EDIT_ERRORS,
    None,
)
TOP_SWAP = EditKind(
    "top",
    "_top",
    "The dimensions of the code that a linear probe weighs most are the donor's.",
    (*TARGETED_SCORES, *LOGIT_SHIFTS),
    EDIT_ERRORS,
    top_swaps,
)
DIRECTION = EditKind(
    "direction",
    "_direction",
    "The code is moved along a linear probe towards the donor's value, as far as flips half of other images.",
    STEPPED,
    EDIT_ERRORS,
    along_probe,
)
DIRECTION_TOP = EditKind(
    "direction_top",
    "_direction_top",
    "The code is moved along the largest weights of a linear probe, as far as flips half of other images.",
    STEPPED,
    EDIT_ERRORS,
    along_top,
)
DIRECTION_MASK = EditKind(
    "direction_mask",
    "_direction_mask",
    "The code is moved along a linear probe on a learned mask, as far as flips half of other images.",
    STEPPED,
    EDIT_ERRORS,
    along_mask,
)
EDIT_KINDS = (SWAP, TOP_SWAP, DIRECTION, DIRECTION_TOP, DIRECTION_MASK)


def edit_kinds(settings: Counterfactual) -> list[EditKind]:
    """Those that are made; the learned mask takes minutes, so only where the settings ask for it."""
    return [kind for kind in EDIT_KINDS if kind is not DIRECTION_MASK or settings.mask_dims]


def targeted_kinds(settings: Counterfactual) -> list[EditKind]:
    """Those of them that are aimed at one value of a factor."""
    return [kind for kind in edit_kinds(settings) if kind.make is not None]


def suffixed(measured: Measured, suffix: str) -> Measured:
    """The same with `suffix` behind every name, of arrays too.

    >>> suffixed(Measured({"efficacy": 0.5}), "_top")
    {'efficacy_top': 0.5}
    """
    renamed = lambda known: {f"{name}{suffix}": value for name, value in known.items()}  # noqa: E731
    return Measured(
        renamed(measured),
        reasons=renamed(measured.reasons),
        arrays=renamed(measured.arrays),
        intervals=renamed(measured.intervals),
    )
