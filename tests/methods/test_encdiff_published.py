"""EncDiff at its published sizes: both presets of every data set, and how the paper and its code differ."""

from pathlib import Path

import pytest
import torch
import yaml
from diffusers.models.transformers.transformer_2d import Transformer2DModel
from sections import built, nested

from diffrep.methods.encdiff import EncDiff, LatentEncDiff
from diffrep.methods.shared.networks.autoencoder import Autoencoder
from diffrep.methods.shared.process.sampler import SAMPLERS

PRESETS = yaml.safe_load((Path(__file__).parents[2] / "methods" / "published.yaml").read_text())
PUBLISHED = [(name, row) for name in PRESETS if name.startswith("encdiff-") for row in PRESETS[name]["methods"]]


def published(name, row, **changes):
    preset = PRESETS[name]
    with torch.device("meta"):
        shape = tuple(preset["image_shape"])
        return built(
            LatentEncDiff, shape, built(Autoencoder, shape, **preset["autoencoder"]), **preset["methods"][row] | changes
        )


def count(parameters):
    return sum(parameter.numel() for parameter in parameters)


def test_there_are_both_presets_of_every_data_set():
    assert {name for name, _ in PUBLISHED} == {f"encdiff-{data}" for data in ("shapes3d", "cars3d", "mpi3d")}
    assert {row for _, row in PUBLISHED} == {"encdiff_code", "encdiff_paper"}


@pytest.mark.parametrize(("name", "row"), PUBLISHED)
def test_published_parameters(name, row):
    model = published(name, row)
    expected = {  # trained, all: the sum of what the paper's table 7 or its table 8 implies
        "encdiff_code": (38_843_927, 42_322_005),
        "encdiff_paper": (41_683_671, 45_161_749),
    }
    assert (count(p for p in model.parameters() if p.requires_grad), count(model.parameters())) == expected[row]


@pytest.mark.parametrize(("dim", "total"), [(16, 45_040_597), (32, 45_161_749)])
def test_table_8_with_either_token(dim, total):
    tokens = PRESETS["encdiff-shapes3d"]["methods"]["encdiff_paper"]["tokens"] | {"dim": dim}
    assert count(published("encdiff-shapes3d", "encdiff_paper", tokens=tokens).parameters()) == total


def test_disdis_has_the_published_encoder_and_encdiffs_network():
    model = published("disdis-shapes3d", "disdis")
    assert count([*model.encoder.parameters(), *model.tokens.parameters()]) == 23_570_324
    assert (count(model.encoder.parameters()), count(model.network.parameters())) == (20_600_084, 37_549_507)
    assert (model.network.skip_dropout, model.tokens.activation, model.norm) == (0.2, "relu", "l1")


def test_published_shapes():
    model, seen = published("encdiff-shapes3d", "encdiff_code"), []
    model.encoder[-1].register_forward_pre_hook(lambda layer, inputs: seen.append(tuple(inputs[0].shape)))
    views = model.encode(torch.empty(2, 3, 64, 64, device="meta"))
    assert (model.shape, seen) == ((3, 16, 16), [(2, 2048)])
    assert {name: tuple(view.shape) for name, view in views.items()} == {"scalars": (2, 20), "tokens": (2, 20, 16)}


@pytest.mark.parametrize(("name", "row"), PUBLISHED)
def test_departures_are_off(name, row):
    model = published(name, row)
    assert (model.code_scale, model.timestep_sampling, model.sampler, model.eta) == (
        1.0,
        "uniform",
        SAMPLERS["ldm"],
        1.0,
    )
    assert (model.network.patch, model.parametrisation.prediction_type) == (1, "epsilon")


@pytest.mark.parametrize(
    ("row", "norm", "abar"), [("encdiff_code", "l1", 0.828818), ("encdiff_paper", "mse", 0.971576)]
)
def test_paper_and_code_differ(row, norm, abar):
    encoder = {"kind": "conv", "channels": [32], "attention": None}
    section = PRESETS["encdiff-shapes3d"]["methods"][row] | {"encoder": encoder}
    model = built(EncDiff, (3, 8, 8), **nested(section, {"network": {"channels": [32], "attention_levels": []}}))
    assert model.norm == norm
    assert model.schedule.alphas_cumprod[100].item() == pytest.approx(abar, rel=1e-6)


def test_published_transformers_read_the_three_finest_maps_and_the_middle():
    network = published("encdiff-shapes3d", "encdiff_code").network
    states, times = torch.empty(1, 3, 16, 16, device="meta"), torch.zeros(1, dtype=torch.long, device="meta")
    seen = []
    for module in network.modules():
        if isinstance(module, Transformer2DModel):
            module.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].shape[2]))
    network(states, times, torch.empty(1, 20, 16, device="meta"))
    assert seen == [16, 16, 8, 8, 4, 4, 2, 4, 4, 4, 8, 8, 8, 16, 16, 16]
