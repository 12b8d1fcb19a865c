"""What the catalogue says of ranges and chance, where two tables once said two things: shown by computing.

Chance of every metric of codes is in test_known_codes.py; here is what noise of balanced factors does not show.
"""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics import explicitness, mig, reconstruction, unsupervised
from diffrep.metrics.catalogue import CATALOGUE, Sample, number
from diffrep.metrics.disentanglement.dci import dci, dci_permutation

RESULTS = Path(__file__).parents[2] / "results"
WHOLE = r"−?[0-9.]+"
NOT_MEASURED = {"devices", "seed", "threads", "wall_seconds", "peak_memory_mib"}
GENERATOR = np.random.default_rng(0)


def bounds(words):
    """The ends that the words of a range give; none where it names no number."""
    low, high = re.match(rf"({WHOLE})", words), re.search(rf"to ({WHOLE})", words)
    ends = (low[1] if low else "-inf", high[1] if high else "inf")
    return tuple(float(end.replace("−", "-")) for end in ends)


def written():
    """Every number of every committed result file, by name."""
    found = {}
    for path in RESULTS.rglob("*.json"):
        record = json.loads(path.read_text())
        for name, value in record.items() if isinstance(record, dict) and "stage" in record else ():
            if (value is None or isinstance(value, int | float)) and name not in NOT_MEASURED:
                found.setdefault(name, set()).add(value)
    return found


@pytest.mark.parametrize(
    ("words", "ends"),
    [("0 to 1", (0, 1)), ("−1 to 1", (-1, 1)), ("up to 1", (-np.inf, 1)), ("0 or more", (0, np.inf)),
     ("0 to 100 dB", (0, 100)), ("any, 0 at best", (-np.inf, np.inf)), ("", (-np.inf, np.inf))],
)  # fmt: skip
def test_ranges_are_read(words, ends):
    assert bounds(words) == ends


def test_every_number_of_every_result_file_has_a_row_and_lies_in_its_range():
    found = written()
    assert len(found) > 300
    assert sorted(name for name in found if number(name) is None) == []
    for name, values in found.items():
        low, high = bounds(number(name).range)
        assert [v for v in values if v is not None and not low - 1e-9 <= v <= high + 1e-9] == [], name


def test_informativeness_of_noise_is_the_most_frequent_values_share():
    factors = np.random.default_rng(3).choice(4, p=(0.7, 0.1, 0.1, 0.1), size=(1500, 2))
    codes = np.random.default_rng(4).normal(size=(1500, 3))
    parts = codes[:1000], factors[:1000], codes[1000:], factors[1000:]
    frequent = tuple((column == 0).mean() for column in factors[1000:].T)
    sample = Sample(1000, 500, 3, (4, 4), frequent)
    for function, ending in ((dci, ""), (dci_permutation, "_permutation")):
        kwargs = {"rounds": 5} | ({"seed": 0} if ending else {})
        value = function(*parts, **kwargs)[f"dci_informativeness{ending}"]
        assert value == pytest.approx(CATALOGUE[f"dci_informativeness{ending}"].chance_of(sample), abs=0.03)


def test_bins_of_equal_counts_leave_noise_a_little_above_zero():
    drawn = [np.random.default_rng(seed).normal(size=(N_TRAIN, 8)) for seed in range(3)]
    assert all(0 < mig(codes, FACTORS[:N_TRAIN])["mig_quantile"] < 0.02 for codes in drawn)


def test_explicitness_below_chance_is_possible():
    codes, factors = CODES["identity"], FACTORS[:, :1]
    told = explicitness(codes[:600, :1], factors[:600], -codes[600:1200, :1], factors[600:1200], seed=0)
    assert 0 <= told["explicitness"] < 0.5


def test_total_correlation_less_chance_goes_below_zero():
    drawn = [np.random.default_rng(seed).normal(size=(500, 4)) for seed in range(8)]
    found = [unsupervised(codes)["gaussian_total_correlation_null"] for codes in drawn]
    assert min(found) < 0 < max(found)


def test_errors_of_images_end_at_one_and_decibels_at_a_hundred():
    black, white = np.zeros((1, 1, 8, 8)), np.ones((1, 1, 8, 8))
    worst, best = reconstruction(black, white), reconstruction(black, black)
    assert (worst["mse"], worst["psnr"], best["mse"], best["psnr"]) == (1.0, 0.0, 0.0, pytest.approx(100.0))
