"""What probing a cell leaves: the scores of its own codes and views, whole and part by part."""

import csv
import json

import numpy as np
import pytest
from tiny_cells import ROOMS, cell

from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.paths import Shared, part_map, result_file, view_file
from diffrep.pipelines.evaluation.probing import lifts_of_parts, probe_codes
from diffrep.pipelines.trained.codes import read_codes, read_parts, read_views

METHODS = ["pdae", "drl_joint", "encdiff", "pca"]


@pytest.fixture
def data(studied) -> Prepared:
    return Prepared(Shared(ROOMS).data)


@pytest.mark.parametrize("method", METHODS)
def test_every_view_has_the_scores_of_its_own_codes(data, study_params, method):
    folder, evaluate = cell(method).results("probe"), study_params.evaluate
    files = {"": result_file(folder)} | {view: view_file(folder, view) for view in read_views(cell(method))}
    for view, file in files.items():
        expected = probe_codes(read_codes(cell(method), view), data, evaluate.probe, evaluate.seed)
        found = json.loads(file.read_text())
        assert {name: found[name] for name in expected if name not in expected.reasons} == pytest.approx(
            {name: value for name, value in expected.items() if name not in expected.reasons}
        )


def test_arrays_are_those_of_the_default_view(data, study_params):
    evaluate = study_params.evaluate
    expected = probe_codes(read_codes(cell("drl_joint")), data, evaluate.probe, evaluate.seed).arrays
    with np.load(cell("drl_joint").arrays("probe")) as arrays:
        assert set(arrays.files) == set(expected)
        for name in expected:
            np.testing.assert_allclose(arrays[name], expected[name])


@pytest.mark.parametrize("method", ["diti", "encdiff"])
def test_the_map_of_parts_is_of_the_default_view(data, method):
    place = cell(method)
    with part_map(place.results("probe")).open() as file:
        rows = list(csv.DictReader(file))
    told = lifts_of_parts(read_codes(place), [part.dims for part in read_parts(place)], data)
    for row, values in zip(rows, told, strict=True):
        expected = [f"{value:.4f}" if value == value else "" for value in values]
        assert [row[name] for name in data.card["attribute_names"]] == expected
