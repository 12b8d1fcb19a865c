"""A compiled step is one graph, made once; what it trains is what is trained without."""

import shutil

import pytest
import torch
from tiny_methods import built, train
from torch._dynamo.testing import CompileCounterWithBackend

from diffrep.pipelines.training import module

pytestmark = pytest.mark.long

ON = {"compile": True}


def flat(weights: dict[str, torch.Tensor]) -> torch.Tensor:
    return torch.cat([value.flatten() for value in weights.values()])


@pytest.fixture
def graphs(monkeypatch):
    """What dynamo gives to a backend that differentiates it and compiles nothing."""
    torch.compiler.reset()
    found = CompileCounterWithBackend("aot_eager")
    monkeypatch.setattr(module.torch, "compile", lambda loss, plain=torch.compile: plain(loss, backend=found))
    yield found
    torch.compiler.reset()


@pytest.mark.parametrize("name", ["pdae", "vae"])  # the contract counts those of every row
def test_four_steps_and_a_validation_are_two_graphs(tmp_path, graphs, name):
    """One with its gradient and one without."""
    train(tmp_path, built(name), 4, ON)
    assert graphs.frame_count == 2


def test_new_orders_of_the_views_compile_nothing_anew(tmp_path, graphs):
    train(tmp_path / "two", built("simsiam"), 2, ON)
    two = graphs.frame_count
    torch.compiler.reset()
    train(tmp_path / "six", built("simsiam"), 6, ON)
    assert graphs.frame_count - two == two


@pytest.mark.skipif(not shutil.which("g++"), reason="torch.compile needs a C++ compiler on a CPU")
def test_compiled_steps_move_the_weights_as_plain_ones_do(tmp_path):
    """All together: of a bias before a norm, whose gradient is none, both have noise."""
    torch.compiler.reset()
    start = flat(built("vae").state_dict())
    plain, compiled = (train(tmp_path / str(on), built("vae"), 5, {"compile": on}) for on in (False, True))
    moved, off = flat(plain.raw) - start, flat(compiled.raw) - flat(plain.raw)
    assert off.norm() <= 0.02 * moved.norm()
    assert compiled.rows[-1]["valid_loss"] == pytest.approx(plain.rows[-1]["valid_loss"], rel=1e-4)
