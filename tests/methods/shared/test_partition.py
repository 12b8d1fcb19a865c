"""The partition of a code over time, against the tables of the published one."""

import math
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from diffrep.methods.shared.partition import Partition, block_ends, block_starts

TIMES = torch.arange(1000)
PUBLISHED = {kind: Partition(512, 64, kind) for kind in ("unequal", "balanced")}
KNOWN = [  # times, idx, open dims unequal, balanced
    ([0, 15], 0, 2, 8),
    ([16], 1, 4, 16),
    ([49, 50, 62], 3, 10, 32),
    ([63], 4, 18, 40),
    ([94, 99, 100, 109], 6, 35, 56),
    ([110], 7, 60, 64),
    ([200], 12, 185, 104),
    ([299, 312], 19, 362, 160),
    ([313], 20, 370, 168),
    ([400], 25, 410, 208),
    ([499], 31, 462, 256),
    ([500, 515], 32, 463, 264),
    ([516], 33, 464, 272),
    ([700], 44, 475, 360),
    ([900], 57, 488, 464),
    ([999], 63, 512, 512),
]
STARTS = [0, 16, 32, 47, 63, 79, 94, 110, 125, 141, 157, 172, 188, 204, 219, 235, 250, 266, 282, 297, 313, 329, 344]
STARTS += [360, 375, 391, 407, 422, 438, 454, 469, 485, 500, 516, 532, 547, 563, 579, 594, 610, 625, 641, 657, 672]
STARTS += [688, 704, 719, 735, 750, 766, 782, 797, 813, 829, 844, 860, 875, 891, 907, 922, 938, 954, 969, 985]
ENDS = [2, 4, 6, 10, 18, 26, 35, *range(60, 336, 25), 362, *range(370, 451, 8), 462, *range(463, 494), 512]


def open_dims(kind):
    partition = PUBLISHED[kind]
    return partition.opened[partition.index(TIMES)]


@pytest.mark.parametrize(("times", "index", "unequal", "balanced"), KNOWN, ids=lambda value: str(value))
def test_open_dims_at_known_times(times, index, unequal, balanced):
    assert PUBLISHED["unequal"].index(torch.tensor(times)).tolist() == [index] * len(times)
    assert open_dims("unequal")[times].sum(1).tolist() == [unequal] * len(times)
    assert open_dims("balanced")[times].sum(1).tolist() == [balanced] * len(times)


@pytest.mark.parametrize(("kind", "mean"), [("unequal", 361.260), ("balanced", 259.776)])
def test_mean_number_of_open_dims(kind, mean):
    assert open_dims(kind).sum(1).mean().item() == pytest.approx(mean, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "dim", "fraction"),
    [
        ("unequal", 0, 1.000),
        ("unequal", 9, 0.953),
        ("unequal", 10, 0.937),
        ("unequal", 34, 0.906),
        ("unequal", 35, 0.890),
        ("unequal", 361, 0.703),
        ("unequal", 461, 0.515),
        ("unequal", 462, 0.500),
        ("unequal", 511, 0.015),
        ("balanced", 8, 0.984),
        ("balanced", 255, 0.515),
        ("balanced", 256, 0.500),
        ("balanced", 504, 0.015),
    ],
)
def test_fraction_of_times_at_which_a_dim_is_open(kind, dim, fraction):
    assert open_dims(kind)[:, dim].mean().item() == pytest.approx(fraction, abs=1e-6)


def test_block_starts():
    assert block_starts(64) == STARTS


def test_unequal_block_ends():
    assert block_ends(512, 64, "unequal") == ENDS


def test_balanced_block_ends():
    assert block_ends(512, 64, "balanced") == list(range(8, 513, 8))


def test_blocks_of_each_stage():
    edges = (0, 50, 100, 300, 500, 1000)
    counts = [sum(a <= t < b for t in block_starts(64)) for a, b in pairwise(edges)]
    assert counts == [4, 3, 13, 12, 32]


def test_integer_index_is_the_published_float_one():
    assert PUBLISHED["unequal"].index(TIMES).tolist() == [math.floor(t / (1000 / 64)) for t in range(1000)]


@pytest.mark.parametrize("kind", ["unequal", "balanced"])
def test_masks_add_up(kind):
    partition = PUBLISHED[kind]
    assert partition.current.sum(0).eq(1).all()
    assert torch.equal(partition.opened, partition.earlier + partition.current)
    assert partition.opened[-1].eq(1).all()
    assert not partition.earlier[0].any()


@pytest.mark.parametrize(
    ("blocks", "times", "balanced", "unequal"),
    [
        ((2, 6), (32, 94), (16, 48), (4, 26)),
        ((16, 24), (250, 375), (128, 192), (260, 394)),
        ((24, 32), (375, 500), (192, 256), (394, 462)),
        ((32, 64), (500, 1000), (256, 512), (462, 512)),
    ],
)
def test_block_ranges_of_the_published_counterfactuals(blocks, times, balanced, unequal):
    for kind, dims in [("balanced", balanced), ("unequal", unequal)]:
        parts = PUBLISHED[kind].parts()[slice(*blocks)]
        assert [dim for part in parts for dim in part.dims] == list(range(*dims))
        assert (parts[0].timesteps[0], parts[-1].timesteps[1]) == times


@given(st.integers(1, 600), st.integers(1, 80), st.sampled_from(["unequal", "balanced"]))
def test_any_partition_that_exists_uses_every_dim_once(code_dim, blocks, kind):
    if blocks > code_dim or (kind == "balanced" and code_dim % blocks):
        with pytest.raises(ValueError, match=r"blocks\.count=|cannot be cut"):
            block_ends(code_dim, blocks, kind)
        return
    ends = block_ends(code_dim, blocks, kind)
    assert (len(ends), ends[-1]) == (blocks, code_dim)
    assert all(before < after for before, after in zip([0, *ends[:-1]], ends, strict=True))


def test_small_unequal_partition_keeps_the_published_order_of_shares():
    assert block_ends(16, 8, "unequal") == [1, 5, 9, 12, 13, 14, 15, 16]


def test_one_block_opens_everything_always():
    partition = Partition(8, 1, "balanced")
    assert partition.opened.eq(1).all()
    assert partition.current.eq(1).all()
    assert not partition.earlier.any()


def test_masks_are_not_saved():
    assert not PUBLISHED["balanced"].state_dict()
