"""What encoding a cell leaves: codes of every split from the trained encoder, and how they are laid out."""

import json

import numpy as np
import pytest
from tiny_cells import SHAPE, STUDIED, cell

from diffrep.datasets.contract import SPLITS
from diffrep.datasets.pixels import image_tensor
from diffrep.datasets.prepared import Prepared
from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import result_file
from diffrep.pipelines.evaluation.code_use import code_use_scores
from diffrep.pipelines.trained.cells import load
from diffrep.pipelines.trained.codes import read_codes
from diffrep.pipelines.trained.encoding import codes_of

DEFAULT = {"encdiff": "scalars", "encdiff_latent": "scalars"}  # of the others "z"


def result(of) -> dict:
    return json.loads(result_file(of.results("encode")).read_text())


@pytest.mark.parametrize("method", STUDIED)
def test_codes_are_those_of_the_trained_encoder_split_by_split(studied, study_params, method):
    place = cell(method)
    data, network = Prepared(place.shared.data), load(study_params, place, SHAPE)
    for split in SPLITS:
        rows = data.splits[split]
        expected = codes_of(network, image_tensor(data.images[rows]))
        with np.load(place.codes) as arrays:
            for view, codes in expected.items():
                np.testing.assert_allclose(arrays[f"{view}_{split}"], codes.numpy(), atol=1e-5)


@pytest.mark.parametrize("method", STUDIED)
def test_the_layout_is_that_of_the_default_view(studied, study_params, method):
    place, layout = cell(method), read_json(cell(method).parts)
    codes = read_codes(place, layout["view"])
    assert layout["view"] == DEFAULT.get(method, "z")
    assert layout["code_size"] == result(place)["code_dim"] == codes["test"].shape[1] == 4
    assert layout["views"] == result(place)["notes"]["views"]
    assert len(layout["parts"]) == len(load(study_params, place, SHAPE).parts)


@pytest.mark.parametrize("method", ["pdae", "drl_joint", "encdiff"])
def test_the_use_of_the_code_is_asked_with_the_default_view(studied, study_params, method):
    place = cell(method)
    data, network = Prepared(place.shared.data), load(study_params, place, SHAPE)
    expected = code_use_scores(network, data, read_codes(place), study_params.evaluate)
    found = result(place)
    assert {name: found[name] for name in expected} == pytest.approx(dict(expected), rel=1e-5)
    with np.load(place.arrays("encode")) as arrays:
        np.testing.assert_allclose(arrays["own"], expected.arrays["own"], rtol=1e-5)
