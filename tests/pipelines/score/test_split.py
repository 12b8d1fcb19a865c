"""Which rows of a file are fitted on and tested on, and what is said of them."""

import numpy as np
import pytest
from codes_files import GOOD, N, saved, two_parts
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics.catalogue import PRESETS
from diffrep.metrics.codes import evaluation_rows
from diffrep.metrics.numerics.token_pca import token_pca
from diffrep.pipelines.score.code_file import read_code_file
from diffrep.pipelines.score.split import split


@pytest.fixture
def rows(tmp_path):
    def rows(preset="quick", compat=False, seed=0, **arrays):
        return split(read_code_file(saved(tmp_path, **arrays)), PRESETS[preset], compat=compat, seed=seed)

    return rows


def test_two_parts_are_taken_as_given(rows):
    found = rows(**two_parts())
    assert (found.train.codes == CODES["noisy"][:N_TRAIN]).all()
    assert (found.test.targets == FACTORS[N_TRAIN:]).all()
    assert (len(found.pool.codes), found.notes) == (4500, [])


def test_a_small_pool_is_split_two_to_one(rows):
    found, drawn = rows("standard", seed=3, **GOOD), evaluation_rows(N, 200, 200, 3)
    assert (found.train.codes == GOOD["codes"][drawn.train]).all()
    assert (found.test.targets == GOOD["factors"][drawn.test]).all()
    assert found.notes == ["the pool of 300 rows has fewer than 15,000 and was split 2:1: compare at equal n only"]


def test_no_row_of_a_pool_is_in_both_parts(rows):
    codes = np.arange(5000.0)[:, None]
    found = rows(codes=codes, factors=np.arange(5000)[:, None] % 7)
    assert (len(found.train.codes), len(found.test.codes)) == PRESETS["quick"]
    assert not set(found.train.codes.ravel()) & set(found.test.codes.ravel())


def test_more_rows_than_the_preset_are_drawn_from(rows):
    found = rows(**two_parts(cut=1000))
    assert (len(found.train.codes), len(found.test.codes), len(found.pool.codes)) == (1000, 1500, 4500)
    assert found.notes == ["1,000 of 1,000 rows to fit on and 1,500 of 3,500 to test on, drawn by the seed"]


def test_fewer_rows_than_the_preset_are_told(rows):
    (note,) = rows("standard", **two_parts()).notes
    assert note == "3,000 rows to fit on and 1,500 to test on, not the preset's 10,000 and 5,000"


def test_attributes_in_two_parts_are_used_whole(rows):
    found = rows(**two_parts("attributes", known=FACTORS > 4, cut=4000))
    assert (len(found.train.codes), found.notes) == (4000, [])


def test_compat_takes_every_row_given(rows):
    found = rows(compat=True, **two_parts(cut=4000))
    assert (len(found.train.codes), len(found.test.codes), found.notes) == (4000, 500, [])


@pytest.mark.parametrize("n", [100, 4500, 5000])
def test_compat_takes_no_row_of_a_pool_into_both_parts(rows, n):
    """Published code draws with replacement from so many rows that hardly one comes twice."""
    found = rows(compat=True, codes=np.arange(float(n))[:, None], factors=np.arange(n)[:, None] % 7)
    drawn = [*found.train.codes.ravel(), *found.test.codes.ravel()]
    assert len(set(drawn)) == len(drawn) == min(n, 4500)


@pytest.mark.parametrize("compat", [False, True])
def test_tokens_are_projected_as_published_in_compat_alone(rows, compat):
    tokens = np.random.default_rng(0).normal(size=(4500, 2, 3)) * [1.0, 1.1, 1.2]
    found = rows(compat=compat, codes=tokens, factors=FACTORS)
    fitted = tokens if compat else tokens[evaluation_rows(4500, *PRESETS["quick"], 0).train]
    expected, _ = token_pca({"all": tokens, "fitted": fitted}, fitted_on="fitted")
    np.testing.assert_array_equal(found.pool.codes, expected["all"])
    assert ("of all rows" in found.notes[1]) == compat


def test_tokens_become_one_number_each(rows):
    found = rows(**two_parts(codes=CODES["noisy"][:, :, None] * np.array([1.0, -2.0, 0.5])))
    assert np.abs(np.corrcoef(found.train.codes[:, 2], CODES["noisy"][:N_TRAIN, 2])[0, 1]) == pytest.approx(1.0)
    assert found.explained == pytest.approx(np.ones(6))
    assert "6 tokens of 3 dimensions" in found.notes[0]


def test_a_sample_says_what_chance_needs(rows):
    rare = (np.arange(N) % 4 == 0).astype(int)
    known = np.column_stack([rare, 1 - rare, np.zeros(N, int)])
    found = rows(codes=GOOD["codes"], attributes=known)
    sample, share = found.sample, found.test.targets[:, 0].mean()
    assert (sample.n_train, sample.n_test, sample.dims, sample.values) == (200, 100, 6, (2, 2))
    assert sample.prevalences == pytest.approx((share, 1 - share))
    assert sample.frequent == pytest.approx((1 - share, 1 - share))
