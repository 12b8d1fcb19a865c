"""The stage attribute_loss: where images cannot be drawn anew, it says so."""

from tiny_edits import ROOMS, result, run

from diffrep.metrics.measured import Measured
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Repeat


def test_photographs_lose_nothing_that_can_be_measured(small_values, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    photographs = Repeat("fashion_mnist", 0)
    small_values["datasets"]["fashion_mnist"] = {"size": 32, "archive": "shipped", "train": 60, "valid": 30, "test": 30}
    small_values["datasets"]["fashion_mnist"]["seed"] = 0
    small_values["grid"]["dataset"] = ["fashion_mnist"]
    small_values["budgets"]["fashion_mnist"] = small_values["budgets"][ROOMS.dataset]
    params = parsed(small_values)
    run(params, "prepare", photographs.shared)
    run(params, "attribute_loss", photographs)
    found = result(photographs.results("attribute_loss"))
    assert found["attribute_loss"] is None
    assert "cannot be drawn anew" in found["reasons"]["attribute_loss"]


def test_twins_and_noise_are_drawn_by_the_evaluations_seed(project, study_params, monkeypatch):
    seeds = []
    monkeypatch.setattr(
        "diffrep.pipelines.evaluation.attribute_loss.factor_losses",
        lambda scene, base, data, settings, seed, device: seeds.append(seed) or Measured({"n_pairs": 0}),
    )
    run(study_params, "attribute_loss", Repeat(ROOMS.dataset, 0))
    assert seeds == [study_params.evaluate.seed] == [3]
