"""Probes of a data set's codes: test labels are scored and choose nothing, training rows set the scale."""

import functools
from types import SimpleNamespace

import numpy as np
import pytest

from diffrep.metrics.noise import row_noise
from diffrep.metrics.probes.probe import linear_probe
from diffrep.pipelines.evaluation import probing
from diffrep.pipelines.evaluation.probing import VALIDATION, lifts_of_parts, mean_precision, probe_codes

DRAWN = np.random.default_rng(0)
ROWS = np.random.default_rng(1).permutation(900)
SPLITS = {"train": ROWS[:300], "valid": ROWS[300:600], "test": ROWS[600:]}
ALL = DRAWN.normal(size=(900, 4)) * [1, 5, 0.2, 1]
KNOWN = (ALL[:, :3] + DRAWN.normal(size=(900, 3)) * [1, 5, 0.2] > 0).astype(np.uint8)
CODES = {split: ALL[rows] for split, rows in SPLITS.items()}
CARD = {"attribute_groups": ["near", "near", "far"]}
LONG = 300  # steps in which a probe learns


def data(attributes=KNOWN) -> SimpleNamespace:
    return SimpleNamespace(attributes=attributes, targets=None, splits=SPLITS, card=CARD)


def probed(codes=CODES, attributes=KNOWN, steps=40, seeds=2, seed=0):
    return probe_codes(codes, data(attributes), SimpleNamespace(steps=steps, seeds=seeds), seed)


def with_rows(array: np.ndarray, split: str, values: np.ndarray) -> np.ndarray:
    changed = array.copy()
    changed[SPLITS[split]] = values
    return changed


def scrambled(split: str) -> np.ndarray:
    """The labels, those of one split given to other images of it."""
    return with_rows(KNOWN, split, np.random.default_rng(2).permutation(KNOWN[SPLITS[split]]))


@functools.cache
def learnt(split=None, reversed_test=False):
    """What is found by probes that learn, and the epochs that they choose; labels of `split` are scrambled."""
    codes = CODES | {"test": CODES["test"][::-1] * 3} if reversed_test else CODES
    chosen = []

    def noting(*args, **kwargs):
        found = linear_probe(*args, **kwargs)
        chosen.append(found.best_epochs.tolist())
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probing, "linear_probe", noting)
        found = probed(codes, scrambled(split) if split else KNOWN, steps=LONG)
    return found, chosen


def test_the_noise_of_average_precision_is_what_other_test_images_show():
    known, drawn = (np.random.default_rng(3).random((6000, 2)) < 0.3).astype(int), np.random.default_rng(4)
    logits = (known + drawn.normal(size=(2, 6000, 2))).astype(np.float32)
    fresh = [mean_precision(logits[:, rows], known[rows]) for rows in np.split(np.arange(6000), 20)]
    found = [
        row_noise(lambda own, rows=rows: {"ap": mean_precision(logits[:, rows[own]], known[rows[own]])}, 300, seed=0)
        for rows in np.split(np.arange(6000), 20)
    ]
    squares = [np.square(noise["ap"]["rows"]) for noise in found]
    assert np.sqrt(np.mean(squares)) == pytest.approx(np.std(fresh, ddof=1), rel=0.35)


def test_the_noise_is_that_of_the_precision_that_is_reported():
    assert set(probed().noise) == {"average_precision"}
    assert 0 < probed().noise["average_precision"]["rows"] < 0.1
    logits, known = np.array([[[2.0], [1.0], [0.0]]]), np.array([[1], [0], [1]])
    assert mean_precision(logits, known) == pytest.approx((1 + 2 / 3) / 2)
    assert np.isnan(mean_precision(logits[:, :1], known[:1]))


def test_precision_on_validation_images_is_that_of_the_same_probes():
    """With the validation images for test images both are the same number; test labels have no say in it."""
    turned = data()
    turned.splits = SPLITS | {"test": SPLITS["valid"]}
    found = probe_codes(CODES | {"test": CODES["valid"]}, turned, SimpleNamespace(steps=LONG, seeds=2), 0)
    assert found[VALIDATION] == pytest.approx(found["average_precision"])
    plain, of_test, of_valid = (learnt(split)[0][VALIDATION] for split in (None, "test", "valid"))
    assert plain == of_test == found[VALIDATION]
    assert of_valid < plain - 0.1


def test_labels_of_test_images_choose_neither_epoch_nor_threshold():
    (one, epochs), (other, its_epochs) = learnt(), learnt("test")
    np.testing.assert_array_equal(one.arrays["threshold"], other.arrays["threshold"])
    assert epochs == its_epochs
    assert one["average_precision"] > other["average_precision"] + 0.1


def test_codes_of_test_images_choose_nothing_either():
    (one, epochs), (two, its_epochs) = learnt(), learnt(reversed_test=True)
    np.testing.assert_array_equal(one.arrays["threshold"], two.arrays["threshold"])
    assert epochs == its_epochs


def test_labels_of_validation_images_choose():
    (one, epochs), (other, its_epochs) = learnt(), learnt("valid")
    assert not np.allclose(one.arrays["threshold"], other.arrays["threshold"])
    assert epochs != its_epochs


def test_labels_of_training_images_are_learnt():
    (one, _), (other, _) = learnt(), learnt("train")
    assert other["average_precision"] < one["average_precision"] - 0.1


def test_the_scale_is_that_of_training_images():
    """With one epoch nothing is to be chosen: validation codes have no say in the scores of test ones."""
    other = CODES | {"valid": CODES["valid"] * [100, 0.01, 1, 1] + 5}
    one, two = probed(steps=1), probed(other, steps=1)
    np.testing.assert_array_equal(one.arrays["average_precision"], two.arrays["average_precision"])


def test_nor_have_test_codes_a_say_in_each_others_scale():
    one = probed(steps=1).arrays["threshold"]
    other = probed(CODES | {"test": CODES["test"] * 1000}, steps=1).arrays["threshold"]
    np.testing.assert_array_equal(one, other)


def test_scores_are_means_over_the_seeds_asked_for():
    both, first, second = probed(seeds=2, seed=5), probed(seeds=1, seed=5), probed(seeds=1, seed=6)
    assert both["auroc"] == pytest.approx((first["auroc"] + second["auroc"]) / 2)
    assert first["auroc"] != second["auroc"]


@pytest.mark.parametrize(("steps", "expected"), [(1, 1), (2, 1), (3, 2), (40, 18)])
def test_steps_are_whole_epochs_of_batches_of_128(monkeypatch, steps, expected):
    """300 training rows are 2.34 batches."""
    asked = {}

    def noting(*args, **kwargs):
        asked.update(kwargs)
        return linear_probe(*args, **kwargs)

    monkeypatch.setattr(probing, "linear_probe", noting)
    probed(steps=steps)
    assert (asked["epochs"], asked["batch_size"]) == (expected, 128)


def test_groups_and_numbers_of_rows_are_told():
    found = probed(steps=1)
    assert (found["n_train"], found["n_valid"], found["n_test"]) == (300, 300, 300)
    assert found["auroc_near"] == pytest.approx(found.arrays["auroc"][:2].mean())


def test_a_code_that_is_no_vector_is_flattened():
    folded = {split: rows.reshape(300, 2, 2) for split, rows in CODES.items()}
    assert probed(folded) == probed()


def test_a_part_tells_what_it_holds():
    told = lifts_of_parts(CODES, [(0,), (1, 2), (3,)], data())
    assert told.shape == (3, 3)
    assert told[0, 0] > 0.4 > told[0, 1]
    assert min(told[1, 1], told[1, 2]) > 0.4
    assert np.abs(told[2]).max() < 0.2


def test_parts_are_judged_on_test_images_and_fitted_on_training_ones():
    plain, without = (lifts_of_parts(CODES, [(0,)], data(scrambled(split))) for split in ("valid", "test"))
    np.testing.assert_array_equal(plain, lifts_of_parts(CODES, [(0,)], data()))
    assert np.abs(without).max() < 0.2
    assert lifts_of_parts(CODES | {"train": CODES["train"][::-1]}, [(0,)], data())[0, 0] < 0.4


def test_targets_are_told_beside_attributes():
    known = data()
    known.targets = np.stack([3 * ALL[:, 0] + 1, np.zeros(len(ALL))], axis=1)
    found = probe_codes(CODES, known, SimpleNamespace(steps=1, seeds=1), 0)
    assert found["target_r"] > 0.99
    assert found["target_r_undefined"] == 1
    assert found["average_precision"] > 0


def test_data_without_attributes_say_so():
    found = probed(attributes=KNOWN[:, :0])
    assert np.isnan(found["average_precision"])
    assert found.reasons["average_precision"] == "not applicable: this data set has no binary attributes"
    assert found["n_test"] == len(SPLITS["test"])
