"""The linear probe, against logistic regression in closed form and against itself."""

import numpy as np
import pytest
import torch

from diffrep.metrics.probes.logistic_probe import logistic_probe
from diffrep.metrics.probes.probe import linear_probe
from diffrep.metrics.probes.scores import average_precision

GENERATOR = np.random.default_rng(0)
CODES = GENERATOR.normal(size=(12000, 16))
SIGNAL = CODES @ GENERATOR.normal(size=(16, 5))
ATTRIBUTES = (SIGNAL + 3.0 * GENERATOR.normal(size=SIGNAL.shape) > [-2, 0, 3, 6, 8]).astype(np.uint8)
TRAIN, VALID, TEST = slice(0, 8000), slice(8000, 10000), slice(10000, 12000)


def probe(codes=CODES, attributes=ATTRIBUTES, train=slice(0, 1000), **settings):
    settings = {"seeds": (0, 1), "epochs": 3} | settings
    return linear_probe(codes[train], attributes[train], codes[VALID], attributes[VALID], codes[TEST], **settings)


def test_is_within_a_hundredth_of_logistic_regression():
    logits = logistic_probe(CODES[TRAIN], ATTRIBUTES[TRAIN], CODES[VALID], ATTRIBUTES[VALID], CODES[TEST])
    expected = average_precision(logits, ATTRIBUTES[TEST]).mean()
    for mine in probe(train=TRAIN, epochs=15).test_logits:
        assert average_precision(mine, ATTRIBUTES[TEST]).mean() == pytest.approx(expected, abs=0.01)


def test_the_same_call_gives_the_same_bits():
    assert np.array_equal(probe().test_logits, probe().test_logits)


def test_the_callers_generator_is_left_alone():
    torch.manual_seed(5)
    state = torch.get_rng_state()
    probe()
    assert torch.equal(torch.get_rng_state(), state)


def test_a_seed_gives_the_same_alone_and_in_company():
    np.testing.assert_allclose(probe(seeds=(1,)).test_logits[0], probe(seeds=(0, 1)).test_logits[1], atol=1e-5)


def test_seeds_differ():
    first, second = probe().test_logits
    assert not np.allclose(first, second)


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(CODES * 2.0 ** np.arange(-8, 8) + 3.0, id="scale and offset"),
        pytest.param(np.insert(CODES, 4, 7.0, axis=1), id="a constant dimension"),
    ],
)
def test_what_changes_nothing(changed):
    np.testing.assert_allclose(probe(changed).test_logits, probe().test_logits, atol=1e-3)


def test_best_epoch_is_the_one_that_is_kept():
    long = probe(epochs=6, seeds=(0,))
    short = probe(epochs=int(long.best_epochs[0]), seeds=(0,))
    assert np.array_equal(long.valid_logits, short.valid_logits)


def test_shapes():
    probed = probe()
    assert (probed.valid_logits.shape, probed.test_logits.shape) == ((2, 2000, 5), (2, 2000, 5))


def test_constant_codes_give_every_row_the_same_logits():
    assert (np.ptp(probe(np.ones_like(CODES)).test_logits, axis=1) == 0).all()


@pytest.mark.parametrize(
    ("codes", "attributes", "said"),
    [
        pytest.param(np.where(CODES > 3, np.nan, CODES), ATTRIBUTES, "nan or infinity", id="nan"),
        pytest.param(CODES, ATTRIBUTES * 3, "0 or 1", id="not binary"),
        pytest.param(CODES, ATTRIBUTES * 0, "no attribute has both", id="one class"),
    ],
)
def test_what_cannot_be_probed_is_refused(codes, attributes, said):
    with pytest.raises(ValueError, match=said):
        probe(codes, attributes)


def test_test_codes_of_another_size_are_refused():
    with pytest.raises(ValueError, match="test codes have 3 columns"):
        linear_probe(CODES[:9], ATTRIBUTES[:9], CODES[:9], ATTRIBUTES[:9], CODES[:9, :3], seeds=(0,))


def test_as_published_codes_keep_their_scale_and_rows_their_order():
    plain, scaled = (probe(codes, seeds=(0,), compat=True).test_logits for codes in (CODES, CODES * 0.1))
    assert not np.allclose(plain, scaled, atol=0.05)
    assert not np.allclose(plain, probe(seeds=(0,)).test_logits, atol=0.05)
    assert np.array_equal(plain, probe(seeds=(0,), compat=True).test_logits)


def test_as_published_is_plain_training_in_the_order_given():
    """Two steps of Adam on one attribute, written out."""
    generator = torch.Generator().manual_seed(7)
    start = torch.rand(17, 1, generator=generator) * 2 * 16**-0.5 - 16**-0.5
    parameters = [start[:16].clone().requires_grad_(), start[16:].clone().requires_grad_()]
    optimizer = torch.optim.Adam(parameters, lr=1e-3)
    for rows in (slice(0, 128), slice(128, 200)):
        logits = torch.from_numpy(CODES[rows].astype(np.float32)) @ parameters[0] + parameters[1]
        target = torch.from_numpy(ATTRIBUTES[rows, 1:2].astype(np.float32))
        optimizer.zero_grad()
        torch.nn.functional.binary_cross_entropy_with_logits(logits, target).backward()
        optimizer.step()
    expected = torch.from_numpy(CODES[TEST].astype(np.float32)) @ parameters[0] + parameters[1]
    found = probe(attributes=ATTRIBUTES[:, 1:2], train=slice(0, 200), seeds=(7,), epochs=1, compat=True)
    np.testing.assert_allclose(found.test_logits[0], expected.detach().numpy(), atol=1e-5)
