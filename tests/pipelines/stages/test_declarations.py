"""What stages declare: which key of params.yaml outdates which stages, and how paths lead from stage to stage."""

import dataclasses
from pathlib import Path

import pytest
from click import Context
from tiny_cells import COMMITTED, ROOT

from diffrep.pipelines import stages
from diffrep.pipelines.command import stage_command
from diffrep.pipelines.core.paths import IMPORTED_BASE, Repeat, Whole
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.running.pipeline_file import pipeline_file

STAGES = {name: stages.load(name) for name in stages.STAGES}
TRAINED = {"base", "autoencoder", "oracle", "train"}
ON_CODES = {"probe", "disentangle", "own_metrics"}
ANCHORS = {"anchors", "drawn_anchors"}
ON_IMAGES = {"encode", "reconstruct", "partway", "counterfactual", "attribute_loss", "references"}
CHECKED = {"code"}  # the stage that checks what is asked of data and memory, and writes the needs of each cell
OF_DATA = {"prepare", "anchors", "attribute_loss", "counterfactual"}  # those that draw the images anew
WEIGHTS = {"train"}  # weights are known by all settings that made them, those of data and base model too
ALWAYS = {"report"}  # shows all settings of an evaluation

# The promise, written out by hand: a key, or all keys below a prefix, and the stages that its change outdates directly;
# what reads their outputs runs again only if those have changed. The longest prefix counts.
OUTDATED = {
    "grid.dataset": CHECKED | ALWAYS,
    "grid.method": CHECKED | ALWAYS | {"code_size"},
    "grid.seed": CHECKED | ALWAYS | {"code_size"},
    "budgets.*.base": CHECKED | {"base"} | WEIGHTS,
    "budgets.*.oracle": CHECKED | {"oracle"},
    "budgets.*.method": CHECKED | {"train", "partway"},
    "budgets.*.autoencoder": CHECKED | {"autoencoder"},
    "datasets": CHECKED | ALWAYS | OF_DATA | WEIGHTS,
    "base": CHECKED | {"base"} | WEIGHTS,
    "autoencoder": CHECKED | {"autoencoder"},
    "oracle": CHECKED | {"oracle"},
    "train": CHECKED | ALWAYS | {"train", "partway"},
    "methods": CHECKED | ALWAYS | {"train", "partway"},
    "evaluate.preset": CHECKED | ALWAYS | ON_CODES | ANCHORS | ON_IMAGES - {"references"},
    "evaluate.seed": ALWAYS | ON_CODES | ANCHORS | ON_IMAGES,
    "evaluate.batch_size": ALWAYS | ON_IMAGES - {"attribute_loss", "references"},
    "evaluate.diagnose.images": CHECKED | ALWAYS | {"encode"},
    "evaluate.diagnose.times": CHECKED | ALWAYS | {"encode", "attribute_loss"},
    "evaluate.diagnose.pairs": CHECKED | ALWAYS | {"attribute_loss"},
    "evaluate.partway": ALWAYS | {"train", "partway"},
    "evaluate.probe": CHECKED | ALWAYS | ANCHORS | {"probe", "partway"},
    "evaluate.disentangle": CHECKED | ALWAYS | ANCHORS | {"disentangle", "partway"},
    "evaluate.disentangle.train": CHECKED | ALWAYS | ANCHORS | {"disentangle", "partway", "own_metrics"},
    "evaluate.disentangle.test": CHECKED | ALWAYS | ANCHORS | {"disentangle", "partway", "own_metrics"},
    "evaluate.metrics": CHECKED | ALWAYS | {"own_metrics"},
    "evaluate.reconstruct": CHECKED | ALWAYS | {"reconstruct", "partway"},
    "evaluate.reconstruct.images": CHECKED | ALWAYS | {"reconstruct", "partway", "anchors"},
    "evaluate.counterfactual": CHECKED | ALWAYS | {"counterfactual"},
    "evaluate.counterfactual.pairs": CHECKED | ALWAYS | {"counterfactual", "anchors"},
    "evaluate.counterfactual.images": CHECKED | ALWAYS | {"counterfactual", "anchors", "references"},
    "report": ALWAYS,
    "machine.device": CHECKED | TRAINED | ON_IMAGES,
    "machine.devices": TRAINED,
    "machine.nodes": TRAINED,
    "machine.precision": TRAINED,
    "machine.threads": TRAINED | ON_IMAGES | ON_CODES | ANCHORS,
    "machine.workers": set(),
    "machine.compile": TRAINED,
    "machine.channels_last": TRAINED,
    "machine.tf32": TRAINED | ON_IMAGES,
    "machine.cudnn_benchmark": TRAINED,
    "machine.checkpoint_minutes": set(),
    "machine.array_gib": {"prepare"},
}


def leaves(values: dict, above: str = "") -> list[str]:
    """The dotted keys of all values that are no mapping."""
    found = []
    for key, value in values.items():
        found += leaves(value, f"{above}{key}.") if isinstance(value, dict) else [f"{above}{key}"]
    return found


LEAVES = leaves(COMMITTED)


def covers(pattern: str, key: str) -> bool:
    """Whether a key is the pattern or lies below it; * stands for any one name."""
    parts, names = pattern.split("."), key.split(".")
    return len(parts) <= len(names) and all(part in ("*", name) for part, name in zip(parts, names, strict=False))


def promise(key: str) -> str:
    """The longest pattern that covers a key."""
    known = [pattern for pattern in OUTDATED if covers(pattern, key)]
    assert known, f"say above which stages a change of {key} outdates"
    return max(known, key=lambda pattern: pattern.count("."))


def place_of(stage: Stage, value: str | None = None):
    """The place whose fields are their own names in capitals, or all the same."""
    return stage.place(*(value or axis.upper() for axis in stage.axes))


def declared(key: str) -> set[str]:
    return {name for name, stage in STAGES.items() if any(covers(own, key) for own in stage.keys(place_of(stage, "*")))}


@pytest.mark.parametrize("pattern", OUTDATED)
def test_every_key_outdates_the_stages_that_it_should(pattern):
    keys = [key for key in LEAVES if promise(key) == pattern]
    assert keys, "no such key in params.yaml"
    assert {key: declared(key) for key in keys} == dict.fromkeys(keys, OUTDATED[pattern])


def test_another_import_outdates_what_another_training_would():
    assert declared("base.from") == OUTDATED["base"]
    assert IMPORTED_BASE in STAGES["base"].reads(Repeat("DATASET", "SEED"))
    assert any(IMPORTED_BASE.is_relative_to(path) for path in STAGES["code"].writes(Whole()))


def test_those_that_work_on_the_device_are_those_that_its_settings_outdate():
    """All others run on the CPU, beside stages that hold the GPUs."""
    assert {name for name, stage in STAGES.items() if stage.on_device} == TRAINED | ON_IMAGES
    assert declared("machine.device") - CHECKED == TRAINED | ON_IMAGES


@pytest.mark.parametrize("name", STAGES)
def test_every_declared_key_is_there(name):
    stage = STAGES[name]
    assert [own for own in stage.keys(place_of(stage, "*")) if not any(covers(own, key) for key in LEAVES)] == []


@pytest.mark.parametrize(
    ("key", "stage"),
    [
        ("evaluate.counterfactual.oracle_accuracy", "oracle"),
        ("evaluate.counterfactual.images", "oracle"),
        *(("machine.workers", name) for name in STAGES),
    ],
)
def test_what_cannot_change_a_number_outdates_nothing(key, stage):
    assert stage not in declared(key)


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_outdated_by_its_own_data_set_and_method_alone(name):
    stage = STAGES[name]
    for key in stage.keys(place_of(stage)):
        section, _, rest = key.partition(".")
        if stage.axes and rest and section in ("budgets", "datasets", "methods"):
            assert rest.partition(".")[0] == ("METHOD" if section == "methods" else "DATASET")


def made(stage: Stage) -> list[Path]:
    place = place_of(stage)
    return [*stage.writes(place), *stage.results(place)]


def related(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_reads_another_one_writes_or_the_repository_holds(name):
    stage = STAGES[name]
    written = [path for other in STAGES.values() if other is not stage for path in made(other)]
    for path in stage.deps(place_of(stage)):
        assert any(related(path, out) for out in written) or (ROOT / path).exists(), path


@pytest.mark.parametrize("name", STAGES)
def test_no_stage_reads_what_it_writes(name):
    stage = STAGES[name]
    for path in stage.reads(place_of(stage)):
        assert not [out for out in made(stage) if related(path, out)]


def test_no_two_stages_write_one_path():
    written = [(path, name) for name, stage in STAGES.items() for path in made(stage)]
    twice = [(one, other) for one, a in written for other, b in written if a != b and related(one, other)]
    assert twice == []


@pytest.mark.parametrize("name", STAGES)
def test_places_differ_in_every_axis(name):
    """A path that lacks an axis would be written by several cells."""
    stage = STAGES[name]
    for axis in stage.axes:
        other = dataclasses.replace(place_of(stage), **{axis: "ANOTHER"})
        assert not set(made(stage)) & {*stage.writes(other), *stage.results(other)}


@pytest.mark.parametrize("name", STAGES)
def test_every_stage_waits_for_its_code(name):
    stage = STAGES[name]
    own = Path("runs", "code", "stages", f"{name}.json")
    assert (own in stage.deps(place_of(stage))) == (name != "code")


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_that_loads_a_method_waits_for_its_weights_and_its_code(name):
    stage, place = STAGES[name], place_of(STAGES[name])
    if name in ("encode", "reconstruct", "partway", "counterfactual"):
        assert {place.weights, place.code, place.repeat.base} <= set(stage.reads(place))


@pytest.mark.parametrize("name", STAGES)
def test_help_names_what_a_stage_reads_and_writes(name):
    stage, command = STAGES[name], stage_command(STAGES[name])
    words = command.get_help(Context(command)).split()
    place = place_of(stage)
    for told in (*stage.reads(place), *made(stage), *stage.keys(place)):
        assert str(told) in words
    looks = ["--check"] if stage.check else []
    assert [option.opts[0] for option in command.params] == [*(f"--{axis}" for axis in stage.axes), *looks]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_is_the_function_of_its_file(name):
    stage = STAGES[name]
    assert (stage.name, stage.run.__module__) == (name, f"diffrep.pipelines.stages.{name}")


def test_dvc_yaml_is_what_the_stages_declare():
    assert (ROOT / "dvc.yaml").read_text() == pipeline_file(), "run diffrep dvc-yaml"
