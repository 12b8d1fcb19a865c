"""published.yaml: its sections build the published networks, and its budgets add up."""

from pathlib import Path

import pytest
import torch
import yaml
from published_budgets import IMAGES, PUBLISHED_BUDGETS
from sections import built

from diffrep.methods import METHODS
from diffrep.methods.shared.denoisers.base import BaseDPM
from diffrep.methods.shared.process.sampler import SAMPLERS
from diffrep.pipelines.core.names import lookup

PUBLISHED = yaml.safe_load((Path(__file__).parents[1].parent / "methods" / "published.yaml").read_text())
PRESETS = {name: preset for name, preset in PUBLISHED.items() if not name.startswith(".")}
ROWS = [(preset, row) for preset in PRESETS for row in PRESETS[preset]["methods"]]
SHIFTED = [(preset, row) for preset, row in ROWS if row.startswith(("pdae", "diti", "diffsiam"))]
BUDGETS = [(preset, row) for preset in PRESETS for row in PRESETS[preset]["budgets"]]
BUDGET = [
    *("images", "steps", "batch_size", "learning_rate", "betas", "weight_decay", "warmup", "gradient_clip"),
    *("schedule", "ema_decay", "ema_ramp", "precision", "weights"),
]


def build(preset, row):
    """The method of one section on the base of its preset; shapes only, no memory."""
    section, shape = PRESETS[preset]["methods"][row], tuple(PRESETS[preset]["image_shape"])
    cls = lookup(METHODS, section.get("adapter", row), "method")
    with torch.device("meta"):
        return built(cls, shape, built(BaseDPM, shape, **PRESETS[preset]["base"]), **section)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_complete(name):
    preset = PRESETS[name]
    assert set(preset) - {"base", "autoencoder", "unbuilt"} == {
        *("paper", "data", "image_shape", "methods", "budgets", "evaluate", "parameters"),
    }
    supplied = {"base", "autoencoder"} & set(preset)
    assert set(preset["data"]) == {"name", "images", "crop", "flip", "values", "dataset"}
    assert set(preset["budgets"]) == set(preset["parameters"]) == set(preset["methods"]) | supplied


@pytest.mark.parametrize(("preset", "row"), BUDGETS)
def test_a_budget_is_complete_and_adds_up(preset, row):
    budget = PRESETS[preset]["budgets"][row]
    assert set(budget) - {"parts", "unaveraged"} == set(BUDGET)
    if budget["images"] is not None:
        assert budget["steps"] == -(-budget["images"] // budget["batch_size"])


def test_budgets_are_those_of_the_papers_and_their_code():
    """Every number a second time: a mistyped one trains something else for weeks."""
    found = {
        name: {row: {key: budget[key] for key in BUDGET} for row, budget in preset["budgets"].items()}
        for name, preset in PRESETS.items()
    }
    assert set(found) == set(PUBLISHED_BUDGETS)
    for name, rows in PUBLISHED_BUDGETS.items():
        assert found[name] == rows, name


def test_sizes_of_the_published_training_sets():
    assert {name: preset["data"]["images"] for name, preset in PRESETS.items()} == dict(IMAGES)


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_prepared_does_not_lie_where_the_files_are(name):
    """The pipeline writes data/<second name of the preset>."""
    section = PRESETS[name]["data"]["dataset"]
    paths = [value for value in section.values() if isinstance(value, str) and value.startswith("data/")]
    assert paths
    assert name.split("-")[1] not in {path.split("/")[1] for path in paths}


@pytest.mark.parametrize("name", [name for name in PRESETS if name.startswith("diffsiam")])
def test_heads_have_the_rates_of_simsiam_or_of_ditis_code(name):
    """0.05 x batch / 256, the predictor's constant; 1e-4, both to a tenth."""
    keys, found = ("optimiser", "momentum", "learning_rate", "weight_decay", "schedule"), {}
    for row in ("diffsiam", "pdae_simsiam", "simsiam", "diffsiam_repo"):
        budget = PRESETS[name]["budgets"][row]
        assert budget["unaveraged"] == ["heads"]
        own = [budget["parts"][f"heads.{head}"] for head in ("projector", "predictor")]
        found[row] = [tuple(one[key] for key in keys) for one in own]
    own = [("sgd", 0.9, 0.05 * 128 / 256, 1e-4, "cosine"), ("sgd", 0.9, 0.05 * 128 / 256, 1e-4, "constant")]
    assert found == dict.fromkeys(found, own) | {"diffsiam_repo": [("sgd", 0.9, 1e-4, 1e-6, "cosine_to_a_tenth")] * 2}
    assert "parts" not in PRESETS[name]["budgets"]["diti_balanced"]


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
    model = build("diti-celeba64", name)
    decoder = model.decoder
    assert (decoder.mode, decoder.partition.ends[64 * 200 // 1000]) == (mode, open_at_200)
    assert model.sampler == SAMPLERS["diti"]


@pytest.mark.parametrize(("preset", "row"), SHIFTED)
def test_departures_are_off(preset, row):
    model = build(preset, row)
    decoder, settings = model.decoder, model.decoder.settings
    assert (settings.feature_gate, settings.timestep_sampling, settings.loss_weight) == ("none", "uniform", "lambda")
    assert (model.code_scale, decoder.estimator.code_map, decoder.base.patch) == (1.0, None, 1)
    assert model.parametrisation.prediction_type == "epsilon"
