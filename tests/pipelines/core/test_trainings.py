"""The training of a row: its own section goes before `train` and the budget, and changes nothing of another row."""

import pytest
from tiny_cells import ROOMS

from diffrep.pipelines import stages
from diffrep.pipelines.core.params import params_hash, parsed
from diffrep.pipelines.core.paths import RESERVED, Cell, Repeat, Shared, Whole
from diffrep.pipelines.core.sections import Optimiser, RowTraining
from diffrep.pipelines.core.trainings import SHARED, training_at, training_of

OWN = {"steps": 7, "learning_rate": 0.25, "parts": {}, "flip": True, "precision": "bf16-mixed"}


@pytest.fixture
def params(small_values):
    small_values["methods"]["pdae"]["training"] = OWN
    return parsed(small_values)


def test_a_row_has_its_own_words_and_all_others_of_train(params):
    found = training_of(params, ROOMS, "pdae")
    assert found.steps == 7
    changed = {name: value for name, value in OWN.items() if name != "steps"}
    assert found.settings == params.train.model_copy(update=changed)
    assert (found.key("learning_rate"), found.key("warmup")) == ("methods.pdae.training.learning_rate", "train.warmup")


def test_another_row_is_trained_as_train_says(params):
    found = training_of(params, ROOMS, "random")
    assert (found.settings, found.steps) == (params.train, params.budgets[ROOMS].method)
    assert found.key("flip") == "train.flip"


@pytest.mark.parametrize("name", SHARED)
def test_shared_networks_have_sections_of_their_own(small_values, name):
    small_values[name]["training"] |= {"learning_rate": 0.125}
    small_values["budgets"][ROOMS][name] = 9
    found = training_of(parsed(small_values), ROOMS, name)
    assert (found.settings.learning_rate, found.steps) == (0.125, 9)
    assert found.key("warmup") == f"{name}.training.warmup"


def test_no_row_can_have_the_name_of_a_shared_network():
    assert set(SHARED) <= set(RESERVED["method"])


def test_every_key_of_an_optimiser_may_be_a_rows_own():
    assert set(RowTraining.model_fields) == {*Optimiser.model_fields, "steps"}
    assert not any(field.is_required() for field in RowTraining.model_fields.values())
    assert Optimiser.model_fields["flip"].is_required()


def test_the_class_of_a_method_is_given_nothing_of_its_training(params):
    assert "training" not in params.methods["pdae"].settings


@pytest.mark.parametrize(
    ("stage", "place", "steps"),
    [
        ("train", Cell(ROOMS, "pdae", 0), 7),
        ("base", Shared(ROOMS), 2),
        ("probe", Cell(ROOMS, "pdae", 0), None),
        ("anchors", Shared(ROOMS), None),
        ("drawn_anchors", Repeat(ROOMS, 0), None),
        ("code", Whole(), None),
    ],
)
def test_only_what_trains_has_a_training(params, stage, place, steps):
    found = training_at(params, stage, place)
    assert (found.steps if found else None) == steps


def test_what_others_have_trained_has_no_training_here(small_values):
    small_values["base"] = {"from": "owner/name"}
    assert training_at(parsed(small_values), "base", Shared(ROOMS)) is None
    assert training_at(parsed(small_values), "oracle", Shared(ROOMS)) is not None


@pytest.mark.parametrize("change", [{"steps": 8}, {"flip": False}, None])
def test_a_change_of_one_rows_training_outdates_that_row_alone(params, small_values, change):
    small_values["methods"]["pdae"]["training"] = OWN | change if change else None
    if change is None:
        del small_values["methods"]["pdae"]["training"]
    other = parsed(small_values)
    places = {name: Cell(ROOMS, name, 0) for name in ("pdae", "random")}
    for stage in map(stages.load, stages.STAGES):
        for place in places.values() if stage.place is Cell else (stage.place(*[ROOMS, 0][: len(stage.axes)]),):
            same = params_hash(stage, place, params) == params_hash(stage, place, other)
            own = stage.name in ("train", "partway") and place == places["pdae"]
            assert same == (not own and stage.name not in ("code", "report"))
