"""Batches are a pure function of (seed, step), and the shards of all processes make one batch."""

import pickle

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from diffrep.pipelines.training.batches import Batches, Steps

IMAGES = np.random.default_rng(0).integers(0, 256, (40, 2, 2, 1), dtype=np.uint8)
LABELS = np.arange(40)
ROWS = np.arange(5, 35)  # 30 of the 40


def batches(batch_size: int = 6, seed: int = 0, rows: np.ndarray = ROWS) -> Batches:
    return Batches((IMAGES, LABELS), rows, batch_size, seed)


@given(st.integers(1, 30), st.integers(0, 100), st.integers(0, 3))
def test_every_row_comes_once_in_each_pass(batch_size, seed, number):
    drawn = batches(batch_size, seed)
    steps = range(number * 30 // batch_size, -(-(number + 1) * 30 // batch_size))
    positions = np.arange(steps[0] * batch_size, (steps[-1] + 1) * batch_size)
    rows = np.concatenate([drawn.rows_of(step) for step in steps])
    assert sorted(rows[positions // 30 == number]) == ROWS.tolist()


@given(st.lists(st.integers(0, 200), min_size=1, max_size=6), st.integers(0, 100))
def test_a_batch_does_not_depend_on_those_before(steps, seed):
    used = batches(7, seed)
    for step in steps:
        np.testing.assert_array_equal(used.rows_of(step), batches(7, seed).rows_of(step))


def test_passes_have_different_orders():
    drawn = batches(30)
    assert drawn.rows_of(0).tolist() != drawn.rows_of(1).tolist()


def test_seeds_have_different_orders():
    assert batches(30, seed=0).rows_of(0).tolist() != batches(30, seed=1).rows_of(0).tolist()


@given(st.integers(1, 4), st.integers(0, 20))
def test_shards_of_all_processes_are_the_batch(processes, step):
    whole, parts = batches(8), []
    for rank in range(processes):
        part = batches(8)
        part.shard = (rank, processes)
        parts += part[step][1].tolist()
    assert sorted(parts) == sorted(whole[step][1].tolist())


def test_an_item_is_the_rows_of_every_array():
    images, labels = batches()[3]
    rows = batches().rows_of(3)
    np.testing.assert_array_equal(images, IMAGES[rows])
    assert labels.tolist() == LABELS[rows].tolist()


def test_by_number_an_item_is_its_rows():
    drawn = batches()
    drawn.by_number, drawn.shard = True, (1, 2)
    (rows,) = drawn[3]
    assert rows.tolist() == batches().rows_of(3)[1::2].tolist()


@pytest.fixture
def mapped(tmp_path) -> Batches:
    """Batches of a memory map of 4 MB."""
    np.save(tmp_path / "images.npy", np.random.default_rng(0).integers(0, 256, (1000, 64, 64, 1), dtype=np.uint8))
    return Batches((np.load(tmp_path / "images.npy", mmap_mode="r"), np.arange(1000)), np.arange(1000), 6, 0)


def test_of_a_memory_map_only_the_name_is_sent(mapped):
    sent = pickle.dumps(mapped)
    assert len(sent) < 20_000
    assert torch.equal(pickle.loads(sent)[3][0], mapped[3][0])


def test_a_part_of_a_memory_map_is_sent_whole(mapped):
    part = Batches((mapped.arrays[0][10:40],), np.arange(30), 6, 0)
    assert torch.equal(pickle.loads(pickle.dumps(part))[3][0], part[3][0])


@pytest.mark.parametrize("start", ["spawn", "forkserver"])
def test_processes_that_do_not_fork_read_ahead(mapped, start):
    loader = DataLoader(mapped, sampler=range(3), batch_size=None, num_workers=1, multiprocessing_context=start)
    for found, expected in zip(loader, map(mapped.__getitem__, range(3)), strict=True):
        assert torch.equal(found[0], expected[0])


def test_a_batch_larger_than_the_data_is_an_error_that_names_both():
    with pytest.raises(ValueError, match="batch_size 31 is larger than the 30 training images"):
        batches(31)


@given(st.integers(1, 9), st.integers(1, 40))
def test_chunks_together_are_all_steps(chunk, total):
    sampler, steps = Steps(chunk, total), []
    for epoch in range(-(-total // chunk)):
        sampler.set_epoch(epoch)
        steps += list(sampler)
    assert steps == list(range(total))


def test_steps_go_on_where_a_resumed_run_is():
    assert list(Steps(10, 25, epoch=2)) == [20, 21, 22, 23, 24]
