"""EncDiff's files and latent diffusion's autoencoders: codes, denoiser, sampler and images as formulas have them."""

import math

import official_files
import official_latent as official
import pytest
import torch
from official_guided import stirred
from sections import built

from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.imports import gathering
from diffrep.pipelines.imports.adapters import ImportedLatentEncDiff
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.latent import nowhere
from diffrep.pipelines.imports.reading import read_model

SIDE, COUNT, TOKEN, WIDTHS, SCALE = 32, 5, 4, (32, 64), 2.5
BETAS = torch.linspace(0.0015**0.5, 0.0155**0.5, 1000, dtype=torch.float64) ** 2
ABAR = (1 - BETAS).cumprod(0)
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def images(count=2):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(4)) * 2 - 1


def conditions(kind):
    if kind == "encdiff":
        return official.Condition(32, SIDE, COUNT, TOKEN)
    return official.DisDis((8, 16, 16), SIDE, COUNT, TOKEN, (6, 7))


def parts(kind="encdiff"):
    condition = stirred(conditions(kind), seed=1)
    for name, value in condition.named_buffers():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2.0, generator=torch.Generator().manual_seed(2))
    return (
        stirred(official.TokenUNet(WIDTHS, (0,), told=TOKEN), seed=3),
        condition,
        stirred(official.VQ(WIDTHS, 16), seed=4),
    )


def row(model, **changes):
    section = {**model.section, **changes, "imported": nowhere(model.image_shape)}
    ours = built(ImportedLatentEncDiff, model.image_shape, **section)
    ours.load_state_dict(model.state)
    return ours.eval()


@pytest.fixture(scope="module", params=["encdiff", "disdis"])
def encdiff(request, tmp_path_factory):
    theirs = parts(request.param)
    path = official_files.encdiff(*theirs, BETAS, tmp_path_factory.mktemp("encdiff") / "last.ckpt", scale=SCALE)
    model = read_model(path).model
    assert model.kind == request.param
    assert {"betas", "alphas_cumprod", "logvar", "model.*", "loss.*", "epoch"} <= set(model.left)
    return (*theirs, model)


def test_encdiff_encodes_alike(encdiff):
    _, condition, _, model = encdiff
    views = row(model).encode(images())
    scalars = condition.encoder(images())
    torch.testing.assert_close(views["scalars"], scalars, **CLOSE)
    torch.testing.assert_close(views["tokens"], condition.tokens(scalars), **CLOSE)


def test_encdiff_denoises_alike_by_its_averaged_weights(encdiff):
    unet, condition, first_stage, model = encdiff
    ours, t, scalars = row(model), torch.tensor([3, 700]), condition.encoder(images())
    latents = SCALE * first_stage.encode(images())
    torch.testing.assert_close(ours.states(images()), latents, **CLOSE)
    torch.testing.assert_close(ours.predict(latents, t, scalars), unet(latents, t, condition.tokens(scalars)), **CLOSE)


@torch.no_grad()
def test_encdiff_samples_alike(encdiff):
    unet, condition, first_stage, model = encdiff
    ours = row(model, eta=0.0).double()
    unet, condition, first_stage = (part.double() for part in (unet, condition, first_stage))
    scalars = condition.encoder(images().double())
    start = torch.randn(2, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(6)).double()
    found = ours.decode(scalars, start, steps=10)
    x = start.flatten(1)[:, : 3 * 16 * 16].reshape(2, 3, 16, 16)
    for t in range(901, 0, -100):
        now, to = ABAR[t].item(), ABAR[max(t - 100, 0)].item()
        noise = unet(x, torch.full((2,), t), condition.tokens(scalars))
        x = math.sqrt(to) * (x - math.sqrt(1 - now) * noise) / math.sqrt(now) + math.sqrt(1 - to) * noise
    torch.testing.assert_close(found, first_stage.decode(x / SCALE), **CLOSE)
    for part in (unet, condition, first_stage):
        part.float()


def test_sizes_of_a_disdis_are_read(tmp_path):
    path = official_files.encdiff(*parts("disdis"), BETAS, tmp_path / "last.ckpt")
    section = read_model(path).model.section
    assert section["encoder"] == {"kind": "disdis", "channels": [8, 16, 16]}
    assert section["tokens"] == {"dim": TOKEN, "hidden": [6, 7], "activation": "relu"}
    assert section["network"]["skip_dropout"] == 0.2


@pytest.mark.parametrize("kind", ["encdiff", "disdis"])
def test_another_size_than_the_files_is_one_line(kind, tmp_path):
    path = official_files.encdiff(*parts(kind), BETAS, tmp_path / "last.ckpt")
    with pytest.raises(UserError, match=f"^{path} is of images of 32x32: leave --size 64 out$"):
        read_model(path, side=64)


def test_what_has_another_schedule_is_told(tmp_path):
    betas = torch.linspace(0.0015**0.5, 0.0195**0.5, 1000, dtype=torch.float64) ** 2
    path = official_files.encdiff(*parts(), betas, tmp_path / "last.ckpt")
    with pytest.raises(UserError, match=r"betas go from 0\.0015 to 0\.0195 in 1000 steps, none of ours"):
        read_model(path)


@pytest.mark.parametrize("attends", [True, False])
def test_an_autoencoder_codes_and_draws_alike(attends, tmp_path):
    theirs = stirred(official.VQ(WIDTHS, 16, attends=attends))
    model = read_model(official_files.ldm_vq(theirs, tmp_path / "model.ckpt")).model
    ours = built(Autoencoder, (3, SIDE, SIDE), network=model.section)
    ours.vq.load_state_dict(model.state)
    latents = theirs.encode(images())
    assert (model.kind, model.left[0], model.scale) == ("ldm-vq", "loss.*", None)
    torch.testing.assert_close(ours.encode(images()), latents, **CLOSE)
    torch.testing.assert_close(ours.decode(latents), theirs.decode(latents), **CLOSE)


def test_the_autoencoder_in_another_model_comes_with_the_factor_of_its_latents(encdiff, tmp_path):
    unet, condition, first_stage, _ = encdiff
    path = official_files.encdiff(unet, condition, first_stage, BETAS, tmp_path / "last.ckpt", scale=SCALE)
    model = read_model(path, "ldm-vq").model
    assert (model.scale, model.section["codebook"]) == (SCALE, 16)


@pytest.mark.parametrize(("kind", "total"), [("encdiff", 42_322_005), ("disdis", 64_597_909)])
def test_published_sizes(kind, total, monkeypatch):
    """All numbers but the counters and means of batch norms, on tensors without numbers."""
    monkeypatch.setattr(gathering, "expect_whole", lambda state, where: None)
    with torch.device("meta"):
        unet = official.TokenUNet((64, 128, 256, 256), (0, 1, 2), told=16 if kind == "encdiff" else 32)
        theirs = official.Condition(128, 64, 20, 16)
        if kind == "disdis":
            theirs = official.DisDis((64, 128, 256, 256, 256), 64, 20, 32, (256, 512))
        first_stage = official.VQ((32, 64, 128), 2048)
        names = unet.state_dict().items()
        state = {f"model.diffusion_model.{name}": value for name, value in names}
        state |= {f"model_ema.diffusion_model{name.replace('.', '')}": value for name, value in names}
        state |= {f"cond_stage_model.{name}": value for name, value in theirs.state_dict().items()}
        state |= {f"first_stage_model.{name}": value for name, value in first_stage.state_dict().items()}
        model = KINDS[kind].read({"state_dict": {**state, "scale_factor": torch.ones(())}}, "file", None)
        large = official.VQ((128, 256, 512), 8192).state_dict()
    counted = [
        v.numel() for n, v in model.state.items() if "running_" not in n and not n.endswith(("tracked", "scale"))
    ]
    assert (sum(counted), model.image_shape) == (total, (3, 64, 64))
    section = KINDS["ldm-vq"].read({"state_dict": large}, "file", None).section
    assert (section["channels"], section["codebook"]) == ([128, 256, 512], 8192)
