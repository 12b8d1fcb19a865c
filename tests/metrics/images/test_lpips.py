"""LPIPS on random weights against torchmetrics' own, and what it refuses."""

import sys

import numpy as np
import pytest
import torch
from torch import nn
from torchmetrics.functional.image import lpips as theirs

from diffrep.metrics.images.lpips import VARIABLE, alexnet_features, lpips

GENERATOR = np.random.default_rng(0)
IMAGES = GENERATOR.random((5, 3, 40, 36))
NOISY = (IMAGES + 0.2 * GENERATOR.normal(size=IMAGES.shape)).clip(0, 1)


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    network = alexnet_features()
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
    return network


@pytest.fixture
def weights(tmp_path, monkeypatch, network):
    """The file of random weights, with the layers that are not used, taken for the real one."""
    path = tmp_path / "alexnet.pth"
    state = {f"features.{name}": values for name, values in network.state_dict().items()}
    torch.save({**state, "classifier.1.bias": torch.zeros(4096)}, path)
    module = sys.modules[lpips.__module__]  # the package's name is the function
    monkeypatch.setattr(module, "checked_file", lambda path, **_: path)
    return path


def test_it_is_torchmetrics(weights, monkeypatch, network):
    monkeypatch.setattr(theirs, "_get_tv_model_features", lambda net, pretrained: network)
    judge = theirs._LPIPS(pretrained=True, net="alex", use_dropout=True, eval_mode=True)
    with torch.no_grad():
        expected = judge(*(torch.from_numpy(x).float() * 2 - 1 for x in (IMAGES, NOISY))).flatten().numpy()
    found = lpips(IMAGES, NOISY, weights=weights)
    np.testing.assert_allclose(found.arrays["lpips"], expected, rtol=1e-4)
    assert found["lpips"] == pytest.approx(expected.mean(), rel=1e-4)


def test_equal_images_are_no_distance_apart(weights):
    assert lpips(IMAGES, IMAGES, weights=weights)["lpips"] == 0


def test_it_grows_with_noise_and_is_symmetric(weights):
    little = IMAGES + 0.25 * (NOISY - IMAGES)
    near, far = (lpips(IMAGES, other, weights=weights)["lpips"] for other in (little, NOISY))
    assert 0 < near < far
    assert lpips(NOISY, IMAGES, weights=weights)["lpips"] == pytest.approx(far, rel=1e-5)


def test_batches_change_nothing(weights):
    alone, together = (lpips(IMAGES, NOISY, weights=weights, batch_size=n).arrays["lpips"] for n in (2, 5))
    np.testing.assert_allclose(alone, together, rtol=1e-4)


def test_grey_is_three_equal_channels(weights):
    grey = [lpips(a[:, :1], b[:, :1], weights=weights)["lpips"] for a, b in ((IMAGES, NOISY),)]
    three = lpips(np.repeat(IMAGES[:, :1], 3, axis=1), np.repeat(NOISY[:, :1], 3, axis=1), weights=weights)["lpips"]
    assert grey == [pytest.approx(three)]


def test_values_outside_are_clamped(weights):
    assert lpips(IMAGES * 0 + 1, IMAGES * 0 + 1.3, weights=weights)["lpips"] == 0


def test_without_weights_it_is_skipped_and_says_so(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert lpips(IMAGES, NOISY).reasons == {"lpips": "skipped: weights missing"}


@pytest.mark.parametrize(
    ("images", "decoded", "said"),
    [
        pytest.param(IMAGES, IMAGES[:2], "give the same", id="other n"),
        pytest.param(IMAGES[:0], IMAGES[:0], "give the same", id="no image"),
        pytest.param(IMAGES[..., :30], IMAGES[..., :30], "31 or more", id="too small"),
        pytest.param(IMAGES.swapaxes(1, 3), IMAGES.swapaxes(1, 3), "c 1 or 3", id="channels last"),
        pytest.param(np.where(IMAGES > 0.9, np.nan, IMAGES), IMAGES, "not finite", id="nan"),
    ],
)
def test_what_cannot_be_compared_is_refused(images, decoded, said):
    with pytest.raises(ValueError, match=said):
        lpips(images, decoded)


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "weights.pth"
    path.write_text("<html>")
    with pytest.raises(ValueError, match="a web page"):
        lpips(IMAGES, NOISY, weights=path)
