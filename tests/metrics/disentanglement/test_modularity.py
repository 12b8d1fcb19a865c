"""Modularity: known codes, the formula written out, what is left out and what published code keeps."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, N_TRAIN
from sklearn.metrics import mutual_info_score

from diffrep.metrics.disentanglement.modularity import modularity


def scored(codes, factors=FACTORS, **options):
    return modularity(codes[:N_TRAIN], factors[:N_TRAIN], **options)


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("identity", 0.999, 1.0),
        ("rotation", 0.85, 0.97),
        ("noisy", 0.99, 1.0),
        ("tangled", 0.65, 0.9),
        ("noise", 0.6, 0.75),
        ("doubled", 0.999, 1.0),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_known_code(code, low, high, compat):
    assert low <= scored(CODES[code], compat=compat)["modularity"] <= high


def test_noise_beside_a_code_counts_in_the_first_score_alone():
    result = scored(np.hstack([CODES["noisy"], CODES["noise"][:, :2]]))
    assert result["modularity"] == pytest.approx(0.92, abs=0.02)
    assert result["modularity_informative"] == scored(CODES["noisy"])["modularity"]


def test_noise_alone_has_no_informative_dimension():
    result = scored(CODES["noise"])
    assert np.isnan(result["modularity_informative"])
    assert "chance" in result.reasons["modularity_informative"]


def test_formula_with_scikit_learns_information():
    codes = CODES["tangled"][:N_TRAIN]
    binned = [np.digitize(z, np.histogram(z, 20)[1][:-1]) for z in codes.T]
    squared = np.array([[mutual_info_score(z, v) ** 2 for v in FACTORS[:N_TRAIN].T] for z in binned])
    top = squared.max(axis=1)
    expected = 1 - (squared.sum(axis=1) - top) / (top * 5)
    assert modularity(codes, FACTORS[:N_TRAIN]).arrays["modularity_per_dim"] == pytest.approx(expected)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    assert scored(CHANGES[change](CODES["tangled"])) == pytest.approx(scored(CODES["tangled"]), abs=0.002)


def test_published_code_counts_constant_dimensions_as_zero():
    codes = np.insert(CODES["identity"], 2, 0.1, axis=1)
    result = scored(codes, compat=True)
    assert result["modularity"] == pytest.approx(scored(CODES["identity"])["modularity"] * 6 / 7)
    assert result.arrays["modularity_per_dim"][2] == 0.0


def test_constant_factors():
    factors = np.insert(FACTORS, 1, 3, axis=1)
    assert scored(CODES["tangled"], factors) == scored(CODES["tangled"])
    kept, more = scored(CODES["tangled"]), scored(CODES["tangled"], factors, compat=True)
    assert 1 - more["modularity"] == pytest.approx((1 - kept["modularity"]) * 5 / 6)
    assert set(scored(CODES["noise"], 0 * FACTORS).reasons) == {"modularity", "modularity_informative"}


@pytest.mark.parametrize("compat", [False, True])
def test_one_factor_has_nothing_to_keep_apart(compat):
    result = scored(CODES["noise"], FACTORS[:, :1], compat=compat)
    assert all("one factor" in result.reasons[name] for name in result)


@pytest.mark.parametrize("compat", [False, True])
def test_one_dimension_and_none(compat):
    assert scored(CODES["identity"][:, :1], compat=compat)["modularity"] > 0.99
    nothing = scored(np.full((len(FACTORS), 3), 0.1), compat=compat)
    assert nothing == {"modularity": 0.0, "modularity_informative": 0.0}


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        scored(np.full((len(FACTORS), 2), np.nan))
