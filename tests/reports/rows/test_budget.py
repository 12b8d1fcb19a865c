"""Which methods still rise at the end of their training: by what each seed gains itself, in the better direction."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from diffrep.reports.reading.partway import COLUMNS
from diffrep.reports.rows.budget import budget_points, rising_sentence, still_rising

AP, DCI, MSE = "average_precision", "dci_disentanglement", "mse_random_start"
APART = (-0.2, 0.0, 0.2)  # how far seeds stand from each other, alike after both shares


def curves(row: str, metric: str, *shares: tuple[float, ...]) -> pd.DataFrame:
    """The values of each seed after one share, two or three."""
    lines = [
        ("squares", row, seed, share, 1000 * share, metric, value)
        for seed in range(len(shares[0]))
        for share, values in zip((0.25, 0.5, 1.0)[-len(shares) :], shares, strict=True)
        for value in values[seed : seed + 1]
    ]
    return pd.DataFrame(lines, columns=COLUMNS)


def points(*parts: pd.DataFrame) -> pd.DataFrame:
    joined = pd.concat(parts, ignore_index=True)
    return budget_points(joined, "squares", SimpleNamespace(methods=tuple(joined["row"].unique())))


def seeds(mean: float, *noise: float) -> tuple[float, ...]:
    return tuple(mean + apart + own for apart, own in zip(APART, noise or (0, 0, 0), strict=True))


@pytest.mark.parametrize(("metric", "heading", "better"), [(AP, "AP ↑", 1), (MSE, "MSE, random start ↓", -1)])
def test_it_is_what_each_seed_gains_that_counts(metric, heading, better):
    start, small, wild = seeds(0.5), (0.001, -0.001, 0), (0.1, -0.1, 0)
    found = still_rising(
        points(
            curves("rising", metric, seeds(0.1), start, seeds(0.5 + 0.02 * better, *small)),
            curves("unsure", metric, seeds(0.1), start, seeds(0.5 + 0.02 * better, *wild)),
            curves("arrived", metric, seeds(0.1), start, seeds(0.5 + 0.001 * better, *small)),
            curves("falling", metric, seeds(0.1), start, seeds(0.5 - 0.02 * better, *small)),
        )
    )
    assert found == {heading: ["rising"]}  # whose gain is a tenth of what seeds differ by


def test_a_gain_has_the_interval_of_a_t_test_of_one_sample():
    from scipy import stats

    before, after = (0.5, 0.6, 0.3), (0.55, 0.63, 0.37)
    found = points(curves("a", AP, before, after)).iloc[-1]
    gains = np.subtract(after, before)
    expected = stats.ttest_1samp(gains, 0).confidence_interval(0.95)
    assert found["gain"] == pytest.approx(gains.mean())
    assert (found["gain_low"], found["gain_high"]) == pytest.approx((expected.low, expected.high))


def test_two_seeds_and_one_share_tell_nothing():
    alone = points(curves("two seeds", AP, (0.1, 0.1), (0.5, 0.51)), curves("end", AP, (0.5, 0.5, 0.51)))
    assert still_rising(alone) == {}
    assert rising_sentence(alone) == ""
    assert alone["gain_low"].isna().all()


def test_without_steps_nothing_rises():
    closed = points(curves("pca", AP, (0.4, 0.4, 0.41), (0.5, 0.5, 0.51)).assign(images=float("nan")))
    assert still_rising(closed) == {}


def test_the_sentence_names_the_shares_and_the_methods_of_each_measure():
    rising = (0.1, 0.1, 0.1), (0.5, 0.5, 0.51)
    flat = (0.1, 0.1, 0.1), (0.1, 0.1, 0.11)
    told = points(curves("b", AP, *rising), curves("a", AP, *rising), curves("a", DCI, *flat))
    assert rising_sentence(told) == (
        "Still better, from 0.5 of the steps to all of them, by the 95 % interval of each seed's own gain: "
        "AP ↑ b, a; DCI D ↑ none."
    )
