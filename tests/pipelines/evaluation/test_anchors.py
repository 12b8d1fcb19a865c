"""Anchors: codes whose scores are known, and what no decoder should be worse than."""

from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.metrics.numerics.anchors import PCA_DIMS, rotated_factors
from diffrep.pipelines.core.seeds import mixed_seed
from diffrep.pipelines.evaluation.anchors import drawn_codes, fixed_codes, mean_image, remove_others
from diffrep.pipelines.evaluation.reconstructions import ALL_ERRORS

RNG = np.random.default_rng(0)
SPLITS = {"train": np.arange(60), "valid": np.arange(60, 80), "test": np.arange(80, 120)}
DATA = SimpleNamespace(
    images=RNG.integers(0, 256, (120, 12, 12, 3), dtype=np.uint8),
    factors=RNG.integers(0, 5, (120, 3)),
    splits=SPLITS,
    card={},
)
PHOTOGRAPHS = SimpleNamespace(images=DATA.images, factors=None, splits=SPLITS, card={})


def drawn(data=DATA, size=16, seed=0, repeat=0):
    return dict(drawn_codes(data, size, seed, repeat))


def test_factors_are_their_own_code():
    codes = dict(fixed_codes(DATA))["factors"]
    np.testing.assert_array_equal(codes["test"], DATA.factors[SPLITS["test"]])


def test_the_pca_is_fitted_on_training_images_alone():
    changed = SimpleNamespace(images=DATA.images.copy(), factors=None, splits=SPLITS, card={})
    changed.images[60:] = 255 - changed.images[60:]
    codes, others = (dict(fixed_codes(data))[f"pca{PCA_DIMS}"] for data in (DATA, changed))
    np.testing.assert_array_equal(codes["train"], others["train"])
    np.testing.assert_allclose(codes["train"].mean(0), 0, atol=1e-9)
    assert not np.allclose(codes["test"], others["test"])


def test_photographs_have_no_factors_to_hand_back():
    assert [name for name, _ in fixed_codes(PHOTOGRAPHS)] == [f"pca{PCA_DIMS}"]
    assert list(drawn(PHOTOGRAPHS)) == ["noise"]


@pytest.mark.parametrize("size", [4, 16])
def test_noise_has_the_size_of_the_codes_and_tells_nothing(size):
    codes = drawn(size=size)["noise"]
    assert {split: rows.shape for split, rows in codes.items()} == {
        split: (len(rows), size) for split, rows in SPLITS.items()
    }
    assert abs(codes["train"].mean()) < 0.2


def test_noise_is_a_function_of_both_seeds_and_differs_by_split():
    codes = drawn(seed=3, repeat=2)["noise"]
    expected = np.random.default_rng(mixed_seed(3, 2) + 1).normal(size=(20, 16))
    np.testing.assert_array_equal(codes["valid"], expected)
    for other in (drawn(seed=3, repeat=1), drawn(seed=2, repeat=2)):
        assert not np.allclose(codes["test"], other["noise"]["test"])


def test_a_rotation_is_the_repeats_own_and_keeps_lengths():
    first, second = (drawn(repeat=repeat)["rotation"]["train"] for repeat in (0, 1))
    assert not np.allclose(first, second)
    np.testing.assert_allclose(np.linalg.norm(first, axis=1), np.linalg.norm(second, axis=1))


def test_the_mean_image_is_of_training_images():
    found = mean_image(DATA, 10)
    train, test = DATA.images[:60] / 255, DATA.images[80:90] / 255
    assert found["mse_random_start"] == pytest.approx(np.square(test - train.mean(0)).mean(), rel=1e-4)
    assert found["n_test"] == 10
    assert found.reasons["lpips_random_start"]
    assert set(found) == {*(f"{name}_random_start" for name in ALL_ERRORS), "n_test"}


def test_a_rotation_is_of_factors_as_training_rows_have_them():
    train, test = (DATA.factors[SPLITS[split]] for split in ("train", "test"))
    np.testing.assert_array_equal(drawn()["rotation"]["test"], rotated_factors(train, test, seed=0))
    assert not np.allclose(drawn()["rotation"]["test"], rotated_factors(test, test, seed=0))


def test_what_is_no_anchor_any_more_is_removed(tmp_path):
    for name in ("pca20", "pca32"):
        (tmp_path / name / "probe").mkdir(parents=True)
    remove_others(tmp_path, ["pca20"])
    assert [folder.name for folder in tmp_path.iterdir()] == ["pca20"]
    remove_others(tmp_path / "nowhere", ["pca20"])
