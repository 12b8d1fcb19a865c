"""Chance is a pure function of what it belongs to."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffrep.pipelines.core.seeds import mixed_seed, start_noise

SHAPE = (1, 3, 2)
ROWS = st.lists(st.integers(0, 10**6), min_size=1, max_size=8)


@given(ROWS, st.integers(0, 1000), st.data())
def test_noise_of_an_image_does_not_depend_on_its_batch(rows, seed, data):
    place = data.draw(st.integers(0, len(rows) - 1))
    alone = start_noise(seed, np.array(rows[place : place + 1]), SHAPE)
    assert torch.equal(start_noise(seed, np.array(rows), SHAPE)[place], alone[0])


@given(st.integers(0, 1000), st.integers(0, 10**6))
def test_noise_of_another_image_is_another(seed, row):
    first, second = start_noise(seed, np.array([row, row + 1]), SHAPE)
    assert not torch.equal(first, second)


def test_noise_of_another_seed_is_another():
    rows = np.arange(4)
    assert not torch.equal(start_noise(0, rows, SHAPE), start_noise(1, rows, SHAPE))


def test_noise_is_standard_normal():
    noise = start_noise(0, np.arange(2000), (3, 4, 4))
    assert noise.dtype == torch.float32
    assert abs(float(noise.mean())) < 0.02
    assert abs(float(noise.std()) - 1) < 0.02


@given(st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
def test_mixed_seed_is_one_that_torch_takes(parts):
    seed = mixed_seed(*parts)
    assert 0 <= seed < 2**63
    assert seed == mixed_seed(*parts)


def test_mixed_seed_depends_on_the_order():
    assert len({mixed_seed(0, 1, 2), mixed_seed(0, 2, 1), mixed_seed(1, 0, 2), mixed_seed(1, 2)}) == 4
