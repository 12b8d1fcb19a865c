"""DiffSiam and SimSiam as the pipeline meets them: trained, loaded, asked for codes, and set up as four runs."""

from pathlib import Path

import numpy as np
import pytest
import torch
import yaml
from sections import nested
from siamese_models import SHAPE, build, images, seeded, stir, total
from tiny_training import MACHINE, OPTIMISER

from diffrep.methods.diffsiam import DiffSiam
from diffrep.methods.diti import DiTi
from diffrep.methods.simsiam import SimSiam
from diffrep.pipelines.running.workspace import params_text
from diffrep.pipelines.trained.given import drawn_loss
from diffrep.pipelines.training.batches import Batches
from diffrep.pipelines.training.fit import fit

ROOT = Path(__file__).parents[2]


def test_codes_and_decodes_are_ditis():
    ours, theirs = build().eval(), build(DiTi).eval()
    codes, start = ours.encode(images())["z"], torch.randn(8, *SHAPE, generator=seeded())
    assert torch.equal(codes, theirs.encode(images())["z"])
    assert torch.equal(ours.decode(codes, start, steps=3), theirs.decode(codes, start, steps=3))


@pytest.mark.parametrize("method", [DiffSiam, SimSiam])
def test_heads_are_no_part_of_the_code(method):
    model = build(method)
    before = model.encode(images())["z"]
    stir(model.heads)
    drawn_loss(model, (images(),), seeded())  # moves the norms' running statistics
    assert torch.equal(model.eval().encode(images())["z"], before)


def test_it_says_that_it_is_a_reconstruction():
    assert DiffSiam.note == "our reconstruction"
    assert (DiffSiam.needs, DiffSiam.cannot) == (("base",), {})


def test_simsiam_needs_no_base_and_says_what_it_cannot_do():
    assert (SimSiam.needs, SimSiam.parts) == ((), [])
    assert SimSiam.cannot.keys() == {"decode", "invert", "denoise"}
    assert not any(hasattr(SimSiam, name) for name in SimSiam.cannot)


@pytest.mark.parametrize("method", [DiffSiam, SimSiam])
def test_loss_comes_from_the_generator(method):
    model = build(method)
    assert torch.equal(total(model), total(model))
    assert not torch.equal(total(model), total(model, seeded(5)))


@pytest.mark.parametrize("method", [DiffSiam, SimSiam])
def test_grey_images(method):
    model = build(method, shape=(1, 16, 16))
    assert drawn_loss(model, (images()[:, :1],), seeded())["loss"].isfinite()


@pytest.mark.parametrize("method", [DiffSiam, SimSiam])
def test_the_shared_trainer_trains_it(tmp_path, method):
    """Bright and dark images in a few steps: the Siamese loss falls, norms and heads go along, the base stays."""
    torch.set_num_threads(1)
    shades = np.random.default_rng(0).integers(0, 256, (48, 1, 1, 3))
    pictures = (shades + np.random.default_rng(1).integers(-8, 9, (48, 16, 16, 3))).clip(0, 255).astype(np.uint8)
    model, fresh = build(method), build(method).state_dict()
    settings = OPTIMISER.__class__(**vars(OPTIMISER) | {"batch_size": 16, "checkpoint_every": 15, "log_every": 1})
    trained = fit(
        model,
        *(Batches((pictures,), rows, 16, seed=0) for rows in (np.arange(32), np.arange(32, 48))),
        settings,
        MACHINE,
        steps=30,
        seed=0,
        folder=tmp_path,
        identity={},
        title="siamese",
    )
    losses = [row["loss"] for row in trained.rows]
    assert sum(losses[-5:]) < sum(losses[:5]) - 0.5
    assert all(torch.equal(trained.ema[name], fresh[name]) for name in fresh if name.startswith("decoder.base."))
    assert not torch.equal(trained.ema["encoder.layers.0.weight"], fresh["encoder.layers.0.weight"])
    assert not torch.equal(trained.ema["heads.projector.0.weight"], fresh["heads.projector.0.weight"])
    assert trained.ema["heads.projector.1.num_batches_tracked"] == 2 * 30
    loaded = build(method)
    loaded.load_state_dict(trained.ema)
    assert loaded.eval().encode(images())["z"].isfinite().all()


def test_the_four_runs_are_one_grid_on_the_same_encoder_and_views(monkeypatch):
    monkeypatch.chdir(ROOT)
    profile, committed = yaml.safe_load(params_text("diffsiam")), yaml.safe_load(Path("params.yaml").read_text())
    grid = profile["grid"]
    assert profile == committed | {"grid": grid, "report": {"reference": "diti", "controls": []}}
    assert sorted(grid["method"]) == ["diffsiam", "diti", "pdae_simsiam", "simsiam"]
    assert len(grid["seed"]) >= 3
    full, diti, pdae, simsiam = (profile["methods"][row] for row in ("diffsiam", "diti", "pdae_simsiam", "simsiam"))
    assert diti.items() <= full.items()
    assert nested(full, {"adapter": "diffsiam", "blocks": {"count": 1}}) == pdae
    assert simsiam.items() <= (full | full["siam"]).items()
