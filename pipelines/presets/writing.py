"""The params.yaml of a preset: its values among settings of the suite's own, with a comment beside each key."""

from copy import deepcopy
from importlib.resources import files
from pathlib import Path
from textwrap import wrap

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.core.settings_text import WIDTH, dumped, fill
from diffrep.pipelines.presets.experiment import Values, fitted, name_of_data, sections
from diffrep.pipelines.presets.made_files import make
from diffrep.pipelines.presets.published import preset, unbuilt
from diffrep.pipelines.presets.tiny import STEPS, tiny_preset

COMMON, TINY = "published_scale.yaml", "tiny.yaml"
SUITES = (
    "Chosen by the suite for this scale, because papers do not say it: oracle, evaluate but for the steps of decoding "
    "and inverting, report, machine, and log_every, checkpoint_every and valid_images of all trainings."
)
HELD_OUT = "Images are held out to choose and judge by, also where all were learned from as published."
SMALL = (
    "At its smallest: the same kinds of networks with few channels, few steps, pictures made for it in data/made. Its "
    "numbers mean nothing."
)


def params_text(name: str, *, tiny: bool = False) -> str:
    """The whole of a preset as a params.yaml; UserError with the nearest name when there is none.

    tiny  the preset at its smallest, with made files (tiny.py, made_files.py)
    """
    published = preset(name)
    values = tiny_preset(published) if tiny else published
    whole = template()
    fill(whole, sections(name, values, STEPS) if tiny else sections(name, values))
    if tiny:
        fill(whole, parsed_settings(read(TINY), TINY))
    fill(whole, fitted(whole, name_of_data(name)))
    remark(whole, name, values)
    return "\n".join([*header(name, published, tiny), dumped(whole)])


def make_files(name: str, folder: Path) -> None:
    """The files below `folder` that the preset at its smallest reads."""
    make(tiny_preset(preset(name))["data"]["dataset"], folder)


def tell_unbuilt(name: str) -> None:
    """Print what of the preset's published training its runs do without, if anything."""
    if words := unbuilt(name):
        print(words)


def read(file: str) -> str:
    """A file beside this one."""
    return files("diffrep.pipelines").joinpath("presets", file).read_text()


def template() -> CommentedMap:
    """The settings of the suite's own, with their comments; what is alike there is written out."""
    whole = YAML().load(read(COMMON))
    for name in whole:
        whole[name] = deepcopy(whole[name])
    return whole


def remark(whole: CommentedMap, name: str, values: Values) -> None:
    """Say beside keys what of them is neither the preset's nor alike for all presets."""
    dataset = name_of_data(name)
    adapter = values["data"]["dataset"]["adapter"]
    told = values["data"].get("made", f"what to put where: diffrep datasets {adapter}")
    whole["datasets"].yaml_add_eol_comment(told, dataset)
    if "base" not in values:
        unused = "no row of this preset stands on one: a small one takes one step, for the stage to be there"
        whole["base"].yaml_add_eol_comment(unused, "network")
    whole["budgets"].fa.set_block_style()
    unknown = "autoencoder" in values and values["budgets"]["autoencoder"]["steps"] is None
    of_autoencoder = "; of the autoencoder none are published: as many as its first row's" if unknown else ""
    whole["budgets"].yaml_add_eol_comment(f"optimiser steps; of the oracle: the suite's{of_autoencoder}", dataset)
    whole["budgets"][dataset].fa.set_block_style()
    others = "the first row's; what other rows have otherwise stands in their own section, under `training`"
    whole.yaml_add_eol_comment(others, "train")


def header(name: str, published: Values, tiny: bool) -> list[str]:
    """What stands above the sections: where the values come from, and what of the preset is no setting."""
    data = published["data"]
    depth, height, width = published["image_shape"]
    facts = (
        f"{name}: {published['paper']}. {data['name']}: {data['images']:,} images of "
        f"{height} x {width} pixels and {depth} channels; crop as published: {data['crop']}; values: {data['values']}. "
        "A key that nothing knows, or that is missing, is an error that names it."
    )
    suites = SMALL if tiny else f"{SUITES} {told_steps(published['evaluate'])} {HELD_OUT}"
    return [
        f"# {line}" for text in (facts, unbuilt(name), suites) for line in wrap(text, WIDTH - 2, break_on_hyphens=False)
    ]


def told_steps(published: dict[str, int | None]) -> str:
    """Which steps of decoding and inverting are published."""
    known = ", ".join(f"{key} {value}" for key, value in published.items() if value is not None)
    unknown = " and ".join(key for key, value in published.items() if value is None)
    return f"{f'As published: {known}.' if known else ''}{f' Not published: {unknown}.' if unknown else ''}".strip()
