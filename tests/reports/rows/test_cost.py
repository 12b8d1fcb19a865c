"""What rows cost, by hand."""

import csv
import io

import pytest

from diffrep.pipelines.core.cards import said, write_card
from diffrep.pipelines.core.files import read_json
from diffrep.reports.rows.cost import costs_of, to_csv


def costs(tree, **remarks):
    return costs_of(tree.results, "squares", tree.study, remarks)


def one(tree, name):
    return next(cost for cost in costs(tree) if cost.name == name)


def test_minutes_are_summed_over_seeds(results_tree):
    alpha = one(results_tree, "alpha")
    assert (alpha.minutes, alpha.total) == ({"train": 1.5, "probe": 1.5, "reconstruct": 1.5}, 4.5)


def test_minutes_are_those_of_the_processor_and_devices_are_apart(results_tree):
    for path in results_tree.root.glob("results/squares/alpha/*/train/cost.json"):
        write_card(path, said(read_json(path)) | {"wall_seconds": 900.0, "device_seconds": 60.0}, of=path.parent)
    alpha = one(results_tree, "alpha")
    assert (alpha.minutes["train"], alpha.device) == (1.5, 3.0)


@pytest.fixture
def on_bases(results_tree):
    """alpha and beta stand on a base model of each seed that took half a minute; gamma on one that was imported."""
    results_tree.methods.append("gamma")
    for seed in (0, 1, 2):
        results_tree.base(seed, steps=20)
        for name in ("alpha", "beta"):
            results_tree.put(name, "train", seed, notes={"stands_on": {"base": f"model {seed}"}})
        results_tree.put("gamma", "train", seed, steps=40)
    return results_tree


def test_a_row_has_the_minutes_of_the_base_models_that_its_seeds_stand_on(on_bases):
    alpha, beta, gamma = (one(on_bases, name) for name in ("alpha", "beta", "gamma"))
    assert (alpha.base, alpha.own, alpha.total) == (1.5, 4.5, 6.0)
    assert (beta.base, gamma.base) == (1.5, 0.0)
    assert one(on_bases, "base").total == 1.5


def test_base_models_that_are_imported_cost_no_training(on_bases):
    for seed in (0, 1, 2):
        on_bases.base(seed, steps=None, reasons={"steps": "not applicable: imported"})
    assert one(on_bases, "alpha").base == 0.0


def test_the_page_has_a_column_of_them_and_counts_each_once(on_bases):
    files = on_bases.files()
    page = files["questions/costs.html"]
    assert "base models of its seeds 1.5" in files["methods/alpha.html"]
    assert '<th scope="col" data-better="down">base model</th>' in page
    own = sum(cost.own for cost in costs(on_bases))
    assert own == 1.5 + 4.5 + 4.5 + 1.5 + 0.5  # base models, alpha, beta, gamma, the anchor
    assert f"All together took {own:.1f} minutes, each model counted once" in page


def test_sizes_are_those_of_one_model_and_of_the_largest_process(results_tree):
    alpha = one(results_tree, "alpha")
    assert (alpha.parameters, alpha.parameters_trained, alpha.peak_memory_mib) == (1000, 600, 100)


def test_a_view_costs_nothing_of_its_own(results_tree):
    results_tree.put("alpha", "encode", 0, notes={"views": ["times_best"]})
    results_tree.put("alpha", "probe", 0, "times_best")
    assert one(results_tree, "alpha").minutes["probe"] == 1.5


def test_shared_stages_come_first_then_methods_then_anchors(results_tree):
    for stage in ("oracle", "base"):
        results_tree.share(stage, parameters=7)
    results_tree.anchor("pca20", "probe")
    found = [(cost.kind, cost.name, cost.n_seeds) for cost in costs(results_tree)]
    assert found == [
        ("shared", "base", 0),
        ("shared", "oracle", 0),
        ("method", "alpha", 3),
        ("method", "beta", 3),
        ("anchor", "noise", 1),
        ("anchor", "pca20", 1),
    ]


@pytest.mark.parametrize(("parameters", "rows"), [(90, ["autoencoder"]), (None, [])])
def test_an_autoencoder_that_was_not_trained_costs_nothing(results_tree, parameters, rows):
    results_tree.share("autoencoder", parameters=parameters)
    assert [cost.name for cost in costs(results_tree) if cost.kind == "shared"] == rows


def test_the_csv_has_a_column_for_every_stage_and_the_remarks(results_tree):
    text = to_csv(costs(results_tree, alpha="our reconstruction"), results_tree.study.stages)
    alpha, beta, noise = csv.DictReader(io.StringIO(text))
    assert [alpha[f"{stage}_minutes"] for stage in results_tree.study.stages] == ["1.5", "", "1.5", "", "1.5", "", ""]
    assert [alpha[f"{name}_minutes"] for name in ("base_model", "total", "device")] == ["0.0", "4.5", "0.0"]
    assert (alpha["note"], beta["note"]) == ("our reconstruction", "")
    assert (noise["kind"], noise["probe_minutes"], noise["parameters"]) == ("anchor", "0.5", "")
