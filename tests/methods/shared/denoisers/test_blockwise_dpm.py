"""A shifted DPM that sees the open blocks alone: which dims, in prediction and in each mode's loss."""

import pytest
import torch

from diffrep.methods.shared.denoisers.base import BaseDPM, DPMSettings
from diffrep.methods.shared.denoisers.blockwise_dpm import BlockSettings, BlockwiseDPM
from diffrep.methods.shared.denoisers.shifted_dpm import ShiftedDPM, ShiftedDPMSettings
from diffrep.methods.shared.process.schedule import noise_and_times

SHAPE = (1, 4, 4)
TIMES = torch.tensor([0, 249, 250, 999])
OPEN = [1, 1, 2, 4]  # of 4 blocks of 2 dims


def build(mode="base", order="rising", cls=BlockwiseDPM):
    torch.manual_seed(0)
    base = BaseDPM(SHAPE, network=DPMSettings((8,), 1, (), 4, 0.0, 1, "epsilon"))
    blocks = (BlockSettings(4, "balanced", order, mode),) if cls is BlockwiseDPM else ()
    model = cls(base, 8, ShiftedDPMSettings(0.0, "none", False, "uniform", "lambda"), *blocks)
    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.data += 0.05 * torch.randn_like(parameter)
    return model


def codes():
    return torch.linspace(0.1, 2, 32).view(4, 8)


def masked():
    kept = torch.arange(8)[None] < 2 * torch.tensor(OPEN)[:, None]
    return codes() * kept


def test_masks_leave_the_open_blocks():
    assert torch.equal(build().mask(codes(), TIMES), masked())
    assert torch.equal(build().mask_stopped(codes(), TIMES), masked())


def test_falling_order_opens_everything_at_the_start():
    opened = build(order="falling").mask(torch.ones(4, 8), TIMES)
    assert opened.sum(1).tolist() == [8, 8, 6, 2]


def test_prediction_is_that_of_the_masked_code():
    states = torch.randn(4, *SHAPE)
    plain = build(cls=ShiftedDPM)
    assert torch.equal(build().predict(states, TIMES, codes()), plain.predict(states, TIMES, masked()))
    assert torch.equal(build().predict(states, TIMES, None), plain.predict(states, TIMES, None))


def noised(model):
    images = torch.rand(4, *SHAPE, generator=torch.Generator().manual_seed(2))
    return model.see(images, **noise_and_times("uniform", images.shape, torch.Generator().manual_seed(3)))


def drawn(model):
    seen = noised(model)
    given = codes().requires_grad_()
    loss = model.loss(seen, given)
    loss.backward()
    return loss.detach(), given.grad, model.partition.index(seen.timesteps)


@pytest.mark.parametrize("mode", ["base", "stop_grad"])
def test_both_losses_have_the_value_of_the_masked_code(mode):
    model, plain = build(mode), build(cls=ShiftedDPM)
    seen = noised(model)
    expected = plain.loss(seen, model.mask(codes(), seen.timesteps))
    torch.testing.assert_close(model.loss(seen, codes()), expected)


def test_dual_is_the_sum_in_value_and_gradient():
    (base, taught, newest), (stopped, newest_only, _), (both, summed, _) = (
        drawn(build(mode)) for mode in ("base", "stop_grad", "dual")
    )
    torch.testing.assert_close(both, base + stopped)
    torch.testing.assert_close(summed, taught + newest_only)
    current = build().partition.current[newest].bool()
    assert not newest_only[~current].any()
    torch.testing.assert_close(newest_only[current], taught[current])


def test_names_of_weights_are_those_of_the_plain_one():
    assert build().state_dict().keys() == build(cls=ShiftedDPM).state_dict().keys()
