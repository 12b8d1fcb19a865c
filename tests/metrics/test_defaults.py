"""How much of everything a metric does unless it is told otherwise: the sizes of published tables."""

import inspect
from importlib import import_module

import pytest

from diffrep.metrics.catalogue import METRICS, PRESETS, QUICK, REFERENCE, STANDARD
from diffrep.metrics.probes import attribute_probe


@pytest.mark.parametrize(
    ("path", "sizes"),
    [
        ("disentanglement.factor_vae:factor_vae", {"train_votes": 10_000, "test_votes": 5_000, "batch_size": 64}),
        ("disentanglement.beta_vae:beta_vae", {"train_points": 10_000, "test_points": 5_000, "batch_size": 64}),
        ("disentanglement.mig:mig", {"bins": 20}),
        ("disentanglement.dci:dci", {"rounds": 100}),
        ("disentanglement.dci:dci_permutation", {"rounds": 100, "repeats": 5}),
        ("disentanglement.dci_forest:dci_forest", {"trees": 100}),
        ("disentanglement.dci_es:dci_es", {"trees": 100}),
        ("disentanglement.tad:tad", {"thresholds": 101}),
        ("disentanglement.top_parts:top_parts", {"random_parts": 2, "bins": 20}),
        ("probes.attribute_probe:attribute_probe", {"probes": 3, "steps": 5_000}),
        ("probes.probe:linear_probe", {"epochs": 15, "batch_size": 128, "learning_rate": 1e-3}),
        ("probes.faces:lfw_regression", {"epochs": 15, "learning_rate": 1e-3}),
        ("probes.sample_efficiency:sample_efficiency", {"rounds": 100}),
        ("images.kid:kid", {"subsets": 100, "subset_size": 1_000}),
        ("images.kid:kd", {"subsets": 100, "subset_size": 1_000}),
        ("uncertainty:row_intervals", {"resamples": 1_000}),
    ],
)
def test_sizes_of_a_metric(path, sizes):
    module, _, name = path.partition(":")
    parameters = inspect.signature(getattr(import_module(f"diffrep.metrics.{module}"), name)).parameters.values()
    numbers = {p.name: p.default for p in parameters if type(p.default) in (int, float) and p.name != "seed"}
    assert numbers == sizes


def test_rows_of_the_presets():
    assert {name: tuple(preset) for name, preset in PRESETS.items()} == {
        QUICK: (3_000, 1_500),
        STANDARD: (10_000, 5_000),
    }
    assert (REFERENCE.n_train, REFERENCE.n_test) == PRESETS[STANDARD]


def test_only_the_quick_preset_has_sizes_of_its_own():
    assert {name: dict(metric.arguments) for name, metric in METRICS.items() if metric.arguments} == {
        "factor_vae": {QUICK: {"train_votes": 2_000, "test_votes": 1_000}},
        "beta_vae": {QUICK: {"train_points": 2_000, "test_points": 1_000}},
        "dci": {QUICK: {"rounds": 50}},
        "dci_permutation": {QUICK: {"rounds": 50}},
        "probe": {QUICK: {"probes": 2}},
    }


def test_passes_and_batches_of_the_probe():
    assert (attribute_probe.EPOCHS, attribute_probe.BATCH) == (15, 128)
