"""The attribute probe on codes whose scores are known, with rows to fit on and rows to test on alone."""

import numpy as np
import pytest
from known_codes import CODES, FACTORS, N_TRAIN

from diffrep.metrics.probes.attribute_probe import attribute_probe

ATTRIBUTES = (FACTORS[:, :4] > 4).astype(int)  # the last one about a third, the others about a half
FAST = {"seed": 0, "probes": 2, "steps": 600}


def probed(codes, attributes=ATTRIBUTES, **settings):
    parts = codes[:N_TRAIN], attributes[:N_TRAIN], codes[N_TRAIN:], attributes[N_TRAIN:]
    return attribute_probe(*parts, **{**FAST, **settings})


@pytest.fixture(scope="module")
def noisy():
    return probed(CODES["noisy"])


def test_a_code_that_tells_all_is_read():
    told = probed(CODES["identity"])
    assert min(told[name] for name in ("average_precision", "auroc", "ap_lift")) > 0.99
    assert told["f1"] > 0.97


def test_noise_is_chance():
    told = probed(CODES["noise"])
    assert told["auroc"] == pytest.approx(0.5, abs=0.03)
    assert told["average_precision"] == pytest.approx(told["prevalence"], abs=0.04)
    assert told["ap_lift"] == pytest.approx(0.0, abs=0.06)


def test_scales_and_constant_dimensions_change_nothing(noisy):
    scaled = np.insert(CODES["noisy"] * 2.0 ** np.arange(-3, 3), 2, 7.5, axis=1)
    assert probed(scaled) == pytest.approx(noisy, abs=1e-4)


def test_the_same_seed_gives_the_same_bits(noisy):
    assert probed(CODES["noisy"]) == noisy
    assert probed(CODES["noisy"], seed=1) != noisy


def test_probes_are_averaged(noisy):
    drawn = [probed(CODES["noisy"], probes=probes)["auroc"] for probes in (1, 2)]
    assert drawn[1] == noisy["auroc"] != drawn[0]


def test_an_attribute_of_one_value_is_left_out_and_counted(noisy):
    told = probed(CODES["noisy"], np.hstack([ATTRIBUTES, np.zeros((len(ATTRIBUTES), 1), int)]))
    assert told["attributes_undefined"] == 1
    assert np.isnan(told.arrays["average_precision"]).tolist() == [False] * 4 + [True]


def test_nothing_to_tell_apart_in_test_is_nan_with_a_reason():
    attributes = ATTRIBUTES.copy()
    attributes[N_TRAIN:] = 1
    told = probed(CODES["noisy"], attributes)
    assert {name for name, value in told.items() if np.isnan(value)} == set(told.reasons) >= {"auroc", "f1"}


@pytest.mark.parametrize(("wrong", "line"), [(np.nan, "nan or infinity in dimension 1"), (np.inf, "nan or infinity")])
def test_nan_is_refused(wrong, line):
    codes = CODES["noisy"].copy()
    codes[5, 1] = wrong
    with pytest.raises(ValueError, match=line):
        probed(codes)


def test_other_values_than_0_and_1_are_refused():
    with pytest.raises(ValueError, match="attributes must be 0 or 1"):
        probed(CODES["noisy"], FACTORS)
