"""Methods from outside are tried on images of the data set's own shape; what is of the suite is not tried at all."""

import broken_adapters
import pytest
from tiny_cells import ROOMS, small_values

from diffrep.pipelines.contract import first_step
from diffrep.pipelines.contract.first_step import expect_first_steps
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed

OWN = "broken_adapters:{}"


def params_of(adapter: str, **section):
    """Small params whose grid has one method."""
    values = small_values()
    values["methods"] = {"mine": {"adapter": adapter, **section}}
    values["grid"] |= {"method": ["mine"], "dataset": [ROOMS]}
    values["report"] |= {"reference": "mine", "controls": []}
    return parsed(values)


def test_a_good_method_from_outside_passes():
    expect_first_steps(params_of(OWN.format("Good"), width=8))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ForgetsItsCode", "view 'z' differs: state_dict does not hold all of it"),
        ("NoTensorAtAll", "RuntimeError: a bug of two lines"),
        ("SmallImages", r"decode gives \[8, 3, 8, 16\] for \[8, 3, 16, 16\]"),
    ],
)
def test_a_broken_one_is_told_with_its_file(name, told):
    with pytest.raises(UserError, match=rf"^method 'mine' \(broken_adapters:{name}\) in \S+.py, line \d+: {told}"):
        expect_first_steps(params_of(OWN.format(name), width=8))


def test_methods_of_the_suite_are_not_tried(monkeypatch):
    monkeypatch.setattr(first_step, "data_source", lambda *_: pytest.fail("a data set is built"))
    expect_first_steps(params_of("pca", code_dim=4))


def test_images_have_the_shape_of_the_data_set(monkeypatch):
    shapes = []
    kept = broken_adapters.Good.encode
    monkeypatch.setattr(
        broken_adapters.Good, "encode", lambda self, images: shapes.append(images.shape[1:]) or kept(self, images)
    )
    expect_first_steps(params_of(OWN.format("Good"), width=8))
    assert {tuple(shape) for shape in shapes} == {(3, 16, 16)}
