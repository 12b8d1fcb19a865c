"""InfoMEC on known codes, and what its choices do."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN, parts
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import scale

from diffrep.metrics.disentanglement.info_mec import info_mec

SCORES = ("info_m", "info_m_pruned", "info_c", "info_e", "info_e_test")


def score(codes, factors=FACTORS, **options):
    return info_mec(*parts(codes, factors), seed=0, **options)


@pytest.fixture(scope="module")
def scored():
    return {name: score(codes) for name, codes in CODES.items()}


@pytest.mark.parametrize(
    ("code", "name", "low", "high"),
    [
        ("identity", "info_m", 0.98, 1.0),
        ("identity", "info_c", 0.98, 1.0),
        ("identity", "info_e", 0.99, 1.0),
        ("identity", "info_e_test", 0.99, 1.0),
        ("rotation", "info_m", 0.3, 0.62),
        ("rotation", "info_e", 0.99, 1.0),
        ("noisy", "info_m", 0.97, 1.0),
        ("noisy", "info_c", 0.97, 1.0),
        ("noisy", "info_e", 0.4, 0.5),
        ("tangled", "info_m", 0.3, 0.42),
        ("noise", "info_m", 0.3, 0.8),
        ("noise", "info_e", 0.0, 0.01),
        ("noise", "info_e_test", -0.01, 0.0),
        ("doubled", "info_m", 0.98, 1.0),
        ("doubled", "info_c", 0.4, 0.5),
        ("doubled", "active_latents", 12, 12),
    ],
)
def test_known_code(scored, code, name, low, high):
    assert low <= scored[code][name] <= high


def test_noise_has_no_latent_worth_a_mean(scored):
    assert np.isnan(scored["noise"]["info_m_pruned"])
    assert "0.05" in scored["noise"].reasons["info_m_pruned"]


def test_noise_dimensions_weigh_in_until_pruned(scored):
    result = score(np.hstack([CODES["noisy"], CODES["noise"]]))
    assert result["info_m"] < 0.9
    assert result["info_m_pruned"] == pytest.approx(scored["noisy"]["info_m"], abs=1e-9)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda codes: codes[:, ::-1], id="order"),
        pytest.param(lambda codes: -codes, id="signs"),
        pytest.param(lambda codes: codes * 8.0, id="one scale for all"),
        pytest.param(lambda codes: np.insert(codes, 2, 7.5, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(scored, change):
    assert score(change(CODES["noisy"])) == pytest.approx(scored["noisy"], abs=1e-3)


def test_a_scale_of_its_own_can_hide_a_latent():
    result = score(CODES["noisy"] * [1, 1, 1, 1, 1, 0.01])
    assert result["active_latents"] == 5
    assert result.arrays["active"].tolist() == [True] * 5 + [False]
    assert result["info_e"] > 0.4  # which reads every latent


def test_an_outlier_hides_all_others():
    codes = CODES["noisy"].copy()
    codes[5, 0] = 1e4
    assert score(codes)["active_latents"] == 1


def test_rows_drawn_twice_ruin_it(scored):
    rows = np.random.default_rng(0).integers(N_TRAIN, size=N_TRAIN)
    codes, factors = CODES["noisy"].copy(), FACTORS.copy()
    codes[:N_TRAIN], factors[:N_TRAIN] = codes[rows], factors[rows]
    assert score(codes, factors)["info_m"] < scored["noisy"]["info_m"] - 0.2


def test_quantised_latents_are_counted():
    codes = FACTORS.copy()
    codes[:, 5] %= 5  # a code of fewer values than its factor
    result = score(codes, quantised=True)
    assert result.arrays["nmi"][:5].max(axis=1) == pytest.approx(1.0)
    assert 0.5 < result.arrays["nmi"][5, 5] < 0.7
    assert result["info_e"] == pytest.approx((5 + result.arrays["explicitness"][5]) / 6, abs=1e-3)


def test_only_quantised_latents_are_read_value_by_value():
    codes, in_the_middle = CODES["identity"][:, :1], (FACTORS[:, :1] == 4).astype(int)
    assert score(codes, in_the_middle)["info_e"] < 0.1
    assert score(codes, in_the_middle, quantised=True)["info_e"] > 0.99


def test_a_value_never_trained_on_costs_its_factor_only():
    factors = FACTORS.copy()
    factors[N_TRAIN:, 0] = 77
    explicitness = score(CODES["identity"], factors).arrays["explicitness_test"]
    assert explicitness[0] == -1.0
    assert (explicitness[1:] > 0.99).all()


def test_explicitness_is_the_published_ratio(scored):
    codes, target = scale(CODES["noisy"][:N_TRAIN]), FACTORS[:N_TRAIN, 4]
    losses = [
        log_loss(target, LogisticRegression(C=np.inf, class_weight="balanced").fit(z, target).predict_proba(z))
        for z in (codes, np.zeros_like(codes))
    ]
    assert scored["noisy"].arrays["explicitness"][4] == pytest.approx(1 - losses[0] / losses[1], abs=1e-6)


def test_one_latent_has_no_completeness_and_one_factor_no_modularity():
    assert list(score(CODES["noisy"][:, :1]).reasons) == ["info_c"]
    assert list(score(CODES["noisy"], FACTORS[:, :1]).reasons) == ["info_m", "info_m_pruned"]


def test_latents_and_factors_of_no_information_are_counted():
    factors = np.array([[a, b] for a in (0, 1) for b in (0, 1)] * 30)
    codes = factors[:, :1] * [1, 0] + np.array([0, 0, 0, 0, 1, 1, 1, 1] * 15)[:, None] * [0, 1]
    result = info_mec(codes, factors, codes, factors, seed=0, quantised=True)
    assert [result[name] for name in ("active_latents", "info_m_left_out", "info_c_left_out")] == [2, 1, 1]
    assert result["info_m"] == pytest.approx(1.0)


def test_left_out_dimensions_and_factors_are_nan():
    result = score(np.insert(CODES["noisy"], 1, 5.0, axis=1), np.insert(FACTORS, 0, 2, axis=1))
    assert np.isnan(result.arrays["nmi"]).all(axis=1).tolist() == [False, True] + [False] * 5
    assert np.isnan(result.arrays["nmi"]).all(axis=0).tolist() == [True] + [False] * 6
    assert not result.arrays["active"][1]


def test_nothing_that_varies(scored):
    assert set(score(np.ones((len(FACTORS), 4))).values()) == {0.0}
    result = score(CODES["noise"], np.zeros_like(FACTORS))
    assert set(result) == set(result.reasons) == set(scored["noise"])


def test_nan_is_refused():
    codes = CODES["noise"].copy()
    codes[10, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3"):
        score(codes)


def test_the_same_call_gives_the_same_bits(scored):
    again = score(CODES["noisy"])
    assert again == scored["noisy"]
    np.testing.assert_array_equal(again.arrays["nmi"], scored["noisy"].arrays["nmi"])


def test_a_latent_is_active_from_a_twentieth_of_the_largest_range_on():
    """An eighth, as older published code has it, would leave one."""
    codes = CODES["noisy"][:, :3] / np.ptp(CODES["noisy"][:N_TRAIN, :3], axis=0)
    assert score(codes * [1, 0.0505, 0.0495]).arrays["active"].tolist() == [True, True, False]


@pytest.mark.parametrize(("ones", "share", "pruned"), [(760, 0.0493, 1.0), (764, 0.0509, 2 / 3)])
def test_a_latent_is_pruned_below_a_twentieth_of_every_factors_entropy(ones, share, pruned):
    """The third latent tells a little of both factors alike: its weight in the mean is what it takes away."""
    factors = np.repeat([[0, 0], [0, 1], [1, 0], [1, 1]], 1000, axis=0)
    little = np.concatenate([np.arange(1000) < count for count in (1000 - ones, 500, 500, ones)])
    codes = np.column_stack([factors, little])
    result = info_mec(codes, factors, codes, factors, seed=0, quantised=True)
    assert result.arrays["nmi"][2] == pytest.approx([share, share], abs=5e-5)
    assert result["info_m_pruned"] == pytest.approx(pruned)
    assert result["info_m"] == pytest.approx(2 / 3)
