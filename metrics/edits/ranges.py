"""Does a range of a code hold factors of its own, which the donor's numbers there bring over and no others?

As in `counterfactual.py` decodes are compared with decodes; but a range of blocks may hold several factors, so that
bringing all of them is what it should do, and a factor of another range is what it should leave alone.
"""

import numpy as np

from diffrep.metrics.edits.counterfactual import Rates, harmonic
from diffrep.metrics.means import defined_mean, ratio


def range_scores(judged: Rates, assigned: np.ndarray, *, counted: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """How far each range brings the factors that it serves and no others, in each of b resamples.

    judged    of swaps of r ranges, on pairs that the assignment has not seen
    assigned  [k] int: the range that serves each factor, -1 for none: `assign` of other pairs
    counted   [k, k] bool: whether a change of factor j (column) counts against an edit of factor k (row), default all
    returns   [b, r] each, in [0, 1], higher is better: efficacy, how often the donor's value arrives, mean over the
              factors that the range serves; preservation, 1 - how often another factor changes, mean over those that
              it does not serve; faithfulness, their harmonic mean. A range that serves no factor has neither efficacy
              nor faithfulness, and one that serves all has no preservation: nan

    A decoder that ignores its code has efficacy and faithfulness 0. Where one range brings every factor its
    faithfulness is nan, not 1: nothing is told apart.

    >>> arrived, changed = np.array([[[1.0, 0.1], [0.2, 0.9]]]), np.array([[[1.0, 0.2], [0.4, 0.8]]])
    >>> found = range_scores(Rates(arrived, changed, np.zeros((1, 2))), np.array([0, 1]))
    >>> found["efficacy"], found["preservation"]
    (array([[1. , 0.9]]), array([[0.8, 0.6]]))
    """
    ranges, k = judged.arrived.shape[1:]
    counted = np.ones((k, k), bool) if counted is None else counted
    served = assigned == np.arange(ranges)[:, None]
    # a factor that goes with one of the served by nature is no damage
    others = ~served & np.array([counted[own].all(0) for own in served])
    efficacy = defined_mean(np.where(served, judged.arrived, np.nan), axis=2)
    damage = ratio((judged.changed * others).sum(2), np.broadcast_to(others.sum(1), efficacy.shape))
    both = np.where(efficacy == 0, 0.0, harmonic(efficacy, 1 - damage))
    return {"efficacy": efficacy, "preservation": 1 - damage, "faithfulness": both}
