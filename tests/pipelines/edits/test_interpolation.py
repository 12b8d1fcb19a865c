"""Paths from source to donor: where they begin and end, and what the oracle sees on the way."""

import numpy as np
import painted
import pytest
import torch

from diffrep.metrics.images import effnet_lite0
from diffrep.pipelines.edits.interpolation import (
    ALPHAS,
    PATH_SCORES,
    Interpolations,
    code_interpolations,
    part_interpolations,
    path_scores,
)
from diffrep.pipelines.edits.swaps import decode_swaps
from diffrep.pipelines.edits.targets import oracle_targets

ASSIGNED = np.array([0, 1, 2])


@pytest.fixture(scope="module")
def session():
    return painted.session()


@pytest.fixture(scope="module")
def by_part(session):
    return part_interpolations(session, painted.oracle(), decode_swaps(session), ASSIGNED)


def bands(images):
    return painted.Painter().bands(images).numpy()


def test_a_path_has_quarters_of_the_way():
    assert ALPHAS == (0.0, 0.25, 0.5, 0.75, 1.0)


def test_one_part_goes_from_the_sources_number_to_the_donors(session, by_part):
    pairs, rows = by_part.targets.pairs, np.arange(len(by_part.targets.pairs))
    source, donor = session.source_codes(pairs), session.donor_codes(pairs)
    for alpha, images in zip(ALPHAS, by_part.images, strict=True):
        expected = source.copy()
        own = rows, by_part.targets.factor
        expected[own] = (1 - alpha) * source[own] + alpha * donor[own]
        np.testing.assert_allclose(bands(images)[:, :3], expected, atol=1e-5)


def test_the_whole_code_and_the_start_go_all_the_way(session):
    paths = code_interpolations(session, painted.oracle())
    donors = session.donor_codes(paths.targets.pairs)
    np.testing.assert_allclose(bands(paths.images[-1])[:, :3], donors, atol=1e-5)
    np.testing.assert_array_equal(paths.images[0], session.original[paths.targets.pairs])
    assert paths.parts is None
    assert set(paths.targets.pairs) <= set(session.judged)


def test_a_factor_that_no_part_serves_has_no_path(session):
    paths = part_interpolations(session, painted.oracle(), decode_swaps(session), np.array([0, -1, 2]))
    assert set(paths.targets.factor) == {0, 2}


def test_as_many_pairs_as_asked_are_interpolated(session, by_part):
    first = session.judged[: painted.SETTINGS.interpolated]
    np.testing.assert_array_equal(by_part.targets.pairs, oracle_targets(session, painted.oracle(), first).pairs)


def test_a_straight_way_is_seen_to_grow(session, by_part):
    for paths in (by_part, code_interpolations(session, painted.oracle())):
        found = path_scores(session, painted.oracle(), paths)
        assert found["monotonicity"] == 1
        assert 0.5 < found["smoothness"] <= 1
        assert set(found) == set(PATH_SCORES)


def test_the_way_back_is_seen_to_fall(session, by_part):
    back = Interpolations(by_part.targets, by_part.images.flip(0), by_part.parts)
    assert path_scores(session, painted.oracle(), back)["monotonicity"] == -1


def test_where_nothing_moves_there_is_nothing_to_tell(session, by_part):
    still = Interpolations(by_part.targets, torch.stack([by_part.images[0]] * len(ALPHAS)), by_part.parts)
    assert set(path_scores(session, painted.oracle(), still).reasons) == set(PATH_SCORES)


@pytest.mark.parametrize(
    ("oracle", "assigned", "reason"),
    [
        pytest.param(painted.oracle(), np.full(3, -1), "no part serves any factor", id="no part"),
        pytest.param(painted.blind_oracle(), np.full(0, -1), "reads no factor", id="no factor"),
    ],
)
def test_without_paths_there_is_a_reason(session, oracle, assigned, reason):
    paths = part_interpolations(session, oracle, decode_swaps(session), assigned)
    found = path_scores(session, oracle, paths)
    assert set(found) == set(PATH_SCORES)
    assert all(reason in why for why in found.reasons.values())


def test_without_weights_only_the_oracle_tells(session, by_part, monkeypatch):
    monkeypatch.setattr(effnet_lite0, "weights_installed", lambda: False)
    assert path_scores(session, painted.oracle(), by_part).reasons == {"smoothness": effnet_lite0.MISSING}
