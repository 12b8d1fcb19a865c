"""PDAE's and Diff-AE's files: codes, denoiser and sampler as their formulas have them, and the published sizes."""

import math
from copy import deepcopy

import numpy as np
import official_files
import official_guided as official
import pytest
import torch
from sections import built

from diffrep.methods.diffae import DiffAE
from diffrep.methods.pdae import PDAE
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports import gathering
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.reading import expect_same_base, read_model

WIDTHS, SIDE, CODE = (32, 64), 32, 12
ABAR = (1 - torch.linspace(1e-4, 2e-2, 1000, dtype=torch.float64)).cumprod(0)
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def images(count=2, seed=4):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def start():
    """Noise in double precision: ten steps of a network of random weights magnify what single precision rounds off."""
    return torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(6)).double()


def clamped_step(x, noise, now, to):
    """DDIM with the predicted image clamped and the noise recomputed; `now` and `to` are shares of signal."""
    x0 = ((x - math.sqrt(1 - now) * noise) / math.sqrt(now)).clamp(-1, 1)
    noise = (x - math.sqrt(now) * x0) / math.sqrt(1 - now)
    return math.sqrt(to) * x0 + math.sqrt(1 - to) * noise


@pytest.fixture(scope="module")
def pdae(tmp_path_factory):
    """PDAE's two networks, their file, and what is made of it."""
    encoder = official.stirred(official.Encoder((32, 32, 64), SIDE, CODE), seed=1)
    decoder = official.stirred(official.ShiftUNet(WIDTHS, (1,), code=CODE), seed=2)
    path = official_files.pdae(encoder, decoder, tmp_path_factory.mktemp("pdae") / "checkpoint.pt")
    model = read_model(path).model
    network = built(
        PDAE, model.image_shape, built(BaseDPM, model.image_shape, network=model.base.section), **model.section
    )
    network.load_state_dict(model.state)
    return encoder, decoder, path, network.eval(), model


def test_pdae_encodes_alike(pdae):
    encoder, _, _, ours, model = pdae
    assert model.section["encoder"] == {"kind": "conv", "channels": [32, 32, 64], "attention": 16}
    torch.testing.assert_close(ours.encode(images())["z"], encoder(images()), **CLOSE)


def test_pdae_denoises_alike(pdae):
    _, decoder, _, ours, _ = pdae
    t, z = torch.tensor([3, 700]), torch.randn(2, CODE, generator=torch.Generator().manual_seed(5))
    noise, gradient = decoder(images(), t, z)
    shifted = noise - (1 - ABAR[t]).sqrt().float().view(-1, 1, 1, 1) * gradient
    torch.testing.assert_close(ours.predict(images(), t, z), shifted, **CLOSE)


@torch.no_grad()
def test_pdae_samples_alike(pdae):
    encoder, decoder, ours = (deepcopy(pdae[i]).double() for i in (0, 1, 3))
    z, x = encoder(images().double()), start()
    found = ours.decode(z, x, steps=10)
    grid = [int(t) for t in np.linspace(0, 999, 11)]
    for now, to in zip(grid[:0:-1], grid[-2::-1], strict=True):
        noise, gradient = decoder(x, torch.full((2,), now), z)
        x = clamped_step(x, noise - math.sqrt(1 - ABAR[now]) * gradient, ABAR[now].item(), ABAR[to].item())
    torch.testing.assert_close(found, x, **CLOSE)


def test_a_pdae_holds_its_base_model_bit_for_bit(pdae, tmp_path):
    _, decoder, path, _, model = pdae
    frozen = {k: v for k, v in decoder.state_dict().items() if "shift" not in k and "label_emb" not in k}
    expect_same_base(model, path, official_files.pdae_dpm(frozen, tmp_path / "dpm.pt"))
    frozen["out.2.bias"] = frozen["out.2.bias"] + 1e-7
    with pytest.raises(UserError, match=r"is not the base model in .*conv_out\.bias differs"):
        expect_same_base(model, path, official_files.pdae_dpm(frozen, tmp_path / "dpm.pt"))


@pytest.mark.parametrize("kind", ["pdae-dpm", "diffae-ddpm"])
def test_a_base_model_denoises_alike(kind, tmp_path):
    unet = official.stirred(official.UNet(WIDTHS, (1,)))
    path = tmp_path / "file"
    if kind == "pdae-dpm":
        official_files.pdae_dpm(unet.state_dict(), path)
    else:
        official_files.diffae(unet, SIDE, path)
    model = read_model(path).model
    assert (model.kind, model.image_shape) == (kind, (3, SIDE, SIDE))
    ours = built(BaseDPM, model.image_shape, network=model.section).eval()
    ours.unet.load_state_dict(model.state)
    t = torch.tensor([3, 700])
    torch.testing.assert_close(ours.features(images(), t).prediction, unet(images(), t), **CLOSE)


@pytest.fixture(scope="module")
def diffae(tmp_path_factory):
    network = official.stirred(official.DiffAE(WIDTHS, (1,), (*WIDTHS, 64), code=CODE, embedding=96), seed=3)
    shared = torch.ones(4, 4)  # the latent model has tensors that stand twice in a file
    more = {
        "ema_model.latent_net.layers.0.linear_emb.weight": shared,
        "ema_model.latent_net.layers.0.cond_layers.1.weight": shared,
    }
    path = official_files.diffae(network, SIDE, tmp_path_factory.mktemp("diffae") / "last.ckpt", **more)
    found = read_model(path)
    ours = built(DiffAE, found.model.image_shape, **found.model.section)
    ours.load_state_dict(found.model.state)
    return network, ours.eval(), found


def test_diffae_encodes_and_denoises_alike(diffae):
    theirs, ours, found = diffae
    t, z = torch.tensor([3, 700]), theirs.encoder(images())
    assert {"x_T", "model.*", "latent_net.*", "optimizer_states", "callbacks"} <= set(found.model.left)
    torch.testing.assert_close(ours.encode(images())["z"], z, **CLOSE)
    torch.testing.assert_close(ours.predict(images(), t, z), theirs(images(), t, z), **CLOSE)


@pytest.mark.parametrize("fixture", ["pdae", "diffae"])
def test_another_size_than_the_files_is_one_line(fixture, request, tmp_path):
    """Of a PDAE the encoder tells it, of a Diff-AE the noise in the file."""
    if fixture == "pdae":
        path = request.getfixturevalue("pdae")[2]
    else:
        path = official_files.diffae(request.getfixturevalue("diffae")[0], SIDE, tmp_path / "last.ckpt")
    assert read_model(path, side=SIDE).model.image_shape == (3, SIDE, SIDE)
    with pytest.raises(UserError, match=f"^{path} is of images of 32x32: leave --size 64 out$"):
        read_model(path, side=64)


def test_what_lightning_wrote_beside_the_weights_is_told(diffae):
    replaced = diffae[2].replaced
    assert any("ModelCheckpoint" in name for name in replaced)
    assert any("TrainConfig" in name for name in replaced)


@torch.no_grad()
def test_diffae_samples_alike(diffae):
    theirs, ours = (deepcopy(diffae[i]).double() for i in (0, 1))
    z, x = theirs.encoder(images().double()), start()
    found = ours.decode(z, x, steps=10)
    for t in range(900, -1, -100):
        to = ABAR[t - 100].item() if t else 1.0
        x = clamped_step(x, theirs(x, torch.full((2,), t), z), ABAR[t].item(), to)
    torch.testing.assert_close(found, x, **CLOSE)


PUBLISHED = {  # widths, level with attention, encoder, side, numbers in all
    "pdae 64": ((64, 128, 256, 512), 2, (64, 128, 128, 128), 64, 117_452_934),
    "pdae 128": ((128, 128, 256, 384, 512), 3, (64, 128, 256, 256, 256), 128, 181_055_110),
    "diffae 64": ((64, 128, 256, 512), 2, (64, 128, 256, 512, 512), 64, 90_839_235),
    "diffae 128": ((128, 128, 256, 384, 512), 3, (128, 128, 256, 384, 512, 512), 128, 128_545_155),
    "diffae 256": ((128, 128, 256, 256, 512, 512), 4, (128, 128, 256, 256, 512, 512, 512), 256, 168_492_291),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_sizes(name, monkeypatch):
    """Names and shapes match, and their number is the published one, on tensors without numbers."""
    monkeypatch.setattr(gathering, "expect_whole", lambda state, where: None)
    widths, attends, encoder_widths, side, total = PUBLISHED[name]
    with torch.device("meta"):
        if name.startswith("pdae"):
            encoder = official.Encoder(encoder_widths, side, 512).state_dict()
            decoder = official.ShiftUNet(widths, (attends,), code=512).state_dict()
            content = {"ema_encoder": encoder, "ema_decoder": decoder}
        else:
            state = official.DiffAE(widths, (attends,), encoder_widths, code=512).state_dict()
            content = {"state_dict": {f"ema_model.{name}": value for name, value in state.items()}}
    model = KINDS[name.split()[0]].read(content, name, None)
    assert model.image_shape == (3, side, side)
    assert sum(value.numel() for value in model.state.values()) == total
