"""What a t-test over training seeds could have found: its power, the least difference it finds, the seeds for one.

All scores are taken to be normal, those of two methods with one and the same deviation over seeds. Two designs:
`paired_power` for differences seed by seed or from a constant, `welch_power` for two methods each with its own seeds.

Cohen 1988, "Statistical power analysis for the behavioral sciences", 2nd edition, chapter 2.
"""

import functools
import math
from collections.abc import Callable

import numpy as np
from scipy import optimize, stats

POWER = 0.8  # four times in five
SIGNIFICANT = 0.05
SHARES = 400  # of the two variances in their sum, over which Welch's degrees of freedom are averaged
FEWEST, MOST_SEEDS = 2, 1_000_000  # of a t-test

Power = Callable[..., float]  # (difference, sd, seeds, level=) -> probability


def paired_power(difference: float, sd: float, seeds: int, *, level: float = SIGNIFICANT) -> float:
    """How often a t-test of differences seed by seed, or of scores from a constant, finds a true difference.

    difference  in units of the metric, either sign
    sd          over seeds, of the differences, or of the scores where the other side is a constant; above 0
    seeds       2 or more
    level       of the two-sided test
    returns     probability that p < level, from `level` for no difference up to 1: the noncentral t with n - 1 degrees
                of freedom and difference · sqrt(n) / sd

    >>> round(paired_power(0.5, 1.0, 34), 2)
    0.81
    """
    df = seeds - 1
    return float(_beyond(stats.t.isf(level / 2, df), df, abs(difference) / sd * np.sqrt(seeds)))


def welch_power(difference: float, sd: float, seeds: int, *, level: float = SIGNIFICANT) -> float:
    """How often Welch's t-test finds a true difference between two methods of equal spread.

    difference  in units of the metric, either sign
    sd          of each of the two methods over its seeds, above 0
    seeds       of each of the two, 2 or more
    level       of the two-sided test
    returns     probability that p < level

    Whatever the two estimated variances are, t is noncentral with 2n - 2 degrees of freedom; how large it has to be
    depends on the share that one of them has in their sum, a Beta((n - 1) / 2, (n - 1) / 2), over which is averaged.

    >>> round(welch_power(0.5, 1.0, 64), 2)
    0.8
    """
    half = (seeds - 1) / 2
    share = stats.beta.ppf((np.arange(SHARES) + 0.5) / SHARES, half, half)
    degrees = (seeds - 1) / (share**2 + (1 - share) ** 2)
    critical = stats.t.isf(level / 2, degrees)
    return float(_beyond(critical, 2 * seeds - 2, abs(difference) / sd * np.sqrt(seeds / 2)).mean())


def smallest_difference(
    power_of: Power, sd: float, seeds: int, *, power: float = POWER, level: float = SIGNIFICANT
) -> float:
    """The difference that a test finds as often as `power` says; smaller ones less often.

    power_of  `paired_power` or `welch_power`, whose `sd`, `seeds` and `level` the others are
    power     above `level`, below 1
    returns   in units of the metric, above 0

    >>> round(smallest_difference(paired_power, 1.0, 34), 2)
    0.5
    """
    return sd * _smallest_effect(power_of, seeds, power, level)


@functools.cache
def _smallest_effect(power_of: Power, seeds: int, power: float, level: float) -> float:
    """The same in standard deviations."""
    high = 1.0
    while power_of(high, 1.0, seeds, level=level) < power:
        high *= 2
    return float(optimize.brentq(lambda effect: power_of(effect, 1.0, seeds, level=level) - power, 0.0, high))


def seeds_needed(
    power_of: Power, difference: float, sd: float, *, power: float = POWER, level: float = SIGNIFICANT
) -> float:
    """The fewest seeds, of each method, with which a test finds a true difference as often as `power` says.

    Arguments as in `smallest_difference`, but that `sd` may be 0: then the two that a test has to have are enough.
    Infinity for a difference that not even a million seeds tell, as 0.

    >>> seeds_needed(paired_power, 0.5, 1.0), seeds_needed(welch_power, 0.5, 1.0)
    (34, 64)
    """
    if sd == 0:
        return FEWEST if difference else math.inf
    enough = FEWEST
    while power_of(difference, sd, enough, level=level) < power:
        enough *= 2
        if enough > MOST_SEEDS:
            return math.inf
    short = enough // 2
    while enough - short > 1:
        middle = (short + enough) // 2
        found = power_of(difference, sd, middle, level=level) >= power
        short, enough = (short, middle) if found else (middle, enough)
    return enough


def _beyond(critical: np.ndarray, df: int, shift: float) -> np.ndarray:
    """Probability that a noncentral t, its shift 0 or more, lies beyond the critical value on either side."""
    far = np.nan_to_num(stats.nct.cdf(-critical, df, shift))  # nan where it is less than a float can tell from 0
    return stats.nct.sf(critical, df, shift) + far
