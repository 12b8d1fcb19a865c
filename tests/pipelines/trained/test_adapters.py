"""Names of params.yaml become classes and data sets, with the settings of their own section."""

import pytest
from tiny_cells import ROOMS, study_values

from diffrep.datasets.shapes3d_rendered import Shapes3DRendered
from diffrep.methods.pca import PCA
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.trained.adapters import (
    adapter_path,
    adapters_of,
    data_arguments,
    data_source,
    expect_adapters,
    method_arguments,
    method_class,
)


def renamed(**section):
    """The study's params with a row "mine" in the grid."""
    values = study_values()
    values["methods"]["mine"], values["grid"]["method"] = section, ["pca", "mine"]
    return parsed(values)


def test_a_row_is_built_by_its_adapter_with_its_own_settings():
    params = renamed(adapter="pca", code_dim=9)
    assert method_class(params, "mine") is method_class(params, "pca") is PCA
    assert (method_arguments(params, "mine"), method_arguments(params, "pca")) == ({"code_dim": 9}, {"code_dim": 4})


def test_a_path_of_ones_own_is_taken_as_it_is():
    assert adapter_path(renamed(adapter="own.two:Two"), "methods", "mine") == "own.two:Two"
    assert adapter_path(renamed(adapter="pca"), "methods", "mine") == "diffrep.methods.pca:PCA"


def test_a_grid_of_known_names_passes_and_a_misspelt_one_is_told():
    expect_adapters(renamed(adapter="own.two:Two"))
    with pytest.raises(UserError, match=r"^no method 'pcaa': did you mean 'pca'\?$"):
        expect_adapters(renamed(adapter="pcaa"))


def test_what_an_error_calls_the_adapters_of_a_place():
    params = renamed(adapter="own.two:Two")
    assert adapters_of(params, {"dataset": ROOMS, "method": "mine", "seed": 0}) == {
        "method 'mine'": "own.two:Two",
        f"data set '{ROOMS}'": "diffrep.datasets.shapes3d_rendered:Shapes3DRendered",
    }
    assert adapters_of(params, {}) == {}


def test_a_data_set_is_built_from_its_section(study_params):
    source = data_source(study_params, ROOMS)
    assert isinstance(source, Shapes3DRendered)
    assert {name: len(rows) for name, rows in source.splits().items()} == {"train": 64, "valid": 40, "test": 40}
    assert data_arguments(study_params, ROOMS)["size"] == source.image_shape[1] == 16
