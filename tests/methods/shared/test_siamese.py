"""Siamese losses and heads: known values, what gets a gradient, published sizes."""

import math
from typing import get_args

import pytest
import torch
from torch import nn

from diffrep.methods.shared.networks.encoder import Encoder, EncoderSettings
from diffrep.methods.shared.siamese import (
    SiameseKind,
    SimSiamHeads,
    negative_cosine,
    nt_xent,
    siamese_heads,
    spread,
    with_gradient_scaled,
)

P, Q = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 1.0], [0.0, -1.0]])


def codes(count=16, dim=8, seed=0):
    return torch.randn(count, dim, generator=torch.Generator().manual_seed(seed))


def heads(kind="simsiam", code_dim=8, width=16):
    torch.manual_seed(0)
    return siamese_heads(kind, code_dim, width)


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_known_distance():
    assert negative_cosine(P, Q).item() == pytest.approx(0.146447, abs=1e-6)


def test_the_same_is_minus_one():
    assert negative_cosine(codes(), codes()).item() == pytest.approx(-1, abs=1e-6)


@pytest.mark.parametrize("factors", [(3.0, 1.0), (1.0, 0.2), (7.0, 9.0)])
def test_lengths_do_not_count(factors):
    first, second = codes(), codes(seed=1)
    scaled = negative_cosine(factors[0] * first, factors[1] * second)
    torch.testing.assert_close(scaled, negative_cosine(first, second))


@pytest.mark.parametrize(("stop_gradient", "reaches"), [(True, False), (False, True)])
def test_targets_get_no_gradient_unless_told(stop_gradient, reaches):
    p, q = codes().requires_grad_(), codes(seed=1).requires_grad_()
    negative_cosine(p, q, stop_gradient).backward()
    assert p.grad.any()
    assert (q.grad is not None) == reaches


@pytest.mark.parametrize("kind", get_args(SiameseKind))
def test_swapping_the_views_changes_nothing(kind):
    model, first, second = heads(kind), codes(), codes(seed=1)
    torch.testing.assert_close(model(first, second)["siamese"], model(second, first)["siamese"])


@pytest.mark.parametrize(("part", "parameters"), [("projector", 791_040), ("predictor", 131_968)])
def test_published_parameters(part, parameters):
    with torch.device("meta"):
        assert count(getattr(siamese_heads("simsiam", 512, 512), part)) == parameters


def test_published_parameters_together():
    with torch.device("meta"):
        assert count(siamese_heads("simsiam", 512, 512)) == 923_008


def test_published_layers():
    model = heads()
    kinds = [[type(layer).__name__ for layer in part] for part in (model.projector, model.predictor)]
    assert kinds[0] == ["Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d", "ReLU", "Linear", "BatchNorm1d"]
    assert kinds[1] == ["Linear", "BatchNorm1d", "ReLU", "Linear"]
    assert (model.projector[-1].affine, model.projector[0].bias is not None) == (True, True)


def test_at_first_views_agree_on_nothing():
    """Different random images, published sizes: cosine about 0, spread about 1 / sqrt(512)."""
    torch.manual_seed(0)
    encoder = Encoder((3, 64, 64), 512, EncoderSettings("conv", (64, 128, 128, 128), 16))
    pictures = torch.rand(64, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        terms = siamese_heads("simsiam", 512, 512)(*encoder(pictures).chunk(2))
    assert terms["siamese"].item() == pytest.approx(0, abs=0.05)
    assert terms["spread"].item() == pytest.approx(512**-0.5, rel=0.02)


def test_spread_of_directions_and_of_a_collapse():
    assert spread(codes(4000, 64)).item() == pytest.approx(1 / 8, rel=0.01)
    assert spread(torch.ones(10, 64)).item() == pytest.approx(0, abs=1e-6)


def test_without_predictor_projections_are_compared():
    model = heads("without_predictor")
    q_1, q_2 = model.projector(codes()), model.projector(codes(seed=1))
    assert isinstance(model.predictor, nn.Identity)
    torch.testing.assert_close(model(codes(), codes(seed=1))["siamese"], negative_cosine(q_1, q_2))


def test_without_stop_gradient_both_sides_learn():
    """The value is the same; the projector's gradient is not."""
    stopped, free = heads(), heads("without_stop_gradient")
    losses = [model(codes(), codes(seed=1))["siamese"] for model in (stopped, free)]
    assert torch.equal(*losses)
    for loss in losses:
        loss.backward()
    assert not torch.allclose(stopped.projector[0].weight.grad, free.projector[0].weight.grad)


def test_nt_xent_of_equal_codes_is_chance():
    assert nt_xent(torch.ones(5, 3), torch.ones(5, 3)).item() == pytest.approx(math.log(9), abs=1e-5)


def test_nt_xent_against_its_definition():
    first, second = codes(4), codes(4, seed=1)
    both = torch.cat([first, second])
    total = 0.0
    for i in range(8):
        exps = {j: math.exp(torch.cosine_similarity(both[i], both[j], dim=0) / 0.5) for j in range(8) if j != i}
        total -= math.log(exps[(i + 4) % 8] / sum(exps.values()))
    assert nt_xent(first, second).item() == pytest.approx(total / 8, rel=1e-5)


def test_scaled_gradient_keeps_values():
    assert torch.equal(with_gradient_scaled(codes(), 0.01), codes())


def test_scaled_gradient_reaches_the_maker_scaled_and_the_reader_in_full():
    plain, scaled = nn.Linear(8, 8), nn.Linear(8, 8)
    scaled.load_state_dict(plain.state_dict())
    readers = [heads(), heads()]
    for maker, reader, weight in zip((plain, scaled), readers, (1.0, 0.01), strict=True):
        reader(*with_gradient_scaled(maker(codes()), weight).chunk(2))["siamese"].backward()
    torch.testing.assert_close(scaled.weight.grad, 0.01 * plain.weight.grad)
    for ours, theirs in zip(*(reader.parameters() for reader in readers), strict=True):
        assert torch.equal(ours.grad, theirs.grad)


@pytest.mark.parametrize("kind", get_args(SiameseKind))
def test_heads_learn(kind):
    model, maker = heads(kind), nn.Linear(8, 8)
    optimiser = torch.optim.Adam([*model.parameters(), *maker.parameters()], lr=1e-2)
    losses = []
    for step in range(30):
        views = [maker(codes(seed=step) + 0.3 * codes(seed=1000 + 2 * step + i)) for i in (0, 1)]
        losses.append(model(*views)["siamese"])
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert sum(losses[-5:]) < sum(losses[:5])


@pytest.mark.parametrize(
    ("kind", "collapses"), [("simsiam", False), ("without_predictor", True), ("without_stop_gradient", True)]
)
def test_only_the_controls_collapse(kind, collapses):
    """All images get one projection, and views agree perfectly, where a part of SimSiam that prevents it is missing."""
    model, maker, generator = heads(kind), nn.Linear(8, 8), torch.Generator().manual_seed(0)
    optimiser = torch.optim.Adam([*model.parameters(), *maker.parameters()], lr=2e-2)
    for _ in range(150):
        given, *noises = torch.randn(3, 64, 8, generator=generator)
        terms = model(*(maker(given + 0.3 * noise) for noise in noises))
        optimiser.zero_grad()
        terms["siamese"].backward()
        optimiser.step()
    assert (terms["spread"].item() < 0.4 * 16**-0.5) == collapses
    assert (terms["spread"].item() > 0.9 * 16**-0.5) != collapses
    assert (terms["siamese"].item() < -0.98) == collapses


def test_norms_keep_running_statistics():
    model = SimSiamHeads(8, 16)
    model(codes(), codes(seed=1))
    assert model.projector[1].running_mean.any()
    assert model.projector[1].num_batches_tracked == 2


@pytest.mark.parametrize(("kind", "width"), [("simsiam", 18), ("simclr", 0)])
def test_impossible_width(kind, width):
    with pytest.raises(ValueError, match=f"head_width={width} must be a multiple of 4"):
        siamese_heads(kind, 8, width)
