"""Which methods still rise at the end of their training: by more than their seeds differ, in the better direction."""

import pandas as pd
import pytest

from diffrep.reports.rows.budget import rising_sentence, still_rising

COLUMNS = ["row", "share", "metric", "images", "n", "mean", "sd"]


def points(row: str, metric: str, means: tuple[float, ...], sd: float = 0.01, n: int = 3) -> pd.DataFrame:
    shares = (0.25, 0.5, 1.0)[-len(means) :]
    lines = [(row, share, metric, 1000 * share, n, mean, sd) for share, mean in zip(shares, means, strict=True)]
    return pd.DataFrame(lines, columns=COLUMNS)


def joined(*parts: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)


@pytest.mark.parametrize(
    ("metric", "heading", "better"), [("average_precision", "AP ↑", 1), ("mse_random_start", "MSE, random start ↓", -1)]
)
def test_it_is_the_last_share_that_counts_beside_the_spread(metric, heading, better):
    found = still_rising(
        joined(
            points("rising", metric, (0.1, 0.5, 0.5 + 0.02 * better)),
            points("arrived", metric, (0.1, 0.5, 0.5 + 0.009 * better)),
            points("unsure", metric, (0.1, 0.5, 0.5 + 0.02 * better), sd=0.03),
            points("falling", metric, (0.1, 0.5, 0.5 - 0.02 * better)),
        )
    )
    assert found == {heading: ["rising"]}


def test_one_seed_and_one_share_tell_nothing():
    alone = joined(points("one seed", "average_precision", (0.1, 0.5), n=1), points("end", "average_precision", (0.5,)))
    assert still_rising(alone) == {}
    assert rising_sentence(alone) == ""


def test_without_steps_nothing_rises():
    closed = points("pca", "average_precision", (0.4, 0.5)).assign(images=float("nan"))
    assert still_rising(closed) == {}


def test_the_sentence_names_the_shares_and_the_methods_of_each_measure():
    told = joined(points("b", "average_precision", (0.1, 0.5)), points("a", "average_precision", (0.1, 0.5)))
    told = joined(told, points("a", "dci_disentanglement", (0.1, 0.1)))
    assert rising_sentence(told) == (
        "Still better, from 0.5 of the steps to all of them, by more than the seeds' spread: AP ↑ b, a; DCI D ↑ none."
    )
