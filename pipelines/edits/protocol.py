"""The protocol of edits, from the null edit to the distances; the README tells it under "How a number is made".

Alike for every method: same pairs, same oracle, same sampler; the noise of a decode is the start inferred from image a
where the method can invert, else noise drawn from (seed, a). Parts and strengths are chosen on the first half of the
pairs, numbers are of the second.
"""

from pathlib import Path

from diffrep.datasets.pixels import image_bytes
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.edits.strengths import STRENGTHS
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.core.sections import Counterfactual
from diffrep.pipelines.edits.carry_over import carry_over, carry_over_names
from diffrep.pipelines.edits.drift import COMPOSITIONS, NULL_EDITS, composition
from diffrep.pipelines.edits.interpolation import PATH_SCORES, code_interpolations, part_interpolations, path_scores
from diffrep.pipelines.edits.kinds import SWAP, EditKind, edit_kinds, suffixed, targeted_kinds
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.pictures import Decodes, draw_pictures
from diffrep.pipelines.edits.range_swaps import RANGE_SCORES, range_swaps
from diffrep.pipelines.edits.realism import REALISM, realism
from diffrep.pipelines.edits.references import ReferenceFeatures
from diffrep.pipelines.edits.scenes import Truths, truths
from diffrep.pipelines.edits.session import Session, parts_of
from diffrep.pipelines.edits.steering import STRENGTH_PAIRS, Steering, TargetedEdits, steering
from diffrep.pipelines.edits.swaps import Swaps, decode_swaps, swap_scores, swap_sizes
from diffrep.pipelines.edits.targeted_scores import targeted_scores
from diffrep.pipelines.edits.truth_scores import (
    FACTORS_MOVED,
    REACHABLE_ERRORS,
    edit_errors,
    parts_by_truth,
    reachable_errors,
    swap_images,
)
from diffrep.pipelines.trained.renderer import NO_TRUTH, Renderer

CASE_COUNTS = ("n_pairs", "n_images", "factors_judged", "parts_tried", "parts")
BY_PART, BY_CODE = "", "_code"  # behind the scores of paths on which one part moves, and on which all of a code does


def score_names(settings: Counterfactual, data: Prepared) -> list[str]:
    """The names of all numbers of the stage: those of every method, whatever cannot be measured of it."""
    kinds = edit_kinds(settings)
    by_oracle = [name for kind in kinds for name in kind.oracle_names]
    paths = [f"{name}{of}" for of in (BY_PART, BY_CODE) for name in PATH_SCORES]
    by_oracle = [*by_oracle, *RANGE_SCORES, *carry_over_names(data)]
    return [*CASE_COUNTS, *by_oracle, *paths, *truth_names(kinds), *COMPOSITIONS, *REALISM]


def truth_names(kinds: list[EditKind]) -> list[str]:
    """The names of all numbers that need the true outcomes."""
    return [*(name for kind in kinds for name in kind.truth_names), *REACHABLE_ERRORS, FACTORS_MOVED]


def evaluate(
    session: Session, oracle: Oracle, scene: Renderer | None, reference: ReferenceFeatures, pictures: Path
) -> Measured:
    """Every score of one trained method's edits, `score_names`, and the arrays behind them.

    scene      what draws the true outcomes, where there are any
    reference  of as many real training images as edits are drawn
    pictures   an empty folder, in which the edits are shown
    """
    # the null edit is in the session; swaps of parts, and the part that serves each factor of the oracle
    swaps = decode_swaps(session)
    swapped = swap_scores(session, oracle, swaps)
    assigned = swapped.arrays["assigned"]
    ranges = range_swaps(session, oracle, swaps)

    # edits that are aimed at one value of a factor, and what they bring along that went with it in training
    by = steering(session, oracle)
    edits = targeted_edits(session, by)
    targeted = all_targeted_scores(session, oracle, edits)
    along = carry_over(session, oracle, scene, by)

    # half the way, by one part and by the whole code
    by_part, by_code = part_interpolations(session, oracle, swaps, assigned), code_interpolations(session, oracle)
    paths = [suffixed(path_scores(session, oracle, each), of) for each, of in ((by_part, BY_PART), (by_code, BY_CODE))]

    # how much an edit changes, and how much of it is right
    sizes = swap_sizes(session, swaps, assigned)
    targets = next((each.targets for each in edits.values()), None)
    known = None if scene is None else truths(session, scene, oracle, targets)
    by_truth = truth_scores(session, oracle, known, swaps, edits)

    # what the decoder itself does to an image
    drift = composition(session)
    unedited = image_bytes(session.original[: len(swaps.drawn)])
    looks = realism(image_bytes(swaps.drawn), unedited, reference, seed=session.seed, device=session.decoder.device)

    by_oracle = (swapped, ranges, targeted, along)
    measured = joined(counts(session, oracle), *by_oracle, *paths, sizes, by_truth, drift, looks)
    decodes = Decodes(swaps, assigned, edits, by_part, by_code, known, measured.arrays.get("assigned_by_truth"))
    draw_pictures(pictures, session, oracle, decodes)
    return measured


def counts(session: Session, oracle: Oracle) -> Measured:
    """How much is measured on: `CASE_COUNTS`."""
    parts = parts_of(session.network, session.codes["test"].shape[1])
    values = (session.settings.pairs, session.settings.images, len(oracle.kept), len(session.parts), len(parts))
    return Measured(dict(zip(CASE_COUNTS, values, strict=True)), arrays={"kept": oracle.kept})


def targeted_edits(session: Session, by: Steering | None) -> dict[EditKind, TargetedEdits]:
    """Every targeted kind of edit of the judged pairs; none where no pair differs in a factor that the oracle reads."""
    if by is None:
        return {}
    return {kind: kind.make(by) for kind in targeted_kinds(session.settings) if kind.make is not None}


def all_targeted_scores(session: Session, oracle: Oracle, edits: dict[EditKind, TargetedEdits]) -> Measured:
    """What the oracle says of every targeted kind."""
    if not edits:
        kinds = targeted_kinds(session.settings)
        return missing([name for kind in kinds for name in kind.oracle_names], oracle.silence)
    return joined(*(kind.named(targeted_scores(session, oracle, found)) for kind, found in edits.items()))


def truth_scores(
    session: Session, oracle: Oracle, known: Truths | None, swaps: Swaps, edits: dict[EditKind, TargetedEdits]
) -> Measured:
    """How far edits of every kind are from the true outcomes, and whether the decoder could draw those."""
    if known is None:
        return missing(truth_names(edit_kinds(session.settings)), NO_TRUTH)
    chosen = parts_by_truth(known.chosen_on, swaps, len(session.data.card["factor_names"]))
    images = {SWAP: (known.judged, swap_images(known.judged, swaps, chosen.arrays["assigned_by_truth"]))}
    if known.targeted is not None:
        images |= {kind: (known.targeted, image_bytes(found.edited)) for kind, found in edits.items()}
    measured = [kind.named(edit_errors(*each, seed=session.seed)) for kind, each in images.items()]
    unmade = [name for kind in edit_kinds(session.settings) if kind not in images for name in kind.truth_names]
    return joined(chosen, *measured, missing(unmade, oracle.silence), reachable_errors(session, known.single))


def planned(
    settings: Counterfactual, parts: int, inverts: bool, exact: bool, *, ranges: int = 0, correlated: int = 0
) -> int:
    """About how many images will be decoded or inverted, for the progress shown.

    ranges, correlated  how many ranges of blocks are swapped, and how many pairs of factors went together in training
    """
    m, half = settings.pairs, settings.pairs - settings.pairs // 2
    swaps = max(m, settings.images) * (1 + inverts) + (parts + ranges + 2) * m + max(settings.images - m, 0)
    tried = len(STRENGTHS) * min(STRENGTH_PAIRS, m // 2)
    kinds = len(targeted_kinds(settings))  # of which all but one take steps
    targeted = kinds * half + (kinds - 1) * tried + exact * (1 + inverts) * half
    drift = (NULL_EDITS - 1) * (1 + inverts) * settings.composed
    targeted += exact * 2 * correlated * half  # of either factor, of most pairs
    return swaps + targeted + (7 + inverts) * settings.interpolated + drift
