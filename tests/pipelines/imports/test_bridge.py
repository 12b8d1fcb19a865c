"""DBAE's files: codes, endpoints, denoiser and sampler as formulas have them, and the published sizes."""

from pathlib import Path

import official_dbae as official
import official_files
import pytest
import torch
from official_guided import stirred
from sections import built

from diffrep.methods.shared.process.sampler import own_noise
from diffrep.pipelines.core.cards import read_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import load
from diffrep.pipelines.imports import gathering
from diffrep.pipelines.imports.adapters import ImportedDBAE, nowhere
from diffrep.pipelines.imports.dbae_names import folded
from diffrep.pipelines.imports.kinds import KINDS
from diffrep.pipelines.imports.reading import read_model
from diffrep.pipelines.imports.run import import_weights
from diffrep.pipelines.trained.adapters import method_arguments

SIDE, CODE, WIDTHS = 64, 12, (32, 32, 32, 128)
CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def images(count=2):
    return torch.rand(count, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(4)) * 2 - 1


def network(sto):
    """Two heads where maps attend, statistics of batch norms, vectors of spectral norms near the right ones."""
    theirs = stirred(
        official.DBAE(WIDTHS, (3,), (32, 32, 64), (2,), code=CODE, side=SIDE, head=64, generator=4, sto=sto, layers=1),
        seed=3,
    )
    generator = torch.Generator().manual_seed(2)
    for name, value in theirs.named_buffers():
        if name.endswith("running_var"):
            value.uniform_(0.5, 2.0, generator=generator)
    theirs.decoder.train()
    for _ in range(5):
        theirs.decoder(torch.randn(4, CODE, generator=generator))
    return theirs.eval()


def row(model, **changes):
    section = {**model.section, **changes, "imported": nowhere(model.image_shape)}
    ours = built(ImportedDBAE, model.image_shape, **section)
    ours.load_state_dict(model.state)
    return ours.eval()


@pytest.fixture(scope="module", params=[True, False], ids=["sto", "det"])
def dbae(request, tmp_path_factory):
    theirs = network(request.param)
    return theirs, read_model(written(theirs, tmp_path_factory.mktemp("dbae"))).model, request.param


def written(theirs, folder):
    return official_files.dbae(theirs, folder / "ema_0.9999_1020000.pt")


def codes_of(theirs, sto):
    outputs = theirs.encoder(images().to(theirs.label_emb.weight.dtype))
    return official.soft(outputs[:, :CODE]) if sto else outputs


def test_sizes_are_read(dbae):
    _, model, sto = dbae
    assert (model.kind, model.image_shape, model.section["code"]) == ("dbae", (3, 64, 64), "mean" if sto else "fixed")
    assert model.section["generator"] == {"channels": [64, 32, 16, 8, 8]}
    assert model.section["encoder"] == {"kind": "half_unet", "channels": [32, 32, 64], "attention": 16}
    assert (model.section["network"]["channels"], model.section["network"]["attention_levels"]) == (
        [32, 32, 32, 128],
        [3],
    )
    assert model.left == ("decoder.feat_256.*",)


def test_codes_and_endpoints_are_alike(dbae):
    theirs, model, sto = dbae
    ours, z = row(model), codes_of(theirs, sto)
    torch.testing.assert_close(ours.encode(images())["z"], z, **CLOSE)
    torch.testing.assert_close(ours.generator(z), theirs.decoder(z), **CLOSE)
    assert not any("parametrizations" in name for name in ours.state_dict())


def test_a_block_to_256_that_is_not_there_is_not_told(tmp_path):
    state = {name: value for name, value in network(True).state_dict().items() if "feat_256" not in name}
    torch.save(state, tmp_path / "ema.pt")
    assert read_model(tmp_path / "ema.pt").model.left == ()


@pytest.mark.parametrize("dbae", [True], indirect=True, ids=["sto"])
def test_a_draw_has_the_published_spread(dbae):
    theirs, model, sto = dbae
    drawn = row(model, code="sample").encode(images())["z"]
    noise = own_noise(images(), 1)[0].flatten(1)[:, :CODE]
    spread = official.spread_of(theirs.encoder(images())[:, CODE:])
    torch.testing.assert_close(drawn, codes_of(theirs, sto) + spread * noise, **CLOSE)


@pytest.mark.parametrize("dbae", [False], indirect=True, ids=["det"])
def test_of_det_there_is_nothing_to_draw(dbae):
    with pytest.raises(RuntimeError, match="size mismatch for encoder"):
        row(dbae[1], code="sample")


def test_it_denoises_alike(dbae):
    theirs, model, sto = dbae
    ours, z, t = row(model), codes_of(theirs, sto), torch.tensor([0.02, 0.8])
    ends, states = theirs.decoder(z), images() + 0.1
    expected = theirs.denoise(states, ends, t.double(), z)
    torch.testing.assert_close(ours.network(states, ends, t, z), expected, **CLOSE)


@torch.no_grad()
def test_it_samples_alike(dbae):
    churn = 0.33 if dbae[2] else 0.0
    theirs, ours = dbae[0].double(), row(dbae[1], churn=churn).double()
    z = codes_of(theirs, dbae[2])[:1]
    start = torch.randn(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(6)).double()
    ends = theirs.decoder(z)
    see = lambda x, t: official.seen(theirs, x, ends, t, z)  # noqa: E731
    expected = official.sample(see, ends, 4, churn, own_noise(start, 4))
    torch.testing.assert_close(ours.decode(z, start, steps=4), expected, **CLOSE)
    theirs.float()


def test_it_becomes_the_row_of_a_new_workspace_and_is_trained_in_no_step(dbae, tmp_path, monkeypatch):
    theirs, model, sto = dbae
    import_weights(written(theirs, tmp_path), tmp_path / "new", preset="dbae-celeba64")
    monkeypatch.chdir(tmp_path / "new")
    params = load()
    assert params.grid.method == ("dbae_released",)
    network = ImportedDBAE(model.image_shape, **method_arguments(params, "dbae_released"))
    network.fit([])
    torch.testing.assert_close(network.eval().encode(images())["z"], codes_of(theirs, sto), **CLOSE)
    card = read_card(Path("imported/dbae_released/card.json"), "")
    assert (card["kind"], card["licence"][:10]) == ("dbae", "Apache-2.0")
    assert not hasattr(ImportedDBAE, "loss")


def test_a_transposed_convolutions_outputs_are_its_second_dim():
    """Another order of the dims gives another norm: what is folded must be what torch's norm uses."""
    layer = official.spectral(torch.nn.ConvTranspose2d(3, 5, 4, bias=False)).train()
    layer(torch.randn(1, 3, 1, 1))
    layer.eval()(torch.randn(1, 3, 1, 1))
    found = folded(layer.weight_orig, layer.weight_u, layer.weight_v, out_dim=1)
    torch.testing.assert_close(found, layer.weight)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: {k: v for k, v in state.items() if "to_64" not in k}, "lacks the layer that draws endpoints"),
        (lambda state: {k: v.half() for k, v in state.items()}, "is a copy in half precision"),
        (lambda state: {k: v for k, v in state.items() if "weight_u" not in k}, "but not its layout: get it again"),
        (lambda state: {**state, "out.0.weight": torch.ones(33)}, r"out.0.weight is \[33\] where \[32\] is due"),
        (lambda state: {**state, "more.weight": torch.ones(1)}, "has too much: more.weight"),
    ],
)
def test_a_file_that_is_not_whole_is_one_line(change, words, tmp_path):
    torch.save(change(network(True).state_dict()), tmp_path / "ema.pt")
    with pytest.raises(UserError, match=words):
        read_model(tmp_path / "ema.pt")


@pytest.mark.parametrize("side", [None, SIDE])
def test_a_size_is_what_the_file_tells(side, dbae, tmp_path):
    assert read_model(written(dbae[0], tmp_path), side=side).model.image_shape == (3, SIDE, SIDE)


def test_another_size_than_the_files_is_one_line(dbae, tmp_path):
    path = written(dbae[0], tmp_path)
    with pytest.raises(UserError, match=f"^{path} is of images of 64x64: leave --size 128 out$"):
        read_model(path, side=128)


PUBLISHED = {
    64: ((64, 128, 256, 512), (1, 2, 3), (64, 128, 256, 512, 512), (2,), 120_581_891),
    128: ((128, 128, 256, 384, 512), (2, 3, 4), (128, 128, 256, 384, 512, 512), (3,), 162_391_235),
}


@pytest.mark.parametrize("sto", [False, True])
@pytest.mark.parametrize("side", PUBLISHED)
def test_published_sizes(side, sto, monkeypatch):
    monkeypatch.setattr(gathering, "expect_whole", lambda state, where: None)
    widths, attends, encoder, encoder_attends, total = PUBLISHED[side]
    with torch.device("meta"):
        theirs = official.DBAE(widths, attends, encoder, encoder_attends, code=512, side=side, head=64, sto=sto)
    model = KINDS["dbae"].read(theirs.state_dict(), "file", None)
    counted = [value.numel() for name, value in model.state.items() if not name.endswith(("_mean", "_var", "tracked"))]
    assert (sum(counted), model.image_shape) == (total + (512 * 513 if sto else 0), (3, side, side))
    assert model.section["encoder"]["attention"] == 16
