"""DiTi's probabilistic mask: its schedules to the digit, its projection by its properties, and what it finds."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from diffrep.metrics.edits import pro_mask as module
from diffrep.metrics.edits.pro_mask import _drawn, kept_share, pro_mask, projected, sharpness

RNG = np.random.default_rng(0)
CODES = RNG.normal(size=(1500, 10)) * np.linspace(0.1, 9, 10) + 4
NORMED = (CODES - CODES.mean(0)) / CODES.std(0)
TWO = NORMED[:, 2] - NORMED[:, 7] + 0.5 * RNG.normal(size=1500) > 0
TOTAL, SHARE = 12_721, 16 / 512  # 162,770 rows in batches of 128, 10 epochs, and one


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize(
    ("step", "share"), [(0, 1), (1272, 1), (2000, 0.5446), (3000, 0.19), (5088, SHARE), (12_720, SHARE)]
)
def test_published_schedule_of_the_share(step, share):
    assert kept_share(step, TOTAL, SHARE) == pytest.approx(share, abs=5e-5)
    assert (kept_share(step, TOTAL, SHARE) == share) == (share in (1, SHARE))


@pytest.mark.parametrize(("step", "factor"), [(0, 1), (6000, 1.843), (12_720, 33.25)])
def test_published_schedule_of_the_temperature(step, factor):
    assert sharpness(step, TOTAL) == pytest.approx(factor, rel=2e-4)


def steps_taken(monkeypatch, rows, epochs):
    """What the sharpness is asked for at every step, and the norms of the gradients that Adam sees: [steps, T]."""
    asked, norms = [], []

    class Watched(torch.optim.Adam):
        def step(self, closure=None):
            norms.append(self.param_groups[0]["params"][1].grad.norm(dim=1))
            return super().step(closure)

    monkeypatch.setattr(torch.optim, "Adam", Watched)
    monkeypatch.setattr(module, "sharpness", lambda *given: (asked.append(given), sharpness(*given))[1])
    pro_mask(CODES[:rows], np.c_[TWO, ~TWO][:rows], dims=2, seed=0, epochs=epochs)
    return asked, torch.stack(norms)


def test_a_batch_that_is_not_full_is_a_step_and_the_total_is_one_more(monkeypatch):
    asked, norms = steps_taken(monkeypatch, rows=300, epochs=4)
    assert asked == [(step, 4 * 3 + 1) for step in range(4 * 3)]
    assert len(norms) == 12


def test_published_number_of_steps_and_one(monkeypatch):
    class FirstStep(Exception):  # noqa: N818
        pass

    def stop(step, total):
        raise FirstStep(total)

    monkeypatch.setattr(module, "sharpness", stop)
    codes = np.arange(162_770.0)[:, None] % 7
    with pytest.raises(FirstStep, match=f"^{TOTAL}$"):
        pro_mask(codes, codes > 3, dims=1, seed=0, epochs=10)


@pytest.mark.parametrize(("scale", "norm"), [(1e6, 3.0), (1e-3, None)])
def test_the_gradient_of_each_mask_is_cut_at_three(monkeypatch, scale, norm):
    plain = torch.nn.functional.binary_cross_entropy_with_logits
    scaled = SimpleNamespace(binary_cross_entropy_with_logits=lambda *given, **named: scale * plain(*given, **named))
    monkeypatch.setattr(module, "F", scaled)
    norms = steps_taken(monkeypatch, rows=1280, epochs=1)[1]
    assert norms.shape == (10, 2)
    if norm:
        torch.testing.assert_close(norms, torch.full((10, 2), norm))
    else:
        assert norms.max() < 0.1


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 400), st.floats(0.01, 1))
def test_the_share_falls_from_one_to_what_is_asked(total, share):
    found = [kept_share(step, total, share) for step in range(total)]
    assert (np.diff(found) <= 0).all()
    assert found[-1] == pytest.approx(share)
    assert share - 1e-12 <= min(found) <= max(found) <= 1


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**31), st.integers(1, 4), st.integers(1, 40), st.floats(0, 1))
def test_projection(seed, t, d, share):
    scores = np.random.default_rng(seed).uniform(-0.3, 1.5, size=(t, d))
    budget = share * d
    found = projected(torch.from_numpy(scores), budget).numpy()
    for mine, row in zip(found, scores, strict=True):
        assert mine.min() >= 0
        assert mine.max() <= 1
        assert mine.sum() <= budget + 1e-9
        cut = row.clip(0, 1)
        excess = lambda shift, row=row: (row - shift).clip(0, 1).sum() - budget  # noqa: E731
        shift = brentq(excess, 0, 2) if 0 < budget < cut.sum() else 0 if cut.sum() <= budget else 2
        np.testing.assert_allclose(mine, (row - shift).clip(0, 1), atol=2e-5)


def test_projection_leaves_what_is_within_the_budget():
    scores = torch.tensor([[0.2, 0.3, 0.0], [0.9, 0.9, 0.9]])
    found = projected(scores, 1.0)
    assert torch.equal(found[0], scores[0])
    torch.testing.assert_close(found[1], torch.full((3,), 1 / 3), atol=1e-5, rtol=0)


def test_masks_are_drawn_with_the_probabilities():
    scores = torch.tensor([[0.02, 0.3, 0.9]]).expand(20_000, 3)
    for sharp in (1.0, 33.0):
        drawn = _drawn(scores, sharp, torch.Generator().manual_seed(0))
        torch.testing.assert_close((drawn > 0.5).float().mean(0), scores[0], atol=0.01, rtol=0)
    assert ((drawn < 0.01) | (drawn > 0.99)).float().mean() > 0.9


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_a_probability_at_the_edge_can_still_be_learned(score):
    scores = torch.full((1, 8), score, requires_grad=True)
    _drawn(scores, 1.0, torch.Generator().manual_seed(0)).sum().backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()
    assert (scores.grad > 0).all()


def test_finds_the_two_dimensions_that_tell():
    found = pro_mask(CODES, TWO[:, None], dims=2, seed=0)
    assert np.flatnonzero(found.probabilities[0] > 0.9).tolist() == [2, 7]
    assert np.flatnonzero(found.mask[0]).tolist() == [2, 7]
    assert found.weights[0, 2] == pytest.approx(-found.weights[0, 7], rel=0.2)


def test_targets_are_learned_apart():
    targets = np.c_[TWO, NORMED[:, 5] > 0, np.ones(1500), ~TWO]
    found = pro_mask(np.c_[CODES, np.full(1500, 2.0)], targets, dims=2, seed=1)
    assert (found.probabilities[0, [2, 7]] > 0.9).all()
    assert found.probabilities[1, 5] > 0.9
    assert np.isnan(found.weights[2]).all()
    assert np.isnan(found.probabilities[2]).all()
    assert not found.mask[2].any()
    kept = found.weights * found.mask
    np.testing.assert_allclose(kept[3], -kept[0], atol=0.1 * np.abs(kept[0]).max())
    assert not found.mask[:, 10].any()


def test_no_more_is_kept_than_asked_for():
    targets = RNG.random((1500, 3)) < 0.5
    found = pro_mask(CODES, targets, dims=3, seed=0, epochs=5)
    assert (found.probabilities.sum(1) <= 3 + 1e-5).all()
    assert (found.probabilities.sum(1) > 2.7).all()
    assert pro_mask(CODES, targets, dims=128, seed=0, epochs=1).probabilities.min() > 0.8


def test_the_seed_decides():
    runs = [pro_mask(CODES, TWO[:, None], dims=2, seed=seed, epochs=2) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0].weights, runs[1].weights)
    np.testing.assert_array_equal(runs[0].mask, runs[1].mask)
    assert not np.array_equal(runs[0].weights, runs[2].weights)


@pytest.mark.parametrize(
    ("targets", "dims", "message"),
    [
        pytest.param(TWO[:, None], 0, "at least 1", id="no dimension"),
        pytest.param(np.arange(1500)[:, None], 2, "must be 0 or 1", id="no attribute"),
    ],
)
def test_refused(targets, dims, message):
    with pytest.raises(ValueError, match=message):
        pro_mask(CODES, targets, dims=dims, seed=0)
