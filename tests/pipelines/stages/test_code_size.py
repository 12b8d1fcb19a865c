"""The largest code of the grid, as codes are."""

import pytest
from tiny_cells import ROOMS, cell, small_values

from diffrep.pipelines.core.cards import read_card, write_card
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.core.paths import Shared
from diffrep.pipelines.stages.code_size import code_size


@pytest.fixture(autouse=True)
def parts(tmp_path, monkeypatch):
    """The layout of the codes of three methods at two seeds each."""
    monkeypatch.chdir(tmp_path)
    for method, sizes in {"pdae": (3, 5), "random": (4, 4), "elsewhere": (90, 90)}.items():
        for seed, size in enumerate(sizes):
            write_card(cell(method, seed).parts, {"code_size": size})


@pytest.mark.parametrize(
    ("methods", "seeds", "largest"), [(["pdae", "random"], [0, 1], 5), (["pdae", "random"], [0], 4), (["pdae"], [0], 3)]
)
def test_the_largest_cell_of_the_grid_counts(methods, seeds, largest):
    values = small_values()
    values["grid"] = {"dataset": [ROOMS], "method": methods, "seed": seeds}
    code_size(parsed(values), Shared(ROOMS))
    assert read_card(Shared(ROOMS).code_size, "") == {"code_size": largest}


@pytest.mark.parametrize("begun", [True, False])
def test_a_seed_that_no_method_has_codes_of_is_left_out(begun):
    values = small_values()
    values["grid"] = {"dataset": [ROOMS], "method": ["pdae", "random"], "seed": [0, 1]}
    cell("pdae", 1).parts.unlink()
    if begun:
        with pytest.raises(UserError, match=r"parts/pdae/1\.json is missing"):
            code_size(parsed(values), Shared(ROOMS))
    else:
        cell("random", 1).parts.unlink()
        code_size(parsed(values), Shared(ROOMS))
        assert read_card(Shared(ROOMS).code_size, "") == {"code_size": 4}
