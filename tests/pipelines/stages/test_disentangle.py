"""What disentanglement leaves: the metrics of the codes of test images, of views and of parts."""

import csv
import json

import numpy as np
import pytest
from tiny_cells import ROOMS, cell

from diffrep.datasets.prepared import Prepared
from diffrep.metrics.disentanglement.parts import part_information
from diffrep.pipelines.core.paths import Shared, part_map, result_file, view_file
from diffrep.pipelines.evaluation.disentanglement import disentanglement
from diffrep.pipelines.trained.codes import read_codes, read_parts, read_views


@pytest.fixture
def data(studied) -> Prepared:
    return Prepared(Shared(ROOMS).data)


@pytest.mark.parametrize(("method", "with_dci"), [("pdae", ()), ("encdiff", ("", "tokens_pca")), ("drl_joint", ("",))])
def test_every_view_has_the_scores_of_its_own_test_codes(data, study_params, method, with_dci):
    folder, evaluate = cell(method).results("disentangle"), study_params.evaluate
    files = {"": result_file(folder)} | {view: view_file(folder, view) for view in read_views(cell(method))}
    for view, file in files.items():
        codes = read_codes(cell(method), view)["test"]
        expected = disentanglement(
            codes, data, evaluate.disentangle, evaluate.seed, with_dci=not view or view in with_dci
        )
        found = json.loads(file.read_text())
        assert found["reasons"] == expected.reasons
        known = {name: value for name, value in expected.items() if name not in expected.reasons}
        assert {name: found[name] for name in known} == pytest.approx(known)


def test_arrays_are_those_of_the_default_view(data, study_params):
    evaluate = study_params.evaluate
    expected = disentanglement(read_codes(cell("drl_joint"))["test"], data, evaluate.disentangle, evaluate.seed).arrays
    with np.load(cell("drl_joint").arrays("disentangle")) as arrays:
        assert set(arrays.files) == set(expected)
        for name in expected:
            np.testing.assert_allclose(arrays[name], expected[name])


@pytest.mark.parametrize("method", ["diti", "encdiff"])
def test_the_map_of_parts_holds_shares_of_test_factors(data, method):
    place = cell(method)
    with part_map(place.results("disentangle")).open() as file:
        rows = list(csv.DictReader(file))
    factors = np.asarray(data.factors[data.splits["test"]])
    told = part_information(read_codes(place)["test"], factors, [part.dims for part in read_parts(place)])
    for row, values in zip(rows, told, strict=True):
        assert [float(row[name]) for name in data.card["factor_names"]] == pytest.approx(values, abs=1e-4)
