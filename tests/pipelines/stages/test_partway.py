"""Scores on the way: those that the other stages would give, and nowhere to be taken for theirs."""

import json
from math import nan

import pytest
from safetensors.torch import load_file
from tiny_cells import ROOMS, SHAPE, cell, study_values

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Shared, result_file, view_file
from diffrep.pipelines.evaluation.partway import CURVES, scores_partway
from diffrep.pipelines.stages.partway import partway
from diffrep.pipelines.trained.cells import load
from diffrep.reports.reading.load import load as load_results
from diffrep.reports.reading.study import ResultFolder

SCORED = ("probe", "disentangle", "reconstruct")


def result(method: str, stage: str, share: str = "") -> dict:
    folder = cell(method).results(stage)
    return json.loads((view_file(folder, share) if share else result_file(folder)).read_text())


def scores(params, method: str, share: float = 1) -> dict[str, float]:
    network, data = load(params, cell(method), SHAPE, share), Prepared(Shared(ROOMS).data)
    return dict(scores_partway(network, data, params.evaluate, "again"))


def alike(told: dict, found: dict[str, float]) -> bool:
    """Whether a result file has these very numbers, null for nan."""
    return {name: nan if told[name] is None else told[name] for name in found} == pytest.approx(
        found, rel=1e-5, nan_ok=True
    )


@pytest.mark.parametrize("method", ["pdae", "drl_joint", "encdiff", "pca"])
def test_of_the_whole_training_they_are_the_other_stages_numbers(studied, study_params, method):
    found = scores(study_params, method)
    stages = [result(method, stage) for stage in SCORED]
    assert alike({name: value for content in stages for name, value in content.items()}, found)
    assert set(CURVES) <= found.keys()
    assert {name for name in stages[0] if name.startswith("average_precision")} <= found.keys()


@pytest.mark.parametrize("method", ["pdae", "diffsiam"])
def test_of_a_share_they_are_those_of_its_weights(studied, study_params, method):
    found, full = scores(study_params, method, 0.5), scores(study_params, method)
    told = result(method, "partway", "0.5")
    assert alike(told, found)
    assert found["mse_random_start"] != full["mse_random_start"]
    assert (told["view"], told["steps"], told["images_seen"]) == ("0.5", 1, 8)


def test_a_share_is_of_the_row_s_own_steps(project):
    values = study_values()
    values["methods"]["pdae"]["training"] = {"steps": 4, "batch_size": 4}
    values["evaluate"]["partway"] = [0.25, 0.75]
    from diffrep.pipelines.stages.train import train

    params = parsed(values)
    train(params, cell("pdae"))
    partway(params, cell("pdae"))
    seen = {share: result("pdae", "partway", share)["images_seen"] for share in ("0.25", "0.75")}
    assert seen == {"0.25": 4, "0.75": 12}
    files = sorted(path.name for path in cell("pdae").weights.glob("*.safetensors"))
    assert files == ["partway-0.25.safetensors", "partway-0.75.safetensors", "raw.safetensors", "weights.safetensors"]
    states = [load_file(cell("pdae").weights_after(share)) for share in (0.25, 0.75, 1)]
    assert len({float(sum(value.double().sum() for value in state.values())) for state in states}) == 3


@pytest.mark.parametrize("method", ["pca", "random"])
def test_what_is_not_trained_by_steps_says_so(studied, method):
    told = result(method, "partway", "0.5")
    assert {told[name] for name in (*CURVES, "steps", "images_seen")} == {None}
    assert set(told["reasons"].values()) == {"not applicable: no training by steps"}
    assert not cell(method).weights_after(0.5).exists()


def test_the_result_names_the_shares_and_has_no_number_of_its_own(studied, study_params):
    found = result("pdae", "partway")
    assert found["notes"] == {"shares": [0.5]}
    assert not set(scores(study_params, "pdae")) & found.keys()


def test_without_shares_nothing_is_scored(project):
    values = study_values()
    values["evaluate"]["partway"] = []
    partway(parsed(values), cell("pdae"))
    assert result("pdae", "partway")["notes"] == {"shares": []}
    assert not view_file(cell("pdae").results("partway"), "0.5").exists()


def test_weights_that_were_not_kept_are_one_line(project):
    values = study_values()
    values["evaluate"]["partway"] = [0.25]
    with pytest.raises(UserError, match=r"pdae/0/partway-0.25.safetensors is missing: run diffrep train --dataset"):
        partway(parsed(values), cell("pdae"))


def test_reports_read_no_share_as_a_view(studied):
    places = [
        ResultFolder("method", ROOMS, "drl_joint", 0, stage, cell("drl_joint").results(stage), stage)
        for stage in ("encode", "probe", "partway")
    ]
    views = {(found.stage, found.view) for found in load_results(studied, places)}
    assert ("probe", "times_best") in views
    assert {view for stage, view in views if stage == "partway"} == {""}
