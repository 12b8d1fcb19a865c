"""What is BetaVAE's own: known codes, differences written out, what the published classifier does."""

import numpy as np
import pytest
from known_codes import CHANGES, CODES, FACTORS, SIZES
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from diffrep.metrics.disentanglement.beta_vae import beta_vae

POINTS = {"train_points": 2000, "test_points": 1000}
TANGLED = CODES["tangled"]


@pytest.mark.parametrize(
    ("code", "low", "high"),
    [
        ("identity", 1.0, 1.0),
        ("rotation", 0.84, 1.0),
        ("noisy", 0.99, 1.0),
        ("tangled", 0.8, 0.96),
        ("noise", 0.13, 0.2),
        ("doubled", 1.0, 1.0),
    ],
)
@pytest.mark.parametrize("compat", [False, True])
def test_known_code(code, low, high, compat):
    assert low <= beta_vae(CODES[code], FACTORS, seed=0, compat=compat, **POINTS)["beta_vae"] <= high


def test_points_drawn_over_the_whole_grid_score_the_same():
    generator = np.random.default_rng(2)
    held = generator.integers(6, size=3000)
    first, second = (generator.integers(SIZES, size=(3000, 64, 6)) for _ in range(2))
    agree = held[:, None, None] == np.arange(6)
    mixed = (FACTORS.std(axis=0)[:, None] ** -1) * np.linalg.qr(generator.normal(size=(6, 6)))[0]
    points = np.abs((first - np.where(agree, first, second)) @ mixed).mean(axis=1)
    points = StandardScaler().fit(points[:2000]).transform(points)
    expected = LogisticRegression().fit(points[:2000], held[:2000]).score(points[2000:], held[2000:])
    assert beta_vae(FACTORS @ mixed, FACTORS, seed=0, **POINTS)["beta_vae"] == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_nothing(change):
    plain, changed = (beta_vae(codes, FACTORS, seed=0, **POINTS) for codes in (TANGLED, CHANGES[change](TANGLED)))
    assert changed == pytest.approx(plain, abs=0.003)


def test_published_score_depends_on_the_scale():
    ours, theirs = (beta_vae(1e-3 * TANGLED, FACTORS, seed=0, compat=c, **POINTS)["beta_vae"] for c in (False, True))
    assert theirs < ours - 0.1


def test_one_factor_is_nothing_to_tell():
    one = FACTORS * [1, 0, 0, 0, 0, 0]
    for factors in (FACTORS[:, :1], one):
        assert "one factor" in beta_vae(CODES["noise"], factors, seed=0).reasons["beta_vae"]
    with pytest.raises(ValueError, match="class"):
        beta_vae(CODES["noise"], FACTORS[:, :1], seed=0, compat=True, **POINTS)


def test_one_dimension_and_none():
    assert beta_vae(CODES["identity"][:, :1], FACTORS[:, :2], seed=0, **POINTS)["beta_vae"] == 1.0
    assert beta_vae(np.ones((len(FACTORS), 3)), FACTORS, seed=0)["beta_vae"] == pytest.approx(1 / 6)


@pytest.mark.filterwarnings("ignore:lbfgs failed")  # 100 iterations, as published
def test_constant_factor_is_left_out():
    factors = np.insert(FACTORS, 2, 3, axis=1)
    ours = beta_vae(CODES["noisy"], factors, seed=0, **POINTS)
    assert ours == beta_vae(CODES["noisy"], FACTORS, seed=0, **POINTS)
    assert np.isnan(ours.arrays["beta_vae_accuracy"]).tolist() == [k == 2 for k in range(7)]
    assert not np.isnan(beta_vae(TANGLED, factors, seed=0, compat=True, **POINTS).arrays["beta_vae_accuracy"]).any()
    assert "constant" in beta_vae(TANGLED, np.zeros_like(FACTORS), seed=0).reasons["beta_vae"]


def test_the_seed_decides():
    first, again, other = (beta_vae(TANGLED, FACTORS, seed=seed, **POINTS) for seed in (0, 0, 1))
    assert first == again
    assert first != other


def test_nan_is_refused():
    with pytest.raises(ValueError, match="nan or infinity"):
        beta_vae(np.full((4, 2), np.nan), FACTORS[:4], seed=0)
