"""Every tensor is accounted for: what is missing, left over, of another shape, halved or no tensor is named."""

import pytest
import torch

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports.gathering import Source, gathered, left_over, listed

SHAPES = {"ours.weight": torch.Size([2, 3]), "ours.bias": torch.Size([2])}
SOURCES = {"ours.weight": Source("weight", torch.t), "ours.bias": Source("bias")}
STATE = {"weight": torch.arange(6.0).reshape(3, 2), "bias": torch.ones(2)}


def told(**changes):
    state = {name: value for name, value in {**STATE, **changes}.items() if value is not None}
    with pytest.raises(UserError) as caught:
        gathered(SHAPES, SOURCES.__getitem__, state, "FILE")
    return str(caught.value)


def test_tensors_come_under_our_names():
    found = gathered(SHAPES, SOURCES.__getitem__, STATE, "FILE")
    assert torch.equal(found["ours.weight"], STATE["weight"].t())
    assert torch.equal(found["ours.bias"], STATE["bias"])


def test_double_precision_becomes_single_and_counters_stay():
    state = {"weight": STATE["weight"].double(), "bias": torch.ones(2, dtype=torch.int64)}
    found = gathered(SHAPES, SOURCES.__getitem__, state, "FILE")
    assert (found["ours.weight"].dtype, found["ours.bias"].dtype) == (torch.float32, torch.int64)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bias": None}, "FILE lacks bias: the network is of another kind or size"),
        ({"extra": torch.ones(1)}, "FILE has too much: extra: the network is of another kind or size"),
        ({"bias": None, "extra": torch.ones(1)}, "FILE lacks bias and has too much: extra"),
        ({"bias": torch.ones(4)}, "FILE: bias is [4] where [2] is due"),
        ({"bias": torch.ones(2).half()}, "FILE is a copy in half precision (bias is float16): get the original"),
        ({"bias": torch.ones(2).bfloat16()}, "(bias is bfloat16)"),
        ({"bias": torch.full((2,), torch.nan)}, "FILE: bias holds NaN or infinities"),
        ({"bias": object()}, "an object that was not read stands where the tensor bias should be"),
    ],
)
def test_what_does_not_match_is_named(changes, words):
    assert words in told(**changes)


def test_many_names_are_counted():
    assert listed(list("abcde")) == "a, b, c and 2 more"


def test_what_no_prefix_has_is_left_over_by_its_first_word():
    names = ["model.a.weight", "model.b", "ema_model.a.weight", "x_T"]
    assert left_over(names, "ema_model.") == ("model.*", "x_T")
