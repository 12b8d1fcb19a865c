"""A stage imports nothing while it runs that the walk through its code has not seen."""

import json

import pytest
import yaml
from loaded_modules import loaded_modules
from smoke_runs import ROOMS, changed_params

from diffrep.pipelines.core.source_code import NAME_TABLES, is_plumbing
from diffrep.pipelines.stages import STAGES, load

pytestmark = pytest.mark.long

TRAINERS = ("base", "oracle", "autoencoder")
VALUES = {"dataset": ROOMS, "method": "pdae", "seed": 0}


def recorded(folder, stage, place) -> set[str]:
    """The modules whose hashes the stage depends on."""
    files = [path for path in stage.deps(place) if str(path).startswith("runs/code") and path.suffix]
    return {module for path in files for module in json.loads((folder / path).read_text()).get("code", {})}


@pytest.mark.parametrize("name", [name for name in STAGES if name != "code"])
def test_what_a_stage_loads_is_what_it_depends_on(copy, name):
    if name in TRAINERS:  # of what nothing here reads afterwards; a few steps load what many do
        changed_params(copy, lambda params: params["budgets"][ROOMS].update(dict.fromkeys(TRAINERS, 20)))
    stage = load(name)
    axes = {axis: VALUES[axis] for axis in stage.axes}
    known = recorded(copy, stage, stage.place(**axes))
    loaded = set(loaded_modules(copy, name, axes))
    assert sorted(module for module in loaded - known if module not in NAME_TABLES and not is_plumbing(module)) == []


def test_the_grid_of_this_run_has_a_method_that_is_trained(copy):
    assert "pdae" in yaml.safe_load((copy / "params.yaml").read_text())["grid"]["method"]
