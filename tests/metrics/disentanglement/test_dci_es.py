"""DCI-ES on known codes and on curves of known area; D and C: test_dci.py."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, parts
from sklearn.ensemble import RandomForestClassifier

from diffrep.metrics.disentanglement.dci_es import BESIDE, DEPTHS, OWN_NUMBERS, dci_es, explicitness_of_curve

EXPLICIT, SIZE, _ = OWN_NUMBERS
DISENTANGLED, COMPLETE, INFORMED = BESIDE


def score(codes, factors=FACTORS[:, 3:], trees=8, **options):
    return dci_es(*parts(codes, factors), seed=0, trees=trees, **options)


@pytest.fixture(scope="module")
def scored():
    return {name: score(codes) for name, codes in CODES.items()}


def test_the_published_depths():
    assert DEPTHS == (1, 2, 3, 4, 8, 10, 12, 14, 16, 18, 20, 32)


@pytest.mark.parametrize(
    ("losses", "expected"),
    [
        pytest.param([0.0, 0.0, 0.0], 1.0, id="best at once"),
        pytest.param([0.3, 0.3, 0.3], 1.0, id="never better than at first"),
        pytest.param([0.8, 0.5, 0.0], 0.0, id="a line"),
        pytest.param([0.8, 0.8, 0.0], -0.375, id="late"),
        pytest.param([0.0, 0.5, 0.8], 1.0, id="the least so far counts"),
        pytest.param([0.8, 0.4, 0.4], 1 - 2 * 0.6 / 6.4, id="with loss left over"),
    ],
)
def test_curves_of_known_area(losses, expected):
    curve = np.array([losses, losses]).T
    assert explicitness_of_curve(curve, np.array([0, 3, 8]), np.array([0.8, 1.6])).tolist() == pytest.approx(
        [expected, (1 + expected) / 2]
    )


@pytest.mark.parametrize(
    ("code", "name", "low", "high"),
    [
        ("identity", EXPLICIT, 0.9, 0.97),
        ("identity", SIZE, 0.5, 0.5),
        ("identity", DISENTANGLED, 0.99, 1.0),
        ("identity", COMPLETE, 0.99, 1.0),
        ("identity", INFORMED, 0.99, 1.0),
        ("doubled", EXPLICIT, 0.9, 0.97),
        ("doubled", SIZE, 0.25, 0.25),
        ("doubled", COMPLETE, 1 - np.log(2) / np.log(12) - 0.03, 0.8),
        ("tangled", EXPLICIT, 0.85, 0.97),  # as explicit as the factors themselves
        ("tangled", INFORMED, 0.4, 0.6),
        ("noise", EXPLICIT, 0.95, 1.0),  # more so
        ("noise", INFORMED, 0.12, 0.18),
    ],
)
def test_known_code(scored, code, name, low, high):
    assert low <= scored[code][name] <= high


def test_the_curve_is_that_of_forests_of_each_depth():
    train, target, test, truth = parts(CODES["identity"], FACTORS[:, 3:])
    losses = score(CODES["identity"]).arrays["loss"]
    for column in range(3):
        for row in (0, 2, 5):
            forest = RandomForestClassifier(8, max_depth=DEPTHS[row], max_features=None, random_state=0)
            own = forest.fit(train, target[:, column]).score(test, truth[:, column])
            assert losses[row, column] == pytest.approx(1 - own, abs=0.01)


def test_published_splits_spread_importance(scored):
    published = score(CODES["identity"], trees=3, compat=True)
    assert published[DISENTANGLED] < 0.8 < scored["identity"][DISENTANGLED]
    constant = score(np.insert(CODES["identity"], 2, 7.5, axis=1), trees=1, compat=True)
    assert constant[SIZE] == pytest.approx(3 / 7)
    assert constant.arrays["importance"][2].tolist() == [0.0, 0.0, 0.0]


def test_an_offset_changes_nothing(scored):
    """Nor does the order, sign or scale of dimensions: test_invariances.py."""
    assert score(CODES["noisy"] + 1e6) == pytest.approx(scored["noisy"], abs=0.03)


def test_a_constant_factor_is_left_out(scored):
    result = score(CODES["noisy"], np.insert(FACTORS[:, 3:], 1, 2, axis=1))
    assert result == scored["noisy"]
    assert np.isnan(result.arrays["loss"]).all(axis=0).tolist() == [False, True, False, False]


def test_one_dimension_and_one_factor():
    assert list(score(CODES["identity"][:, 3:4]).reasons) == [COMPLETE]
    assert list(score(CODES["identity"], FACTORS[:, 3:4]).reasons) == [DISENTANGLED]


@pytest.mark.parametrize("compat", [False, True])
def test_nothing_that_varies(compat):
    constant = score(np.ones((len(FACTORS), 2)), compat=compat)
    assert [constant[name] for name in (*OWN_NUMBERS, *BESIDE[:2])] == [0.0] * 5
    assert 0.1 < constant[INFORMED] < 0.2
    assert set(score(CODES["noise"], np.zeros((len(FACTORS), 2))).reasons) == {*OWN_NUMBERS, *BESIDE}


def test_the_depth_is_recorded_and_the_least_of_equals_is_taken(scored):
    factors = np.random.default_rng(0).integers(2, size=(300, 2))
    told = dci_es(factors[:200], factors[:200], factors[200:], factors[200:], seed=0, trees=5)
    assert told["dci_es_depth"] == 1  # all depths tell everything
    deeper = np.random.default_rng(0).integers(6, size=(300, 2))
    told = dci_es(deeper[:200], deeper[:200], deeper[200:], deeper[200:], seed=0, trees=5)
    best = (1 - told.arrays["loss"]).mean(1)
    assert told["dci_es_depth"] == DEPTHS[np.flatnonzero(np.isclose(best, best.max()))[0]]
    assert told["dci_es_depth"] > 1


def test_nan_is_refused():
    codes = CODES["noise"].copy()
    codes[10, 3] = np.nan
    with pytest.raises(ValueError, match="nan or infinity in dimension 3"):
        score(codes)
