"""Paths of submodules that a training names: what is trained of them, and one line for those that are not there."""

import pytest
from changed_params import checked
from tiny_cells import ROOMS, SHAPE, study_values
from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.sections import PartOptimiser
from diffrep.pipelines.trained.buildable import expect_buildable
from diffrep.pipelines.trained.submodules import of_paths, with_own_optimiser

SGD = {"optimiser": "sgd", "learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.0, "schedule": "constant"}


class Net(nn.Module):
    """Two layers in a block, one that is frozen, one that is tied to another."""

    def __init__(self):
        super().__init__()
        self.block = nn.ModuleDict({"first": nn.Linear(2, 2), "second": nn.Linear(2, 2)})
        self.frozen = nn.Linear(2, 2).requires_grad_(False)
        self.tied = nn.Linear(2, 2)
        self.tied.weight = self.block["first"].weight


def parts(small_params, *paths):
    own = {path: PartOptimiser(**SGD) for path in paths}
    return with_own_optimiser(Net(), small_params.train.model_copy(update={"parts": own}), "train.parts")


def test_a_part_is_all_that_is_trained_below_its_path(small_params):
    assert {path: len(found) for path, found in parts(small_params, "block.first", "block.second").items()} == {
        "block.first": 2,
        "block.second": 2,
    }
    assert parts(small_params) == {}


@pytest.mark.parametrize(
    ("paths", "told"),
    [
        (["blocks"], r"Net trains no submodule 'blocks': did you mean 'block'\?"),
        (["block.third"], r"Net trains no submodule 'block\.third': did you mean 'block.first'\?"),
        (["frozen"], r"Net trains no submodule 'frozen'"),
        ([""], r"Net trains no submodule ''"),
        (["block", "block.first"], "block, block.first share weights: a weight has one optimiser"),
        (["block.first", "tied"], "block.first, tied share weights"),
    ],
)
def test_a_path_that_is_none_is_one_line(small_params, paths, told):
    with pytest.raises(UserError, match=rf"^params\.yaml: train\.parts: {told}"):
        parts(small_params, *paths)


def test_something_is_left_to_the_main_optimiser(small_params):
    net = nn.ModuleDict({"only": nn.Linear(2, 2)})
    settings = small_params.train.model_copy(update={"parts": {"only": PartOptimiser(**SGD)}})
    with pytest.raises(UserError, match=r"parts: only are all that is trained: name fewer$"):
        with_own_optimiser(net, settings)


def test_paths_come_in_the_order_in_which_they_are_named():
    assert list(of_paths(Net(), ["block.second", "block"], "unaveraged")) == ["block.second", "block"]


@pytest.mark.parametrize(
    ("row", "words", "told"),
    [
        ("diffsiam", {"parts": {"head": SGD}}, r"methods\.diffsiam\.training\.parts: DiffSiam .* mean 'heads'\?"),
        ("diffsiam", {"unaveraged": ["head"]}, r"methods\.diffsiam\.training\.unaveraged: .* mean 'heads'\?"),
        ("pca", {"steps": 3}, r"methods\.pca\.training: PCA is not trained by steps: leave it out"),
        ("base", {"parts": {"heads": SGD}}, r"base\.training\.parts: BaseDPM trains no submodule 'heads'"),
        ("train", {"parts": {"heads": SGD}}, r"train\.parts: PDAE trains no submodule 'heads'"),
    ],
)
def test_it_is_told_before_anything_is_trained(row, words, told):
    values = study_values()
    section = values["train"] if row == "train" else (values["methods"].get(row) or values[row])
    if row == "train":
        section |= words
    else:
        section["training"] = section.get("training", {}) | words
    with pytest.raises(UserError, match=rf"^params\.yaml: {told}"):
        expect_buildable(checked(values), ROOMS, SHAPE)


def test_the_heads_of_diffsiam_may_have_their_own():
    values = study_values()
    own = {"parts": {"heads.projector": SGD, "heads.predictor": SGD}, "unaveraged": ["heads"]}
    values["methods"]["diffsiam"]["training"] = own
    expect_buildable(checked(values), ROOMS, SHAPE)
