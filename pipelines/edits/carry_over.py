"""How far an edit of a factor brings along what went with it in training: factors that are independent in the world.

Träuble et al. 2021, arXiv:2006.07886, ask it of codes; here it is asked of edited images. Steps along a probe are held
against the true counterfactuals, in which the other factor stays. Longer steps bring more along, so that all methods
take equal ones, the whole way between two values.
"""

from typing import NamedTuple

import numpy as np

from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.metrics.means import defined_mean, factor_mean
from diffrep.metrics.measured import Measured, joined, missing
from diffrep.pipelines.edits.intervals import resampled
from diffrep.pipelines.edits.oracle import Oracle
from diffrep.pipelines.edits.scenes import scenes
from diffrep.pipelines.edits.session import Session
from diffrep.pipelines.edits.steering import Steering, shifted, ways
from diffrep.pipelines.edits.targets import Targets
from diffrep.pipelines.trained.pairings import Pairing, pairings
from diffrep.pipelines.trained.renderer import NO_TRUTH, Renderer

NAME, WANTED = "carry_over_edit", "carry_over_wanted"
WHOLE_WAY = 1.0  # of the way between the centres of two values
UNJUDGED = "no judged pair whose edit could bring the partner along, or the oracle does not read both factors"


class Conflicts(NamedTuple):
    """Edits of one factor of a pairing, of sources whose other factor has no value that went with the wanted one.

    targets  what the edits are aimed at
    pairing  [n] which pairing it is of
    partner  [n] the other factor, of the oracle's
    went     [n, values] bool: the partner's values that went with the wanted one
    """

    targets: Targets
    pairing: np.ndarray
    partner: np.ndarray
    went: np.ndarray

    def brought(self, read: np.ndarray) -> np.ndarray:
        """Whether readings [n, K] show the partner with a value that went with the wanted one, [n] bool."""
        row = np.arange(len(read))
        return self.went[row, read[row, self.partner]]

    def arrived(self, read: np.ndarray) -> np.ndarray:
        """Whether readings [n, K] show the wanted value itself, [n] bool."""
        return read[np.arange(len(read)), self.targets.factor] == self.targets.wanted

    def only(self, rows: np.ndarray) -> "Conflicts":
        """These of them, [n] bool."""
        return Conflicts(self.targets.only(rows), self.pairing[rows], self.partner[rows], self.went[rows])


def carry_over_names(data: Prepared) -> list[str]:
    """The names of all numbers of it: none of data whose factors are independent."""
    return names_of(pairings(data))


def names_of(known: list[Pairing]) -> list[str]:
    """The mean over pairings, how often edits arrive, and each pairing alone."""
    return [NAME, WANTED, *(f"{NAME}_{pairing.name}" for pairing in known)] if known else []


def carry_over(session: Session, oracle: Oracle, scene: Renderer | None, by: Steering | None) -> Measured:
    """How often an edit makes the oracle see the partner's value that went with it, beyond true counterfactuals.

    returns  `carry_over_names`: of each pairing the share of edits with which the oracle reads a value of the partner
             that went with the wanted one, less that of the true counterfactuals, mean over its two factors, and the
             mean over pairings, in [-1, 1]: 0 where the edit brings along no more than the truth; and as a mean of the
             same kind how often it reads the wanted value itself, in [0, 1], 0 without an edit
    arrays   carry_over_pairing, carry_over_factor (of the oracle's), carry_over and carry_over_wanted of every case
    """
    known = pairings(session.data)
    names = names_of(known)
    if not known:
        return Measured({})
    if scene is None or by is None:
        return missing(names, NO_TRUTH if scene is None else oracle.silence)
    cases = conflicts(session, oracle, known)
    if cases is None or not len(cases.pairing):
        return missing(names, UNJUDGED)
    return shares(*edits_read(session, oracle, scene, by, cases), cases, known, seed=session.seed)


def conflicts(session: Session, oracle: Oracle, known: list[Pairing]) -> Conflicts | None:
    """Every edit of a judged pair that could bring a partner along, and of whose source the decode shows nothing yet:
    neither a value of the partner that went with the wanted one nor the wanted value itself.

    None where the oracle does not read both factors of any pairing.
    """
    place = {int(factor): k for k, factor in enumerate(oracle.kept)}
    a, b = (oracle.truth[side[session.judged]] for side in (session.a, session.b))
    most = max(max(pairing.together.shape) for pairing in known)
    found = []
    for i, pairing in enumerate(known):
        for factor, partner, together in pairing.both_ways:
            if factor in place and partner in place:
                went = np.pad(together, ((0, 0), (0, most - together.shape[1])))
                found.append(conflict(session.judged, a, b, i, place[factor], place[partner], went))
    if not found:
        return None
    targets = Targets(*map(np.concatenate, zip(*(cases.targets for cases in found), strict=True)))
    cases = Conflicts(targets, *(np.concatenate([each[i] for each in found]) for i in (1, 2, 3)))
    read = oracle.read(session.original[targets.pairs])
    return cases.only(~cases.brought(read) & ~cases.arrived(read))


def conflict(
    pairs: np.ndarray, a: np.ndarray, b: np.ndarray, pairing: int, factor: int, partner: int, went: np.ndarray
) -> Conflicts:
    """The edits of one factor to the donor's value; a, b [n, K] true values of sources and donors."""
    wanted = b[:, factor]
    rows = np.flatnonzero((a[:, factor] != wanted) & ~went[wanted, a[:, partner]])
    same = lambda value: np.full(len(rows), value)  # noqa: E731
    targets = Targets(pairs[rows], same(factor), a[rows, factor], wanted[rows])
    return Conflicts(targets, same(pairing), same(partner), went[wanted[rows]])


def edits_read(
    session: Session, oracle: Oracle, scene: Renderer, by: Steering, cases: Conflicts
) -> tuple[np.ndarray, np.ndarray]:
    """Of each case whether its edit brings the partner along, less whether the truth does, and whether it arrives.

    returns  [n] each, float
    """
    targets = cases.targets
    codes = shifted(session, targets, ways(by.probes, targets, None), WHOLE_WAY)
    edited = oracle.read(session.decode(codes, targets.pairs))
    true = oracle.read(image_tensor(scenes(session, scene, targets.pairs, oracle.kept[targets.factor]).truth))
    return cases.brought(edited).astype(float) - cases.brought(true), cases.arrived(edited).astype(float)


def shares(beyond: np.ndarray, arrived: np.ndarray, cases: Conflicts, known: list[Pairing], *, seed: int) -> Measured:
    """Means over the cases of a factor, over the two factors of a pairing and over pairings, and their intervals."""

    def by_pairing(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        own = [np.where(cases.pairing == i, values, np.nan) for i in range(len(known))]
        return np.array([factor_mean(each, cases.targets.factor, weights) for each in own])

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        means = by_pairing(beyond, weights)
        named = {f"{NAME}_{pairing.name}": mean for pairing, mean in zip(known, means, strict=True)}
        wholes = {NAME: defined_mean(means, axis=0), WANTED: defined_mean(by_pairing(arrived, weights), axis=0)}
        return wholes | named

    arrays = {
        "carry_over_pairing": cases.pairing,
        "carry_over_factor": cases.targets.factor,
        "carry_over": beyond,
        "carry_over_wanted": arrived,
    }
    measured = resampled(score, cases.targets.pairs, seed=seed, reasons=dict.fromkeys(names_of(known), UNJUDGED))
    return joined(measured, Measured({}, arrays=arrays))
