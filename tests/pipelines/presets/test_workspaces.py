"""Every preset as a params.yaml: nothing that is published is lost, every section is one that its class takes."""

from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from diffrep.datasets import DATASETS
from diffrep.pipelines.core.arguments import arguments
from diffrep.pipelines.core.names import lookup
from diffrep.pipelines.core.params import as_yaml, parsed
from diffrep.pipelines.core.settings_file import parsed_settings
from diffrep.pipelines.core.trainings import SHARED, training_of
from diffrep.pipelines.presets.dry_run import differences
from diffrep.pipelines.presets.experiment import name_of_data
from diffrep.pipelines.presets.presets import params_rows, preset_rows
from diffrep.pipelines.presets.published import published, training_words, unbuilt
from diffrep.pipelines.presets.tiny import tiny_preset
from diffrep.pipelines.presets.writing import header, params_text, tell_unbuilt
from diffrep.pipelines.trained import buildable
from diffrep.pipelines.trained.adapters import expect_adapters
from diffrep.pipelines.trained.buildable import expect_buildable, networks, total
from diffrep.pipelines.trained.limits import demands
from diffrep.pipelines.trained.pretrained import NEEDS

FACTS = (
    "paper",
    "unbuilt",
    "image_shape",
    "parameters",
)  # of a preset; what is held against the networks, and no setting
DATA_FACTS = ("name", "images", "crop", "values")  # of its `data`; `dataset` says them in the words of a reader

PRESETS = published()
ALL = pytest.mark.parametrize("name", PRESETS)
BOTH = pytest.mark.parametrize("tiny", [False, True], ids=["whole", "tiny"])
OFFICIAL = {  # images of the splits that the readers take whole where a count is 0
    "celeba64": (162_770, 19_867, 19_962),
    "celebahq128": (24_183, 2_993, 2_824),
    "ffhq128": (55_000, 5_000, 10_000),
    "ffhq256": (55_000, 5_000, 10_000),
    "cifar10": (45_000, 5_000, 10_000),
    "cifar100": (45_000, 5_000, 10_000),
    "mini_imagenet": (45_000, 5_000, 10_000),
}
STEPS = ("decode_steps", "invert_steps")
SECTIONS = {need: f"{need}.network" for need in NEEDS}  # that a row is built of, where it is no method


@cache
def text(name, tiny=False):
    return params_text(name, tiny=tiny)


@cache
def written(name, tiny=False):
    return parsed(parsed_settings(text(name, tiny), name))


def expect_all_rows(name, values, params):
    """Every number of a preset's rows, and of what they stand on, is the one that the pipeline trains with."""
    dataset = name_of_data(name)
    assert params.grid.dataset == (dataset,)
    assert params.grid.method == tuple(values["methods"])
    for row, section in values["methods"].items():
        assert params.adapter("methods", row) == section.get("adapter", row)
        assert params.methods[row].settings == {key: value for key, value in section.items() if key != "adapter"}
    for need in {*values} & {*SHARED}:
        assert getattr(params, need).network == values[need]["network"]
    for row in values["budgets"]:
        training, words = training_of(params, dataset, row), training_words(values, row)
        for word, value in words.items():
            found = training.steps if word == "steps" else as_yaml(getattr(training.settings, word))
            assert found == value or (word == "steps" and value is None), f"{row}: {word}"
        for word in {"parts", "unaveraged"} - {*words}:
            assert not getattr(training.settings, word)


def expect_all_else(values, params, dataset):
    """Its data set, and the steps of decoding and inverting."""
    section = values["data"]["dataset"]
    assert {"adapter": params.adapter("datasets", dataset), **params.datasets[dataset].settings} == section
    for key in STEPS:
        found = {getattr(params.evaluate.reconstruct, key), getattr(params.evaluate.counterfactual, key)}
        assert len(found) == 1
        assert values["evaluate"][key] in (*found, None)


def expect_all_counts(name, built):
    """Of every row of the preset the counts of parameters that its source states."""
    rows = {SECTIONS.get(row.name, f"methods.{row.name}"): row for row in preset_rows(name)}
    assert {*rows} <= {*built}
    for section, row in rows.items():
        assert row.stated
        assert differences(row, built[section]) == []


@ALL
@BOTH
def test_every_value_has_its_word(name, tiny):
    values = tiny_preset(PRESETS[name]) if tiny else PRESETS[name]
    expect_all_rows(name, values, written(name, tiny))
    expect_all_else(values, written(name, tiny), name_of_data(name))


@ALL
def test_no_key_is_passed_over(name):
    """What the two functions above look at, and what is declared to be no setting, are all that a preset has."""
    values = PRESETS[name]
    assert {*values, "unbuilt"} - {"base", "autoencoder"} == {*FACTS, "data", "methods", "budgets", "evaluate"}
    assert {*values["data"]} == {*DATA_FACTS, "dataset", "flip"}
    assert {*values["evaluate"]} == {*STEPS}
    assert all({*values[need]} == {"network"} for need in {*values} & {*SHARED})
    assert all(
        {"images", *training_words(values, row)} == {*budget, "flip"} for row, budget in values["budgets"].items()
    )


@ALL
def test_facts_that_are_no_settings_stand_above(name):
    values = PRESETS[name]
    above = " ".join(line.removeprefix("# ") for line in header(name, values, tiny=False))
    assert text(name).startswith(header(name, values, tiny=False)[0])
    for fact in (values["paper"], values["data"]["name"], values["data"]["crop"], f"{values['data']['images']:,}"):
        assert fact in above


@ALL
@BOTH
def test_what_is_published_and_not_built_is_told(name, tiny):
    above = " ".join(line.removeprefix("# ") for line in text(name, tiny).splitlines() if line.startswith("# "))
    assert (
        bool(unbuilt(name)) == ("unbuilt" in PRESETS[name]) == name.startswith(("drl-", "encdiff-", "disdis-", "dbae-"))
    )
    assert unbuilt(name) in above
    crop = PRESETS[name]["data"]["crop"]
    assert all(word in unbuilt(name) for word in ("RandAugment", "Cutout", "reflected") if word in crop)
    assert ("LPIPS" in unbuilt(name)) == ("autoencoder" in PRESETS[name])


def test_it_is_printed_as_a_preset_is_written_down(capsys):
    tell_unbuilt("drl-cifar10")
    tell_unbuilt("pdae-celeba64")
    assert capsys.readouterr().out == f"{unbuilt('drl-cifar10')}\n"


@ALL
def test_networks_are_those_of_the_preset(name, monkeypatch):
    """Built through params.yaml they are as large as the dry run's, which holds them against what papers state."""

    class Images:
        image_shape = tuple(PRESETS[name]["image_shape"])

    monkeypatch.setattr("diffrep.pipelines.presets.presets.data_source", lambda params, dataset: Images)
    found = {row.name: row for row in params_rows(written(name), name_of_data(name))}
    for row in preset_rows(name):
        assert (found[row.name].cls, found[row.name].given) == (row.cls, row.given)
        assert found[row.name].supplied == row.supplied
        assert found[row.name].image_shape == row.image_shape


@ALL
@BOTH
def test_adapters_take_their_sections_and_networks_can_be_built_as_stated(name, tiny, monkeypatch):
    params, dataset = written(name, tiny), name_of_data(name)
    values = tiny_preset(PRESETS[name]) if tiny else PRESETS[name]
    built: list[Any] = []
    monkeypatch.setattr(buildable, "networks", lambda *given: (built.append(each) or each for each in networks(*given)))
    expect_adapters(params)
    cls = lookup(DATASETS, params.adapter("datasets", dataset), "data set")
    assert {*params.datasets[dataset].settings} <= {*arguments(cls, dataset, params.datasets[dataset].settings)}
    monkeypatch.setattr(buildable, "memory", lambda device: 2**40)
    expect_buildable(params, dataset, tuple(values["image_shape"]))
    if tiny:
        assert max(total(network) for _, network in built) < 1_000_000
    else:
        expect_all_counts(name, dict(built))


@ALL
def test_no_setting_asks_for_more_than_the_published_data_have(name):
    dataset = name_of_data(name)
    section = PRESETS[name]["data"]["dataset"]
    counts = OFFICIAL.get(dataset, (section["train"], section["valid"], section["test"]))
    found = dict(zip(("train", "valid", "test"), counts, strict=True))
    has_factors = bool(getattr(lookup(DATASETS, section["adapter"], "data set"), "factor_names", ()))
    asked = demands(written(name), dataset, found, has_factors)
    assert [demand for demand in asked if not demand.least <= demand.asked <= demand.most] == []


@ALL
def test_a_row_is_the_reference(name):
    params = written(name)
    assert params.report.reference in params.grid.method


def test_rows_that_are_trained_alike_have_nothing_of_their_own():
    own = {row: section.training for row, section in written("diti-celeba64").methods.items()}
    assert {row for row, training in own.items() if training} == {"diti_stopgrad", "pdae"}
    assert own["pdae"].model_fields_set == {"learning_rate"}
    assert own["diti_stopgrad"].model_fields_set == {"steps"}


def test_what_the_suite_chose_is_told():
    found = text("encdiff-shapes3d")
    assert "of the autoencoder none are published" in found
    assert "Not published: invert_steps." in " ".join(line[2:] for line in found.splitlines() if line.startswith("# "))
    assert "no row of this preset stands on one" in found
    assert "no row of this preset stands on one" not in text("pdae-celeba64")


@ALL
@BOTH
def test_it_is_written_to_be_read(name, tiny):
    """An empty line before each section, no alias, no line much wider than a page."""
    lines = text(name, tiny).splitlines()
    assert not [line for line in lines if len(line) > 140]
    assert all(not lines[i - 1] for i, line in enumerate(lines) if line[:1].isalpha())
    assert "&id" not in text(name, tiny)
    assert YAML(typ="safe").load(text(name, tiny)).keys() == as_yaml(written(name, tiny)).keys()
