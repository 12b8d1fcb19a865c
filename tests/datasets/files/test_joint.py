"""Joint distributions of a grid's factors: as strong as asked for, nothing held out in sight, test images untouched."""

import numpy as np
import pytest

from diffrep.datasets.files.drawn_splits import Counts
from diffrep.datasets.files.joint import Correlated, Independent, Joint, Pair, drawn, numbered
from diffrep.datasets.files.ridge import reached, ridge
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.errors import UserError

SIZES = {"hue": 6, "shape": 4, "side": 9, "place": 200_000}
WORDS = {"shape": ("cube", "ball", "cone", "ring")}
COUNTS = Counts(20_000, 2_000, 8_000)


def factors_of(sizes, index):
    return dict(zip(sizes, np.unravel_index(index, tuple(sizes.values())), strict=True))


def split(joint, *, sizes=SIZES, counts=COUNTS, seed=0):
    index, splits = drawn(sizes, counts, numbered(sizes, joint, WORDS), seed)
    return {name: factors_of(sizes, index[rows]) for name, rows in splits.items()}


def correlated(*pairs, held_out=()):
    return Correlated("correlated", tuple(Pair((a, b), strength) for a, b, strength in pairs), held_out)


def table(factors, one, other, sizes=SIZES):
    counts = np.zeros((sizes[one], sizes[other]))
    np.add.at(counts, (factors[one], factors[other]), 1)
    return counts / counts.sum()


@pytest.mark.parametrize("strength", [0, 0.5, 0.9, 1])
def test_training_images_have_the_strength_asked_for_and_test_images_none(strength):
    found = split(correlated(("hue", "shape", strength)))
    np.testing.assert_allclose(table(found["train"], "hue", "shape"), ridge(6, 4, strength), atol=0.008)
    np.testing.assert_allclose(table(found["valid"], "hue", "shape"), ridge(6, 4, strength), atol=0.025)
    np.testing.assert_allclose(table(found["test"], "hue", "shape"), 1 / 24, atol=0.012)


def test_ridge_keeps_every_value_as_likely_and_agrees_on_relative_positions():
    found = ridge(6, 4, 0.7)
    np.testing.assert_allclose(found.sum(0), 1 / 4)
    np.testing.assert_allclose(found.sum(1), 1 / 6)
    np.testing.assert_allclose(ridge(4, 4, 1), np.eye(4) / 4, atol=1e-12)
    np.testing.assert_allclose(ridge(2, 4, 1), [[0.25, 0.25, 0, 0], [0, 0, 0.25, 0.25]], atol=1e-12)


@pytest.mark.parametrize("strength", [0, 0.3, 0.9, 1])
@pytest.mark.parametrize(("one", "other"), [("hue", "shape"), ("side", "hue")])
def test_the_strength_that_images_show_is_the_one_asked_for(strength, one, other):
    found = split(correlated((one, other, strength)))
    sizes = SIZES[one], SIZES[other]
    told = {name: reached(factors[one], factors[other], *sizes) for name, factors in found.items()}
    assert told["train"].strength == pytest.approx(strength, abs=4 * told["train"].error + 1e-12)
    assert told["test"].strength == pytest.approx(0, abs=4 * told["test"].error)


def test_its_error_is_the_spread_over_draws():
    rng, table = np.random.default_rng(0), ridge(6, 4, 0.6).ravel()
    draws = [np.unravel_index(rng.choice(24, 500, p=table), (6, 4)) for _ in range(300)]
    told = [reached(*values, 6, 4) for values in draws]
    assert np.std([each.strength for each in told]) == pytest.approx(np.mean([each.error for each in told]), rel=0.15)


TEN = {"one": 10, "other": 10, "rest": 4800}  # of 480,000 combinations 48,000 lie on the ridge of ten values and ten


def test_a_grid_that_has_too_few_combinations_left_for_a_strength_is_refused():
    with pytest.raises(ValueError, match=r"strength 0\.95 and come to 0\.8\d in 54,000 training") as told:
        split(correlated(("one", "other", 0.95)), sizes=TEN, counts=Counts(54_000, 4_000, 5_000))
    assert str(told.value).startswith("joint.pairs: one and other are to go together")
    assert "ask for fewer images or for less strength" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(("count", "strength"), [(20_000, 0.9), (40_000, 0.95), (40_000, 1), (30, 0.9)])
def test_what_such_a_grid_has_enough_combinations_for_is_drawn_as_asked(count, strength):
    train = split(correlated(("one", "other", strength)), sizes=TEN, counts=Counts(count, 2_000, 5_000))["train"]
    told = reached(train["one"], train["other"], 10, 10)
    assert told.strength == pytest.approx(strength, abs=4 * told.error + 1e-12)


def test_what_is_held_out_of_the_ridge_is_no_fault_of_the_grid():
    held = tuple({"hue": hue, "shape": shape} for hue, shape in ((0, 0), (1, 0), (2, 1)))
    factors = split(correlated(("hue", "shape", 0.5), held_out=held))["train"]
    assert reached(factors["hue"], factors["shape"], 6, 4).strength < 0.4


def test_pairs_that_share_a_factor_keep_their_strength_each():
    train = split(correlated(("hue", "shape", 0.8), ("side", "hue", 0.6)))["train"]
    np.testing.assert_allclose(table(train, "hue", "shape"), ridge(6, 4, 0.8), atol=0.01)
    np.testing.assert_allclose(table(train, "side", "hue"), ridge(9, 6, 0.6), atol=0.01)


def test_what_is_not_paired_stays_independent():
    train = split(correlated(("hue", "shape", 1)))["train"]
    np.testing.assert_allclose(table(train, "hue", "side"), 1 / 54, atol=0.005)


def test_held_out_combinations_are_in_test_images_alone():
    found = split(correlated(("hue", "shape", 0.5), held_out=({"hue": 0, "shape": "cube"}, {"side": 3})))
    for name, expected in (("train", False), ("valid", False), ("test", True)):
        factors = found[name]
        assert ((factors["hue"] == 0) & (factors["shape"] == 0)).any() == expected
        assert (factors["side"] == 3).any() == expected
        assert ((factors["hue"] == 0) & (factors["shape"] == 1)).any()


@pytest.mark.parametrize("joint", [Independent("independent"), correlated(("hue", "shape", 0.9))])
def test_no_combination_twice_and_the_seed_decides(joint):
    index, splits = drawn(SIZES, COUNTS, joint, 3)
    assert len(np.unique(index)) == len(index) == 30_000
    assert {name: len(rows) for name, rows in splits.items()} == {"train": 20_000, "valid": 2_000, "test": 8_000}
    np.testing.assert_array_equal(np.concatenate(list(splits.values())), np.arange(30_000))
    np.testing.assert_array_equal(index, drawn(SIZES, COUNTS, joint, 3)[0])
    assert len(np.intersect1d(index, drawn(SIZES, COUNTS, joint, 4)[0])) < 3_000


def test_independent_draws_as_shapes3d_rendered_does():
    index, _ = drawn({"a": 480, "b": 1000}, Counts(50, 5, 5), Independent("independent"), 7)
    np.testing.assert_array_equal(index, np.random.default_rng(7).choice(480_000, 60, replace=False))


def test_whole_grid_can_be_asked_for():
    index, _ = drawn({"a": 5, "b": 8}, Counts(20, 10, 10), correlated(("a", "b", 0.5)), 0)
    np.testing.assert_array_equal(np.sort(index), np.arange(40))


@pytest.mark.parametrize(
    ("joint", "told"),
    [
        (correlated(("hue", "shap", 0.5)), "joint.pairs: no 'shap': did you mean 'shape'"),
        (correlated(("hue", "hue", 0.5)), "ring that holds 'hue'"),
        (correlated(("hue", "shape", 0.5), ("shape", "hue", 0.5)), "ring"),
        (correlated(("hue", "shape", 0.5), ("shape", "side", 0.5), ("side", "hue", 0.5)), "ring"),
        (correlated(held_out=({},)), "held_out has a combination of no factor"),
        (correlated(held_out=({"colour": 1},)), "joint.held_out: no 'colour': there are hue, shape"),
        (correlated(held_out=({"hue": 6},)), "joint.held_out: hue goes from 0 to 5: got 6"),
        (correlated(held_out=({"hue": "red"},)), "joint.held_out: hue goes from 0 to 5: got 'red'"),
        (correlated(held_out=({"shape": "cub"},)), "joint.held_out: shape: no 'cub': did you mean 'cube'"),
        (correlated(held_out=tuple({"hue": hue} for hue in range(6))), "joint leaves 0 combinations to draw"),
    ],
)
def test_what_cannot_be_drawn_is_refused(joint, told):
    with pytest.raises(ValueError, match=told) as error:
        split(joint)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("counts", [Counts(0, 1, 1), Counts(1, -1, 1), Counts(30, 5, 6)])
def test_counts_that_there_are_not_are_refused(counts):
    with pytest.raises(ValueError, match="1 or more, together at most 40"):
        drawn({"a": 5, "b": 8}, counts, Independent("independent"), 0)


class Adapter:
    def __init__(self, *, joint: Joint) -> None: ...


def test_params_are_read_as_one_of_both_kinds():
    section = {
        "kind": "correlated",
        "pairs": [{"factors": ["hue", "shape"], "strength": 0.9}],
        "held_out": [{"hue": 1}],
    }
    read = arguments(Adapter, "datasets.d", {"joint": section})["joint"]
    assert read == correlated(("hue", "shape", 0.9), held_out=({"hue": 1},))
    assert arguments(Adapter, "datasets.d", {"joint": {"kind": "independent"}})["joint"] == Independent("independent")


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ({"kind": "corelated"}, "datasets.d.joint.kind is 'corelated': did you mean 'correlated'"),
        ({"kind": "correlated", "pairs": []}, "lacks the key 'held_out'"),
        ({"kind": "independent", "pairs": []}, "unknown key 'pairs'"),
        (
            {"kind": "correlated", "pairs": [{"factors": ["a", "b"], "strength": 2}], "held_out": []},
            r"joint.pairs\[0\].strength is 2, which must be less than or equal to 1",
        ),
    ],
)
def test_params_that_do_not_fit_are_one_line(section, told):
    with pytest.raises(UserError, match=told):
        arguments(Adapter, "datasets.d", {"joint": section})


def test_a_small_grid_keeps_test_even_and_train_and_valid_alike():
    found = split(correlated(("one", "other", 0.9)), sizes=TEN, counts=Counts(40_000, 4_000, 5_000))
    shares = {name: (factors["one"] == factors["other"]).mean() for name, factors in found.items()}
    assert abs(shares["test"] - 0.1) < 0.015
    assert abs(shares["train"] - shares["valid"]) < 0.02
    assert abs(shares["train"] - 0.91) < 0.01
