"""A preset as the sections of a params.yaml: every value under its word, what it does not say left to others."""

from math import inf
from typing import Any

from diffrep.pipelines.core.trainings import SHARED
from diffrep.pipelines.presets.published import training_words

OWN = ("parts", "unaveraged", "steps")  # words of a training that are never alike for all rows
REFERENCES = ("pdae", "diti_balanced")  # what the rows of a preset are compared with, the first of them that it has
CONTROLS = ("vae", "simsiam", "simclr", "ddae", "pca", "random")  # rows that no paper of ours is about
ORACLE = 20_000
Values = dict[str, Any]


def name_of_data(preset: str) -> str:
    """What a preset's data set is called: its second name."""
    return preset.partition("-")[2]


def sections(preset: str, values: Values, oracle: int = ORACLE) -> Values:
    """What a preset says, by section of params.yaml.

    oracle  steps of the network that judges edits, of which no preset says anything
    """
    dataset, rows = name_of_data(preset), list(values["methods"])
    trainings = {row: training_words(values, row) for row in values["budgets"]}
    first = trainings[rows[0]]
    shared = {word: value for word, value in first.items() if word not in OWN}
    stood_on = {
        need: {**values[need], "training": {word: v for word, v in trainings[need].items() if word != "steps"}}
        for need in SHARED
        if need in values
    }
    return {
        "grid": {"dataset": [dataset], "method": rows},
        "budgets": {dataset: budgets(trainings, first["steps"], oracle)},
        "datasets": {dataset: values["data"]["dataset"]},
        **stood_on,
        "train": shared,
        "methods": {
            row: {**method(values["methods"][row]), **own_training(trainings[row], {**shared, "steps": first["steps"]})}
            for row in rows
        },
        "evaluate": evaluation(values["evaluate"]),
        "report": {
            "reference": next((row for row in REFERENCES if row in rows), rows[0]),
            "controls": [row for row in rows if row in CONTROLS],
        },
    }


def method(section: Values) -> Values:
    """A row's section, with its adapter before all else."""
    return {key: section[key] for key in sorted(section, key=lambda key: key != "adapter")}


def budgets(trainings: dict[str, Values], method: int, oracle: int) -> dict[str, int]:
    """Steps of all networks, 1 of what no row stands on; where they are not published, as many as the first row's."""
    published = {need: words["steps"] or method for need, words in trainings.items() if need in SHARED}
    return {"base": 1, "autoencoder": 1, "oracle": oracle, "method": method} | published


def own_training(words: Values, shared: Values) -> Values:
    """{"training": what a row has otherwise than `train` and its budget}; empty where that is nothing."""
    own = {word: value for word, value in words.items() if word not in shared or shared[word] != value}
    return {"training": own} if own else {}


def evaluation(published: dict[str, int | None]) -> Values:
    """The published steps of decoding and inverting, for reconstructions and edits alike; none where there are none."""
    steps = {key: value for key, value in published.items() if value is not None}
    return {"reconstruct": steps, "counterfactual": steps}


def fitted(whole: Values, dataset: str) -> Values:
    """The settings of the suite's own that a small data set would be too small for, as many as its splits allow."""
    splits = whole["datasets"][dataset]
    valid, test = (splits[split] or inf for split in ("valid", "test"))  # 0: all of an official split, thousands
    asked, rows = whole["evaluate"]["disentangle"], {}
    if asked["train"] + asked["test"] > test:
        rows = {"train": int(test - test // 3), "test": int(test // 3)}
    judged = {"disentangle": rows}
    trainings = {name: {"training": held_out(whole[name]["training"], valid)} for name in SHARED}
    return {"evaluate": judged, "train": held_out(whole["train"], valid), **trainings}


def held_out(training: Values, valid: float) -> Values:
    """How many held-out images a validation can take."""
    return {"valid_images": int(min(training["valid_images"], valid))}
