"""Metrics from outside in a grid: on the rows that ours have, told in the result, and followed by the stage `code`."""

import json
import sys

import numpy as np
import pytest
from tiny_cells import ROOMS, cell, study_values

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.codes import evaluation_rows
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Shared, result_file
from diffrep.pipelines.running.freshness import comes_from_outside
from diffrep.pipelines.stages.code import own_metric_hashes
from diffrep.pipelines.stages.own_metrics import own_metrics
from diffrep.pipelines.trained.codes import read_codes

MINE = """
from diffrep.metrics.catalogue import Number


def of_factors(train_codes, train_factors, test_codes, test_factors, *, seed):
    return {"fitted": train_codes.sum(), "tested": test_factors.sum(), "drawn": seed}


def of_attributes(test_codes, test_attributes):
    return {"ones": test_attributes.mean()}


def refuses(codes):
    raise ValueError("too few rows")


def breaks(codes, factors):
    return {"never": codes[10**6]}


def described(*names):
    return tuple(Number(name, name, "", "up", 3, "0 to 1", "near 0", "Told.") for name in names)


of_factors.numbers, of_attributes.numbers = described("fitted", "tested", "drawn"), described("ones")
refuses.numbers, breaks.numbers = described("refused"), described("never")
"""


@pytest.fixture
def params_of(project, tmp_path, monkeypatch):
    """What makes params whose grid has metrics of a module of one's own."""
    (tmp_path / "of_a_grid.py").write_text(MINE)
    monkeypatch.syspath_prepend(tmp_path)
    yield lambda *names: parsed(metrics_in(study_values(), [f"of_a_grid:{name}" for name in names]))
    sys.modules.pop("of_a_grid", None)


def metrics_in(values, names):
    values["evaluate"]["metrics"] = names
    return values


def result(method):
    return json.loads(result_file(cell(method).results("own_metrics")).read_text())


def test_rows_are_those_of_disentanglement_and_of_probes(params_of):
    params = params_of("of_factors", "of_attributes")
    own_metrics(params, cell("pca"))
    data, asked = Prepared(Shared(ROOMS).data), params.evaluate
    codes, test = read_codes(cell("pca"))["test"], data.splits["test"]
    rows = evaluation_rows(len(codes), asked.disentangle.train, asked.disentangle.test, asked.seed)
    found = result("pca")
    assert found["fitted"] == pytest.approx(codes[rows.train].sum(), rel=1e-5)
    assert found["tested"] == np.asarray(data.factors[test])[rows.test].sum()
    assert found["ones"] == pytest.approx(np.asarray(data.attributes[test]).mean())
    assert found["drawn"] == asked.seed


def test_its_result_says_what_its_numbers_are(params_of):
    own_metrics(params_of("of_attributes"), cell("pca"))
    told = result("pca")["notes"]["of_a_grid:of_attributes"]["ones"]
    assert (told["better"], told["range"], told["meaning"]) == ("up", "0 to 1", "Told.")


def test_without_any_there_is_a_result_without_numbers(params_of):
    own_metrics(params_of(), cell("pca"))
    assert (result("pca")["reasons"], result("pca")["notes"]) == ({}, {})


def test_rows_that_it_refuses_leave_a_reason(params_of):
    own_metrics(params_of("refuses", "of_attributes"), cell("pca"))
    assert result("pca")["refused"] is None
    assert result("pca")["reasons"] == {"refused": "too few rows"}
    assert result("pca")["ones"] > 0


def test_what_its_code_raises_ends_the_stage_with_its_line(params_of):
    with pytest.raises(UserError, match=r"metric \(of_a_grid:breaks\) in .*of_a_grid.py, line 18: IndexError"):
        own_metrics(params_of("breaks"), cell("pca"))


def test_its_code_is_followed(params_of, tmp_path):
    before = own_metric_hashes(params_of("refuses"))
    assert "of_a_grid" in before["code"]
    assert own_metric_hashes(params_of()) == {"code": {}}
    assert comes_from_outside(params_of("refuses"))
    assert not comes_from_outside(params_of())


@pytest.mark.parametrize("name", ["mine", "mine:", ":mine"])
def test_another_name_is_one_line(name):
    with pytest.raises(UserError, match=r"evaluate.metrics\[0\] is .* which must be package.module:function"):
        parsed(metrics_in(study_values(), [name]))
