"""TAD on detectors whose AUROC is known, and what the published cuts make of noise."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from sklearn.metrics import mutual_info_score, roc_auc_score

from diffrep.metrics.disentanglement.tad import entropy_reduction, tad
from diffrep.metrics.probes.scores import auroc, auroc_of_dimensions

GENERATOR = np.random.default_rng(0)
ATTRIBUTES = (GENERATOR.random((2000, 6)) < [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]).astype(np.uint8)
NOISY = ATTRIBUTES + 0.5 * GENERATOR.normal(size=ATTRIBUTES.shape)
NOISE = GENERATOR.normal(size=(2000, 8))


def spelled_out(z, y, cuts):
    """The published AUROC, cut by cut: two curves, sorted, without the corners that no cut reaches."""
    areas = []
    for called in (lambda cut: z >= cut, lambda cut: z < cut):
        points = sorted((np.mean(called(cut)[y == 0]), np.mean(called(cut)[y == 1])) for cut in cuts)
        areas.append(sum(right[1] * (right[0] - left[0]) for left, right in pairwise(points)))
    return max(areas)


def test_auroc_of_each_dimension_is_scikit_learns():
    rounded = np.round(NOISY, 1)  # many ties
    expected = [[roc_auc_score(y, z) for y in ATTRIBUTES.T] for z in rounded.T]
    np.testing.assert_allclose(auroc_of_dimensions(rounded, ATTRIBUTES), expected)
    assert np.array_equal(np.diag(auroc_of_dimensions(rounded, ATTRIBUTES)), auroc(rounded, ATTRIBUTES))


def test_entropy_reduction_is_scikit_learns():
    copied = np.hstack([ATTRIBUTES, ATTRIBUTES[:, :1] ^ (GENERATOR.random((2000, 1)) < 0.1)])
    shared = np.array([[mutual_info_score(a, b) for b in copied.T] for a in copied.T])
    alone = np.diag(shared).copy()
    np.fill_diagonal(shared, 0)
    np.testing.assert_allclose(entropy_reduction(copied), shared.max(axis=1) / alone, atol=1e-12)


def test_one_perfect_detector_for_each_attribute():
    found = tad(ATTRIBUTES.astype(float), ATTRIBUTES)
    assert found["tad_captured"] == 6
    assert 2.7 < found["tad"] <= 3.0
    assert found["tad_active_dims"] == 6


def test_noise_captures_nothing():
    found = tad(NOISE, ATTRIBUTES)
    assert (found["tad"], found["tad_captured"]) == (0.0, 0.0)
    assert found.arrays["auroc"].max() < 0.56


def test_a_second_copy_leaves_no_gap():
    found = tad(np.hstack([NOISY, NOISY]), ATTRIBUTES)
    assert (found["tad"], found["tad_captured"]) == (0.0, 6.0)


def test_the_gap_is_over_the_runner_up():
    found = tad(NOISY, ATTRIBUTES)
    auc = found.arrays["auroc"]
    np.testing.assert_allclose(found.arrays["gaps"], [a[-1] - a[-2] for a in np.sort(auc, axis=0).T])
    assert found["tad"] == pytest.approx(found.arrays["gaps"].sum())


def test_attributes_that_tell_each_other_are_not_captured():
    found = tad(ATTRIBUTES.astype(float), np.hstack([ATTRIBUTES, ATTRIBUTES[:, 2:3]]))
    assert found.arrays["captured"].tolist() == [True, True, False, True, True, True, False]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda z: z[:, ::-1], id="dimensions in another order"),
        pytest.param(lambda z: -z, id="signs"),
        pytest.param(lambda z: z * 2.0 ** np.arange(-2, 4), id="scales"),
        pytest.param(lambda z: np.insert(z, 2, 7.5, axis=1), id="a constant dimension"),
        pytest.param(np.exp, id="a monotone map"),
    ],
)
def test_what_changes_nothing(changed):
    assert tad(changed(NOISY), ATTRIBUTES) == pytest.approx(tad(NOISY, ATTRIBUTES))


def test_published_rules_do_depend_on_scale():
    assert tad(NOISY * 0.02, ATTRIBUTES, compat=True)["tad_active_dims"] == 0
    assert tad(NOISY * 0.02, ATTRIBUTES)["tad_active_dims"] == 6


def published_cuts(z, step):
    """Steps through [0, 1] in single precision, on the range of a dimension [n] in single precision."""
    z = torch.from_numpy(z)
    return (torch.arange(0.0, 1.0001, step) * (z.max() - z.min()) + z.min()).numpy()


@pytest.mark.parametrize(("thresholds", "step"), [(11, 0.1), (101, 0.01)])
def test_published_cuts_are_spelled_out(thresholds, step):
    codes = (np.hstack([NOISY, NOISE]) * 1.7 + 0.3).astype(np.float32)
    found = tad(codes, ATTRIBUTES, compat=True, thresholds=thresholds).arrays["auroc"]
    passed = 0
    for mine, z in zip(found, codes.T, strict=True):
        cuts = published_cuts(z, step)
        passed += cuts[-1] > z.max()
        np.testing.assert_allclose(mine, [spelled_out(z, y, cuts) for y in ATTRIBUTES.T])
    assert passed  # in some dimensions rounding lifts the last cut above the maximum, so that a corner is reached


def test_eleven_cuts_capture_attributes_by_chance():
    heavy = GENERATOR.standard_t(1.5, size=(1000, 1))
    found = [tad(heavy, ATTRIBUTES[:1000], compat=True, thresholds=cuts) for cuts in (11, 101)]
    assert found[0].arrays["auroc"].min() > 0.75
    assert found[0]["tad_captured"] == 6
    assert tad(heavy, ATTRIBUTES[:1000])["tad_captured"] == 0
    gaussian = tad(NOISE[:1000, :1], ATTRIBUTES[:1000], compat=True, thresholds=11).arrays["auroc"]
    assert gaussian.mean() == pytest.approx(0.615, abs=0.03)


def test_the_runner_up_of_a_single_dimension():
    codes, attributes = ATTRIBUTES[:, :1].astype(float), ATTRIBUTES[:, :1]
    assert tad(codes, attributes)["tad"] == 0.5
    assert tad(codes, attributes, compat=True)["tad"] == 1.0


def test_rare_attributes_are_skipped_and_counted():
    rare = ATTRIBUTES.copy()
    rare[:, 0], rare[:, 1] = 0, 1
    rare[:4, 0], rare[:3, 1] = 1, 0
    found = tad(NOISY, rare)
    assert found["tad_skipped_attributes"] == 2
    assert np.isnan(found.arrays["gaps"]).tolist() == [True, True, False, False, False, False]
    assert tad(NOISY, rare, compat=True)["tad_skipped_attributes"] == 0
    nothing = tad(NOISY, np.zeros_like(rare))
    assert np.isnan([nothing["tad"], nothing["tad_captured"]]).all()
    assert set(nothing.reasons) == {"tad", "tad_captured"}


def test_constant_codes_capture_nothing():
    assert tad(np.ones((2000, 3)), ATTRIBUTES)["tad"] == 0.0


def test_what_cannot_be_scored_is_refused():
    with pytest.raises(ValueError, match="nan or infinity in dimension 1"):
        tad(np.where(np.arange(6) == 1, np.nan, NOISY), ATTRIBUTES)
    with pytest.raises(ValueError, match="0 or 1"):
        tad(NOISY, 2 * ATTRIBUTES)
    with pytest.raises(ValueError, match="at least 2"):
        tad(NOISY, ATTRIBUTES, compat=True, thresholds=1)


def test_a_dimension_is_looked_at_above_a_hundredth_of_the_largest_deviation():
    scaled = NOISE[:, :3] / NOISE[:, :3].std(axis=0)
    assert tad(scaled * [1, 0.0101, 0.0099], ATTRIBUTES)["tad_active_dims"] == 2


def test_as_published_a_dimension_is_looked_at_above_a_range_of_a_fifth():
    spread = NOISE[:, :2] / np.ptp(NOISE[:, :2], axis=0)
    assert tad(spread * [0.202, 0.198], ATTRIBUTES, compat=True)["tad_active_dims"] == 1


def agreeing(rows):
    """Two columns of 0 and 1, both even, that agree in so many of 1,000 rows."""
    return np.repeat([[0, 0], [1, 1], [0, 1], [1, 0]], [rows // 2, rows // 2, 500 - rows // 2, 500 - rows // 2], axis=0)


@pytest.mark.parametrize(("rows", "captured"), [(752, 1), (750, 1), (748, 0)])
def test_an_attribute_is_captured_from_an_auroc_of_three_quarters_on(rows, captured):
    code, attribute = np.hsplit(agreeing(rows), 2)
    assert roc_auc_score(attribute, code) == pytest.approx(rows / 1000)
    assert tad(code.astype(float), attribute)["tad_captured"] == captured


@pytest.mark.parametrize(("rows", "shared", "captured"), [(756, 0.1984, 2), (758, 0.2016, 0)])
def test_no_attribute_is_captured_of_which_another_tells_more_than_a_fifth(rows, shared, captured):
    attributes = agreeing(rows)
    assert entropy_reduction(attributes) == pytest.approx([shared, shared], abs=5e-5)
    assert tad(attributes.astype(float), attributes)["tad_captured"] == captured


@pytest.mark.parametrize("rarer", [0, 1])
def test_five_cases_are_enough_and_four_are_not(rarer):
    attributes = (np.arange(200)[:, None] < [5, 4]) ^ (1 - rarer)
    found = tad(attributes.astype(float), attributes)
    assert found["tad_skipped_attributes"] == 1
    assert np.isnan(found.arrays["gaps"]).tolist() == [False, True]
