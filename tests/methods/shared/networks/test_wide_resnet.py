"""DRL's published encoder: what its codes look like before training, and when the time enters."""

import pytest
import torch

from diffrep.methods.shared.gaussian import kl
from diffrep.methods.shared.networks.wide_resnet import WideResNet


def build(code_dim=128, gaussian=False, shape=(3, 32, 32)):
    torch.manual_seed(0)
    return WideResNet(shape, code_dim, gaussian=gaussian)


def noise(count=64):
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(1))


def test_fresh_codes_are_positive_and_add_up_to_51():
    with torch.no_grad():
        codes = build().train()(noise(), torch.full((64,), 0.5))
    assert codes.min() > 0.1
    assert codes.mean().item() == pytest.approx(0.40, abs=0.01)
    assert codes.sum(1).mean().item() == pytest.approx(51, abs=1)


def test_fresh_codes_by_running_statistics_are_smaller():
    with torch.no_grad():
        codes = build().eval()(noise(), torch.full((64,), 0.5))
    assert 9 < codes.sum(1).mean() < 16


def test_fresh_gaussian_codes_are_six_nats_from_normal():
    with torch.no_grad():
        outputs = build(gaussian=True).train()(noise(), torch.full((64,), 0.5))
    assert 5 < kl(*outputs.chunk(2, dim=1)).mean() < 6.5


def test_gaussian_codes_have_two_numbers_a_dim():
    codes = build(16, gaussian=True).eval()(noise(2), torch.rand(2))
    assert codes.shape == (2, 32)
    assert codes.min() < 0


def test_times_change_the_code():
    model, images = build(16).eval(), noise(2)
    early, late = model(images, torch.zeros(2)), model(images, torch.ones(2))
    assert not torch.allclose(early, late)


def test_the_last_norm_nearly_forgets_what_it_saw_before():
    model, seen = build(16).train(), []
    model.norm.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].mean((0, 2, 3))))
    model(noise(8), torch.rand(8))
    torch.testing.assert_close(model.norm.running_mean, 0.9 * seen[0])


def test_no_time_is_time_zero():
    model, images = build(16).eval(), noise(2)
    assert torch.equal(model(images), model(images, torch.zeros(2)))


def test_images_of_any_size_and_depth():
    model = build(16, shape=(1, 21, 28)).eval()
    assert model(torch.randn(2, 1, 21, 28), torch.rand(2)).shape == (2, 16)


def test_frequencies_are_saved():
    assert "time.frequencies" in build().state_dict()


def test_two_dims_keep_the_first_stages_of_the_published_width():
    model = build(2)
    assert [model.blocks[i].conv2.out_channels for i in (0, 4, 8)] == [32, 64, 2]


@pytest.mark.parametrize("code_dim", [0, 1, 3, 18])
def test_impossible_codes(code_dim):
    message = f"code_dim={code_dim}: the encoder 'wide_resnet' has codes of 2 or a multiple of 4 dims"
    with pytest.raises(ValueError, match=message):
        build(code_dim)
