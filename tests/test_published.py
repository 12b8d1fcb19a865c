"""published.yaml: its sections build the published networks, and its budgets add up."""

from importlib import import_module
from pathlib import Path

import pytest
import torch
import yaml

from diffrep.methods import METHODS
from diffrep.methods.shared.base import BaseDPM

PUBLISHED = yaml.safe_load((Path(__file__).parent.parent / "methods" / "published.yaml").read_text())
FAMILIES = ["celeba64", "ffhq128"]
CELLS = [(family, name) for family in FAMILIES for name in PUBLISHED[family]["methods"]]


def build(family, name):
    """The method of one section on the base of its family; shapes only, no memory."""
    settings = dict(PUBLISHED[family]["methods"][name])
    module, _, attribute = METHODS[settings.pop("adapter", name)].partition(":")
    shape = tuple(PUBLISHED[family]["image_shape"])
    with torch.device("meta"):
        return getattr(import_module(module), attribute)(shape, BaseDPM(shape, **PUBLISHED[family]["base"]), **settings)


def count(parameters):
    return sum(parameter.numel() for parameter in parameters)


@pytest.mark.parametrize(("family", "name"), CELLS)
def test_trained_and_frozen_parameters(family, name):
    parameters = list(build(family, name).parameters())
    trained = count(p for p in parameters if p.requires_grad)
    frozen = count(p for p in parameters if not p.requires_grad)
    estimator, encoder, base = {
        "celeba64": (52_007_811, 1_487_104, 63_958_019),
        "ffhq128": (78_522_371, 3_914_240, 98_618_499),
    }[family]
    assert (trained, frozen) == (estimator + encoder, base)


def test_trained_total_of_ffhq128():
    assert count(p for p in build("ffhq128", "pdae").parameters() if p.requires_grad) == 82_436_611


@pytest.mark.parametrize(("family", "name"), CELLS)
def test_steps_use_up_the_images(family, name):
    budget = PUBLISHED[family]["budgets"][name]
    assert budget["steps"] == -(-budget["images"] // budget["batch_size"])


@pytest.mark.parametrize(
    ("name", "mode", "open_at_200"),
    [
        ("diti", "base", 185),
        ("diti_balanced", "base", 104),
        ("diti_stopgrad", "stop_grad", 185),
        ("diti_balanced_stopgrad", "stop_grad", 104),
    ],
)
def test_modes_and_partitions(name, mode, open_at_200):
    model = build("celeba64", name)
    assert (model.mode, model.partition.ends[64 * 200 // 1000], model.sampler) == (mode, open_at_200, "diti")


@pytest.mark.parametrize(("family", "name"), CELLS)
def test_departures_are_off(family, name):
    model = build(family, name)
    decoder = model.decoder
    assert (decoder.feature_gate, decoder.timestep_sampling, decoder.loss_weight) == ("none", "uniform", "lambda")
    assert (model.code_scale, decoder.estimator.code_map, decoder.base.patch) == (1.0, None, 1)
    assert decoder.base.prediction_type == "epsilon"
