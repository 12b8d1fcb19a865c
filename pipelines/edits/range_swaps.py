"""DiTi's claim, scored: the blocks of a range of times hold factors of their own, which a swap of them alone brings.

Yue et al. 2024, arXiv:2401.11430; its eval/counterfactual_generation.py draws such swaps, and of PDAE, whose code is
not cut, those of the same places. So here: a method that shifts the same frozen model by an uncut code is the control.
"""

import numpy as np

from diffrep.methods.shared.method import Method
from diffrep.methods.shared.part import Part
from diffrep.methods.shared.process.schedule import TIMESTEPS
from diffrep.metrics.edits.counterfactual import assign, rates
from diffrep.metrics.edits.ranges import range_scores
from diffrep.metrics.means import defined_mean
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.edits.block_ranges import blocks_of
from diffrep.pipelines.edits.intervals import resampled
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.session import Dims, Session, swapped
from diffrep.pipelines.edits.swaps import Swaps

THIRDS = {"early": (0, 64 / 3), "middle": (64 / 3, 128 / 3), "late": (128 / 3, 64)}  # of 64 blocks, as `blocks_of` asks
CONTROL_BLOCKS = 8  # that a code without any is cut into: as many as the rows of params.yaml have
SCORES = ("efficacy", "preservation", "faithfulness")
DISTINCT = "distinct_ranges"
RANGE_SCORES = (*(f"{score}_ranges{of}" for of in ("", *(f"_{name}" for name in THIRDS)) for score in SCORES), DISTINCT)
NO_TIMES = "not applicable: its code is not cut by time, and shifts no frozen model as the codes that are"
NO_BLOCK = "not applicable: no block lies there"
REASONS = {
    "efficacy": "it serves no factor",
    "preservation": "no factor that another range serves could be preserved",
    "faithfulness": "needs both efficacy and preservation",
}


def ranges_of(network: Method, width: int) -> dict[str, Dims]:
    """The dimensions of each third of the time axis by its name, of codes of this width; a third without is left out.

    Of a method with two or more blocks in time their dimensions; of another that stands on the same frozen model those
    of equal blocks, as if its code were cut; of all others none.
    """
    parts = [part for part in network.parts if part.timesteps is not None]
    if len(parts) < 2:
        parts = equal_blocks(width) if "base" in network.needs else []
    found = {name: blocks_of(parts, *ends) for name, ends in THIRDS.items()}
    dims = {name: tuple(dim for part in own for dim in part.dims) for name, own in found.items()}
    return {name: own for name, own in dims.items() if own}


def equal_blocks(width: int) -> list[Part]:
    """A code cut into `CONTROL_BLOCKS` equal blocks: every dimension with the slice of the time axis of its block."""
    block = ((np.arange(width) + 0.5) * CONTROL_BLOCKS / width).astype(int)
    edges = np.linspace(0, TIMESTEPS, CONTROL_BLOCKS + 1).astype(int)
    return [Part(f"dim {i}", (i,), (int(edges[b]), int(edges[b + 1]))) for i, b in enumerate(block)]


def range_swaps(session: Session, oracle: Oracle, swaps: Swaps) -> Measured:
    """What the oracle says of the source with the donor's numbers in one third of the blocks: `RANGE_SCORES`.

    Ranges are assigned to factors on the first half of the pairs, by how often the donor's value arrives; numbers are
    of the second half. One of them by name is of that range, `range_scores`; without a name it is the mean over the
    ranges that have it; distinct_ranges is how many serve a factor.

    arrays  assigned_ranges [K]: the place in `THIRDS` of the range that serves each of the oracle's factors, -1: none
    """
    ranges = ranges_of(session.network, session.codes["test"].shape[1])
    if not ranges or not len(oracle.kept):
        return missing(RANGE_SCORES, oracle.silence if ranges else NO_TIMES)
    m, first, second = session.settings.pairs, session.chosen_on, session.judged
    y_a, y_b = oracle.read(session.original[:m]), oracle.read(swaps.donor)
    y_cf, differs = read_swaps(session, oracle, ranges), oracle.truth[session.a[:m]] != oracle.truth[session.b[:m]]
    seen = lambda half: (y_a[half], y_b[half], y_cf[:, half], y_a[half])  # noqa: E731
    assigned = assign(rates(*seen(first), differs=differs[first]).arrived[0])

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        judged = rates(*seen(second), differs=differs[second], weights=weights)
        return named(range_scores(judged, assigned, counted=oracle.counted), list(ranges))

    reasons = {name: REASONS[name.partition("_")[0]] for name in RANGE_SCORES if name != DISTINCT}
    measured = resampled(score, second, seed=session.seed, reasons=reasons)
    unmade = [name for name in RANGE_SCORES if name not in measured and name != DISTINCT]
    places = np.array([list(THIRDS).index(name) for name in ranges] + [-1])[assigned]
    distinct = Measured({DISTINCT: len({*assigned} - {-1})}, arrays={"assigned_ranges": places})
    return joined(measured, missing(unmade, NO_BLOCK), distinct)


def read_swaps(session: Session, oracle: Oracle, ranges: dict[str, Dims]) -> np.ndarray:
    """What the oracle reads [r, m, K] of the scored pairs' sources with each range of the donor's code."""
    pairs = np.arange(session.settings.pairs)
    codes, donors = session.source_codes(pairs), session.donor_codes(pairs)
    edited = np.concatenate([swapped(codes, donors, dims) for dims in ranges.values()])
    read = oracle.read(session.decode(edited, np.tile(pairs, len(ranges))))
    return read.reshape(len(ranges), len(pairs), -1)


def named(found: dict[str, np.ndarray], ranges: list[str]) -> dict[str, np.ndarray]:
    """Scores [b, r] as [b] under the names of result files: of each range, and means over those that have it."""
    by_range = {f"{score}_ranges_{name}": found[score][:, i] for i, name in enumerate(ranges) for score in SCORES}
    return {f"{score}_ranges": defined_mean(found[score], axis=1) for score in SCORES} | by_range


def ranges_serving(measured: Measured, oracle: Oracle) -> dict[str, str]:
    """{factor: the range that serves it} of what `range_swaps` gave; empty where no range was swapped."""
    assigned = measured.arrays.get("assigned_ranges", np.empty(0, int))
    return {oracle.names[k]: list(THIRDS)[place] for k, place in enumerate(assigned) if place >= 0}
