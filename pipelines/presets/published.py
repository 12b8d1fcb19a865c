"""The settings as published, a preset for each paper and data set: methods/published.yaml, whose head explains them."""

from copy import deepcopy
from functools import cache
from importlib.resources import files
from typing import Any

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.settings_file import parsed_settings

FILE = "published.yaml"


def published() -> dict[str, dict[str, Any]]:
    """Every preset by name."""
    return {name: preset(name) for name in preset_names()}


def preset_names() -> list[str]:
    """The names of all presets; what begins with a dot is shared by several."""
    return [name for name in content() if not name.startswith(".")]


@cache
def content() -> dict[str, Any]:
    """All that the file says, not to be changed."""
    sections: dict[str, Any] = parsed_settings(files("diffrep.methods").joinpath(FILE).read_text(), FILE)
    return sections


def preset(name: str) -> dict[str, Any]:
    """One preset; UserError with the nearest name when there is none."""
    expect_preset(name)
    found: dict[str, Any] = deepcopy(content()[name])
    return found


def expect_preset(name: str) -> None:
    """Raise UserError, with the nearest name, where there is no preset of this one."""
    if name not in preset_names():
        raise UserError(f"no preset {name!r}: {hint(name, preset_names())}")


def unbuilt(name: str) -> str:
    """What of a preset's published training its runs do without, in a line; empty where that is nothing."""
    lacking = preset(name).get("unbuilt")
    return f"Published for {name}, but not built here: {lacking}." if lacking else ""


def training_words(values: dict[str, Any], row: str) -> dict[str, Any]:
    """{word of a row's `training`: value}, all that is said of a row of a preset, or of what rows stand on."""
    budget = {word: value for word, value in values["budgets"][row].items() if word != "images"}
    return {"flip": values["data"]["flip"], **budget}
