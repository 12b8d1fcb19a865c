"""Codes, losses and weights of adapters: what can be used passes as it is, all else is told in words."""

import numpy as np
import pytest
import torch
from torch import nn

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import fault_of_views, minimised, savable, widths

CODES = torch.zeros(3, 2)


def test_codes_of_other_shapes_may_follow_flat_ones():
    views = {"z": CODES, "tokens": torch.zeros(3, 4, 5)}
    assert fault_of_views(views, 3) is None
    assert widths(views) == {"z": [2], "tokens": [4, 5]}


@pytest.mark.parametrize(
    ("views", "told"),
    [
        (None, "encode returns None, not a dict of views"),
        ({}, "encode returns a dict, not a dict of views"),
        ({"z": np.zeros((3, 2))}, "encode gives view 'z' as a ndarray, not as a tensor"),
        ({"z": CODES, "odd": torch.zeros(())}, "encode gives view 'odd' of 3 images the shape []"),
        ({"z": torch.zeros(4, 2)}, "encode gives view 'z' of 3 images the shape [4, 2]"),
        ({"z": torch.zeros(3, 2, 2)}, "encode gives the first view the shape [3, 2, 2], not [n, d]"),
        ({"z": CODES, "times": CODES}, "encode gives view 'times' the shape [3, 2], not [n, T, d]"),
        (
            {"z": CODES, "tokens": torch.zeros(3, 4, 5, 6)},
            "encode gives view 'tokens' the shape [3, 4, 5, 6], not [n, N, d]",
        ),
        ({"z": CODES, "times": torch.zeros(3, 0, 2)}, "encode gives view 'times' the shape [3, 0, 2], not [n, T, d]"),
        ({"z": torch.zeros(3, 0)}, "encode gives the first view the shape [3, 0], not [n, d]"),
    ],
)
def test_what_are_no_codes_is_told(views, told):
    assert fault_of_views(views, 3) == told


def test_a_loss_is_one_number_or_stands_by_its_name():
    loss = nn.Parameter(torch.ones(()))
    assert minimised(loss) is minimised({"loss": loss, "other": None}) is loss
    with torch.no_grad():
        assert minimised(torch.ones(())) == 1  # in validation nothing has a gradient


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (None, "^loss returns None, not a tensor$"),
        (1.0, "^loss returns a float, not a tensor$"),
        ({"mse": 1}, r"^loss returns a dict without 'loss', which holds \['mse'\]$"),
        (torch.ones(1), r"^the loss has the shape \[1\], not one number$"),
        (torch.ones(()), "^the loss has no gradient: nothing that is trained enters it$"),
    ],
)
def test_what_is_no_loss_is_told(given, told):
    with pytest.raises(UserError, match=told):
        minimised(given)


class Tied(nn.Module):
    """Two layers of one weight."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(4, 4), nn.Linear(4, 4)
        self.second.weight = self.first.weight


def test_tied_weights_are_saved_and_tied_again(tmp_path):
    from safetensors.torch import load_file, save_file

    tied, again = Tied(), Tied()
    save_file(savable(tied.state_dict()), tmp_path / "weights.safetensors")
    again.load_state_dict(load_file(tmp_path / "weights.safetensors"))
    assert again.second.weight is again.first.weight
    assert torch.equal(again.first.weight, tied.first.weight)


def test_what_lies_in_other_weights_is_saved_by_itself():
    whole = torch.arange(6.0).reshape(2, 3)
    kept = savable({"whole": whole, "turned": whole.T, "part": whole[1]})
    assert all(value.is_contiguous() for value in kept.values())
    assert kept["turned"].tolist() == whole.T.tolist()
    assert len({value.untyped_storage().data_ptr() for value in kept.values()}) == 3


def test_state_that_is_no_tensor_is_named():
    with pytest.raises(UserError, match=r"^state_dict holds 'words', which is a str: only tensors are saved$"):
        savable({"words": "no"})
