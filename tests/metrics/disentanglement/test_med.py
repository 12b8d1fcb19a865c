"""MED: known codes, entropies by scipy, which dimensions the second pair of scores looks at."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, N_TRAIN
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from diffrep.metrics.disentanglement.med import med

NUMBERS = ["med_disentanglement", "med_completeness", "med_disentanglement_top2", "med_completeness_top2"]


def scored(codes, factors=FACTORS, **options):
    return med(codes[:N_TRAIN], factors[:N_TRAIN], **options)


@pytest.mark.parametrize(
    ("code", "d_low", "d_high", "c_low", "c_high"),
    [
        ("identity", 0.9, 1.0, 0.9, 1.0),
        ("rotation", 0.15, 0.4, 0.15, 0.4),
        ("noisy", 0.64, 0.72, 0.64, 0.72),
        ("tangled", 0.05, 0.25, 0.05, 0.25),
        ("noise", 0.0, 0.01, 0.0, 0.01),
        ("doubled", 0.9, 1.0, 0.6, 0.73),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_known_code(code, d_low, d_high, c_low, c_high, compat):
    result = scored(CODES[code], compat=compat)
    assert list(result) == NUMBERS
    assert d_low <= result["med_disentanglement"] <= d_high
    assert c_low <= result["med_completeness"] <= c_high


def test_formula_with_other_libraries():
    codes, factors = CODES["tangled"][:N_TRAIN], FACTORS[:N_TRAIN]
    binned = [np.digitize(z, np.histogram(z, 20)[1][:-1]) for z in codes.T]
    shared = np.array([[mutual_info_score(z, v) for v in factors.T] for z in binned])
    shared /= shared.sum(axis=0)
    apart, complete = 1 - entropy(shared.T, base=6), 1 - entropy(shared, base=10)
    result = med(codes, factors)
    assert result.arrays["med_importance"] == pytest.approx(shared)
    assert result["med_disentanglement"] == pytest.approx(apart @ shared.sum(axis=1) / 6)
    assert result["med_completeness"] == pytest.approx(complete.mean())
    best, order = shared.argmax(axis=1), np.argsort(-apart)
    top = sorted(np.concatenate([[dim for dim in order if best[dim] == k][:2] for k in range(6)]).astype(int))
    assert np.flatnonzero(result.arrays["med_top"]).tolist() == top
    kept = shared[top]
    assert result["med_disentanglement_top2"] == pytest.approx(apart[top] @ kept.sum(axis=1) / kept.sum())


def test_of_three_copies_two_stay():
    codes = np.hstack([CODES["noisy"], CODES["identity"], CODES["identity"]])
    assert scored(codes).arrays["med_top"].tolist() == [False] * 6 + [True] * 12


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    assert scored(CHANGES[change](CODES["tangled"])) == pytest.approx(scored(CODES["tangled"]), abs=0.002)


def test_published_completeness_grows_with_constant_dimensions():
    ours, theirs = scored(CODES["noisy"]), scored(np.insert(CODES["noisy"], 2, 0.1, axis=1), compat=True)
    spread = (1 - ours["med_completeness"]) * np.log(6)
    assert theirs["med_completeness"] == pytest.approx(1 - spread / np.log(7))
    assert theirs["med_disentanglement"] == pytest.approx(ours["med_disentanglement"])


def test_constant_factors():
    factors = np.insert(FACTORS, 1, 3, axis=1)
    assert scored(CODES["noisy"], factors) == scored(CODES["noisy"])
    published = scored(CODES["noisy"], factors, compat=True)
    assert all("divides" in published.reasons[name] for name in NUMBERS)
    assert all("constant" in scored(CODES["noisy"], 0 * FACTORS).reasons[name] for name in NUMBERS)


def test_one_factor_leaves_completeness_alone():
    result = scored(CODES["noisy"], FACTORS[:, :1])
    assert [name for name in NUMBERS if np.isnan(result[name])] == [NUMBERS[0], *NUMBERS[2:]]
    assert all("one factor" in why for why in result.reasons.values())


def test_one_dimension_holds_all_of_every_factor():
    result = scored(CODES["identity"][:, :1])
    assert [name for name in NUMBERS if np.isnan(result[name])] == NUMBERS[1::2]
    assert result["med_disentanglement"] == pytest.approx(0.0)


def test_codes_that_say_nothing():
    assert set(scored(np.ones((len(FACTORS), 3))).values()) == {0.0}
    assert set(scored(np.ones((len(FACTORS), 3)), compat=True).reasons) == set(NUMBERS)


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        scored(np.full((len(FACTORS), 2), np.nan))
