"""The vector-quantised autoencoder: the published size, the codebook's loss, its scale, and re-quantisation."""

import pytest
import torch
from sections import built

from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.trained.given import drawn_loss

SHAPE = (3, 16, 16)
SMALL = {
    "channels": [8, 8, 16],
    "layers": 1,
    "latent_channels": 3,
    "codebook": 16,
    "norm_groups": 4,
    "loss": "l1 + codebook",
}


def build(**changes):
    torch.manual_seed(0)
    return built(Autoencoder, SHAPE, network=SMALL | changes)


def images(count=4):
    return torch.rand(count, *SHAPE, generator=torch.Generator().manual_seed(1)) * 2 - 1


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


@pytest.fixture(scope="module")
def published():
    with torch.device("meta"):
        large = {"channels": [32, 64, 128], "layers": 2, "codebook": 2048, "norm_groups": 32}
        return built(Autoencoder, (3, 64, 64), network=SMALL | large)


def test_published_parameters(published):
    vq = published.vq
    parts = [count(vq.encoder), count(vq.decoder), count(vq.quantize), count(vq.quant_conv) + count(vq.post_quant_conv)]
    assert parts == [1_403_363, 2_068_547, 6_144, 24]
    assert count(published) == 3_478_078


def test_published_latents(published):
    assert published.shape == (3, 16, 16)
    assert published.encode(torch.empty(2, 3, 64, 64, device="meta")).shape == (2, 3, 16, 16)


def test_published_codebook_starts_small():
    book = build(codebook=2048).vq.quantize.embedding.weight
    assert book.abs().max().item() == pytest.approx(1 / 2048, rel=0.01)


def test_codebook_loss_weighs_the_encoder_fourfold():
    """Taming's legacy weights: 1 on pulling the latents to the codes, 0.25 on pulling the codes to the latents."""
    model = build()
    latents = torch.randn(2, 3, 4, 4, requires_grad=True)
    quantised, loss, _ = model.vq.quantize(latents)
    loss.backward()
    difference = latents.detach() - quantised.detach()
    assert loss.item() == pytest.approx(1.25 * (difference**2).mean().item(), rel=1e-5)
    torch.testing.assert_close(latents.grad, 2 * difference / difference.numel())
    pulled = model.vq.quantize.embedding.weight.grad.sum(0)
    torch.testing.assert_close(pulled, -0.25 * 2 * difference.sum((0, 2, 3)) / difference.numel())


def test_loss_is_the_difference_and_the_codebooks():
    model = build()
    told = drawn_loss(model, (images(),), torch.Generator())
    assert set(told) == {"loss", "l1", "codebook"}
    assert told["loss"].item() == pytest.approx((told["l1"] + told["codebook"]).item())
    assert told["l1"].item() == pytest.approx((model.vq(images()).sample - images()).abs().mean().item(), rel=1e-5)


def test_scale_gives_latents_of_unit_spread():
    model = build()
    model.set_scale(images(8))
    assert model.encode(images(8)).std().item() == pytest.approx(1, abs=1e-5)


def test_latents_are_continuous_and_decoded_from_the_nearest_codes():
    model = build()
    model.vq.quantize.embedding.weight.data.normal_()
    model.set_scale(images())
    codes = model.vq.quantize.embedding.weight[torch.tensor([[3, 5], [0, 3]])].permute(2, 0, 1)[None].repeat(1, 1, 2, 2)
    exact = model.decode(codes * model.scale)
    torch.testing.assert_close(model.decode((codes + 1e-3) * model.scale), exact)
    assert model.encode(images()).unique().numel() > 16 * 3


def test_scaling_changes_no_image():
    model = build()
    before = model.decode(model.encode(images()))
    model.set_scale(images())
    torch.testing.assert_close(model.decode(model.encode(images())), before, atol=1e-4, rtol=1e-4)


def test_training_lowers_the_loss():
    model, plain = build(), torch.linspace(-1, 1, 12).view(4, 3, 1, 1).expand(4, *SHAPE)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(30):
        losses.append(drawn_loss(model, (plain,), torch.Generator())["loss"])
        optimiser.zero_grad()
        losses[-1].backward()
        optimiser.step()
    assert losses[-1] < 0.8 * losses[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"norm_groups": 16}, "every width must be a multiple of norm_groups=16"),
        ({"channels": [8] * 6}, "images of 16x16 cannot be cut by 32"),
    ],
)
def test_impossible_settings(changes, message):
    with pytest.raises(ValueError, match=message):
        build(**changes)


def test_the_published_loss_is_not_built():
    with pytest.raises(UserError, match=r"row.network.loss is 'lpips': there are l1 \+ codebook"):
        build(loss="lpips")
