"""How far an edit of a factor brings along what went with it in training: factors that are independent in the world.

Träuble et al. 2021, arXiv:2006.07886, ask it of codes; here it is asked of edited images. Steps along a probe, as long
as all edits along probes of the same method, are held against the true counterfactuals, which bring nothing along.
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

NAME = "carry_over_edit"
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

    def only(self, rows: np.ndarray) -> "Conflicts":
        """These of them, [n] bool."""
        return Conflicts(self.targets.only(rows), self.pairing[rows], self.partner[rows], self.went[rows])


def carry_over_names(data: Prepared) -> list[str]:
    """The names of all numbers of it: none of data whose factors are independent."""
    known = pairings(data)
    return [NAME, *(f"{NAME}_{pairing.name}" for pairing in known)] if known else []


def carry_over(
    session: Session, oracle: Oracle, scene: Renderer | None, by: Steering | None, strength: float | None
) -> Measured:
    """How often an edit makes the oracle see the partner's value that went with it, beyond true counterfactuals.

    strength  of the method's steps along probes
    returns   `carry_over_names`, in [-1, 1]: of each pairing the share of edits with which the oracle reads a value of
              the partner that went with the wanted one, less that of the true counterfactuals, mean over its two
              factors; and the mean over pairings. 0: the edit brings nothing along; 1: always
    arrays    carry_over_pairing, carry_over_factor (of the oracle's) and carry_over of every case
    """
    known, names = pairings(session.data), carry_over_names(session.data)
    if not known:
        return Measured({})
    if scene is None or by is None or strength is None:
        return missing(names, NO_TRUTH if scene is None else oracle.silence)
    cases = conflicts(session, oracle, known)
    if cases is None or not len(cases.pairing):
        return missing(names, UNJUDGED)
    beyond = brought_beyond(session, oracle, scene, by, cases, strength)
    return shares(beyond, cases, known, seed=session.seed)


def conflicts(session: Session, oracle: Oracle, known: list[Pairing]) -> Conflicts | None:
    """Every edit of a judged pair that could bring a partner along, and of whose source the decode does not show it.

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
    return cases.only(~cases.brought(oracle.read(session.original[targets.pairs])))


def conflict(
    pairs: np.ndarray, a: np.ndarray, b: np.ndarray, pairing: int, factor: int, partner: int, went: np.ndarray
) -> Conflicts:
    """The edits of one factor to the donor's value; a, b [n, K] true values of sources and donors."""
    wanted = b[:, factor]
    rows = np.flatnonzero((a[:, factor] != wanted) & ~went[wanted, a[:, partner]])
    same = lambda value: np.full(len(rows), value)  # noqa: E731
    targets = Targets(pairs[rows], same(factor), a[rows, factor], wanted[rows])
    return Conflicts(targets, same(pairing), same(partner), went[wanted[rows]])


def brought_beyond(
    session: Session, oracle: Oracle, scene: Renderer, by: Steering, cases: Conflicts, strength: float
) -> np.ndarray:
    """Of each case whether the edit brings the partner along, less whether the true counterfactual does: [n]."""
    targets = cases.targets
    codes = shifted(session, targets, ways(by.probes, targets, None), strength)
    edited = cases.brought(oracle.read(session.decode(codes, targets.pairs)))
    true = scenes(session, scene, targets.pairs, oracle.kept[targets.factor]).truth
    return edited.astype(float) - cases.brought(oracle.read(image_tensor(true)))


def shares(beyond: np.ndarray, cases: Conflicts, known: list[Pairing], *, seed: int) -> Measured:
    """Means over the cases of a factor, over the two factors of a pairing and over pairings, and their intervals."""

    def score(weights: np.ndarray) -> dict[str, np.ndarray]:
        own = [np.where(cases.pairing == i, beyond, np.nan) for i in range(len(known))]
        means = np.array([factor_mean(values, cases.targets.factor, weights) for values in own])
        named = {f"{NAME}_{pairing.name}": mean for pairing, mean in zip(known, means, strict=True)}
        return {NAME: defined_mean(means, axis=0)} | named

    names = [NAME, *(f"{NAME}_{pairing.name}" for pairing in known)]
    arrays = {"carry_over_pairing": cases.pairing, "carry_over_factor": cases.targets.factor, "carry_over": beyond}
    measured = resampled(score, cases.targets.pairs, seed=seed, reasons=dict.fromkeys(names, UNJUDGED))
    return joined(measured, Measured({}, arrays=arrays))
