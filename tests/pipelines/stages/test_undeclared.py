"""A setting that a stage does not declare has no say in its numbers: all of them changed at once leave every file."""

from pathlib import Path

import pytest
from tiny_cells import ROOMS, study_values
from tiny_edits import write_oracle

from diffrep.pipelines import stages
from diffrep.pipelines.core.params import parsed, values_of
from diffrep.pipelines.core.stage import Stage

STAGES = [name for name in stages.STAGES if name not in ("code", "prepare", "report")]
AXES = {"dataset": ROOMS, "method": "pdae", "seed": 0}
EARLIER = {  # what must have run before, beside what the study holds
    "counterfactual": ("references",),
    "anchors": ("references", "code_size"),
    "drawn_anchors": ("code_size",),
}


def known() -> dict:
    """The study's values, with edits of few images."""
    values = study_values()
    values["evaluate"]["counterfactual"] |= {"pairs": 8, "images": 12, "interpolated": 2, "composed": 2}
    return values


def others(stage: Stage) -> dict:
    """The study's values with another value for everything in an evaluation, a report, and in reading ahead."""
    values, place = known(), place_of(stage)
    told = values_of(parsed(values), stage.keys(place))
    values["report"]["reference"] = "random"
    values["machine"]["workers"] = 1
    change(values["evaluate"], "evaluate", told)
    return values


def change(section: dict, path: str, told: dict) -> None:
    """Change every value below `path` that is not declared, in place."""
    for key, value in section.items():
        here = f"{path}.{key}"
        if any(here == own or here.startswith(f"{own}.") for own in told):
            continue
        if isinstance(value, dict):
            change(value, here, told)
        else:
            section[key] = other_value(value)


def other_value(value):
    """Another value of the same type that would do."""
    if isinstance(value, list):
        return value[:1]
    return f"{value} otherwise" if isinstance(value, str) else value / 2 if isinstance(value, float) else value + 2


def place_of(stage: Stage):
    return stage.place(*(AXES[axis] for axis in stage.axes))


def content(stage: Stage) -> dict[Path, bytes]:
    """All files that the stage has left, but what it cost."""
    roots = [*stage.writes(place_of(stage)), *stage.results(place_of(stage))]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*")) if file.is_file()]
    return {file: file.read_bytes() for file in files if file.name != "cost.json"}


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_does_not_declare_changes_none_of_its_files(project, name):
    stage = stages.load(name)
    if name == "counterfactual":
        write_oracle()
    for earlier in map(stages.load, EARLIER.get(name, ())):
        earlier.run(parsed(known()), place_of(earlier))
    stage.run(parsed(known()), place_of(stage))
    before = content(stage)
    stage.run(parsed(others(stage)), place_of(stage))
    assert before
    assert content(stage) == before
