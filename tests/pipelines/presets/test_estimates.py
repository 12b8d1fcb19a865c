"""How long trainings that never ran are estimated to take: what a cluster is asked for, where a GPU is to train."""

import pytest
from tiny_cells import ROOMS, SHAPE, narrow, small_values

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed
from diffrep.pipelines.imports.adapters import nowhere
from diffrep.pipelines.presets.dry_run import speed_of
from diffrep.pipelines.presets.estimates import training_seconds
from diffrep.pipelines.presets.flops import cost
from diffrep.pipelines.presets.presets import params_rows

RELEASED = {"adapter": "diffrep.pipelines.imports.adapters:ImportedPDAE", "imported": nowhere(SHAPE)}


@pytest.fixture(scope="module")
def params():
    """A base model, a row that is trained on it, and one of every kind that no steps train."""
    values = small_values()
    untrained = {name: narrow(name) for name in ("ddae", "pca", "random")} | {"released": narrow("pdae") | RELEASED}
    values["methods"] |= untrained
    values["grid"]["method"] = ["pdae", *untrained]
    values["budgets"][ROOMS] |= {"base": 3, "method": 5}
    return parsed(values)


@pytest.fixture(scope="module")
def found(params):
    """The seconds of each row that is estimated."""
    return training_seconds(params, "a100", ROOMS)


def test_only_what_steps_train_is_estimated(found):
    assert {*found} == {"base", "pdae"}


def test_an_estimate_is_the_steps_times_what_one_takes(params, found):
    base, pdae = params_rows(params, ROOMS)[:2]
    speed = speed_of("a100", None)
    assert found["base"] == 3 * speed.seconds(cost(base.build(), SHAPE, 8), "32-true")
    assert found["pdae"] == 5 * speed.seconds(cost(pdae.build(), SHAPE, 8), "32-true")


def test_an_unknown_gpu_is_told(params):
    with pytest.raises(UserError, match="no GPU 'a10': did you mean 'a100'"):
        training_seconds(params, "a10", ROOMS)
