"""One number per token: found again where a token has only one, fitted on the training rows alone."""

import numpy as np
import pytest

from diffrep.metrics.numerics.token_pca import token_pca

GENERATOR = np.random.default_rng(0)
SCALARS = GENERATOR.normal(size=(200, 3))
DIRECTIONS = GENERATOR.normal(size=(3, 5))
TOKENS = SCALARS[:, :, None] * DIRECTIONS + np.arange(5)


def test_a_token_that_says_one_number_gives_it_back():
    codes, shares = token_pca({"train": TOKENS}, fitted_on="train")
    for i in range(3):
        assert abs(np.corrcoef(codes["train"][:, i], SCALARS[:, i])[0, 1]) == pytest.approx(1)
    assert shares == pytest.approx([1, 1, 1])


def test_numbers_keep_the_tokens_variance_and_are_centred():
    codes, _ = token_pca({"train": TOKENS}, fitted_on="train")
    assert codes["train"].mean(axis=0) == pytest.approx([0, 0, 0], abs=1e-6)
    assert codes["train"].var(axis=0) == pytest.approx(TOKENS.var(axis=0).sum(axis=1), rel=1e-5)


def test_only_the_rows_that_are_named_are_fitted():
    alone, _ = token_pca({"train": TOKENS[:100], "test": TOKENS[100:]}, fitted_on="train")
    other, _ = token_pca({"train": TOKENS[:100], "test": TOKENS[100:] * 7 + 3}, fitted_on="train")
    assert np.array_equal(alone["train"], other["train"])
    assert alone["test"].shape == (100, 3)


def test_the_share_is_the_components_part_of_the_variance():
    token = np.array([[3.0, 0], [-3, 0], [0, 1], [0, -1]])[:, None]
    codes, shares = token_pca({"train": token}, fitted_on="train")
    assert shares == pytest.approx([0.9])
    assert codes["train"][:, 0] == pytest.approx([3, -3, 0, 0], abs=1e-6)


def test_a_token_that_never_varies_is_zero_and_wholly_explained():
    codes, shares = token_pca({"train": np.ones((10, 1, 4))}, fitted_on="train")
    assert not codes["train"].any()
    assert shares == [1]
