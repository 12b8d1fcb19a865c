"""A value of the right type that no stage could work with is one line that names its key and what would do."""

import operator
from functools import reduce

import pytest

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.params import parsed

COUNTS = (  # at least 1
    *(f"budgets.shapes3d_rendered.{stage}" for stage in ("base", "autoencoder", "oracle", "method")),
    *(f"train.{key}" for key in ("batch_size", "log_every", "checkpoint_every", "valid_images")),
    *(f"evaluate.{key}" for key in ("batch_size", "probe.steps", "probe.seeds")),
    *(f"evaluate.disentangle.{key}" for key in ("votes_train", "votes_test", "rounds")),
    *(f"evaluate.reconstruct.{key}" for key in ("decode_steps", "invert_steps")),
    *(f"evaluate.counterfactual.{key}" for key in ("decode_steps", "invert_steps")),
    *(f"evaluate.counterfactual.{key}" for key in ("probe_dims", "interpolated", "composed")),
    *(f"machine.{key}" for key in ("devices", "nodes", "threads")),
)
SEVERAL = (  # at least 2
    *("evaluate.diagnose.images", "evaluate.diagnose.times", "evaluate.reconstruct.images"),
    *("evaluate.counterfactual.pairs", "evaluate.counterfactual.images"),
    *("evaluate.disentangle.train", "evaluate.disentangle.test"),
)
FROM_ZERO = (  # 0 is fine
    *("train.warmup", "train.weight_decay", "train.gradient_clip", "machine.workers"),
    *(
        "evaluate.counterfactual.random_parts",
        "evaluate.counterfactual.mask_dims",
        "oracle.seed",
        "evaluate.seed",
        "evaluate.counterfactual.oracle_accuracy",
    ),
)
CHOICES = {
    "evaluate.disentangle.dci": (["boosting"], ["permutation", "boosting"]),
    "train.schedule": ("constant", "constant_with_warmup", "linear", "cosine", "cosine_to_a_tenth"),
    "train.weights": ("ema", "raw"),
    "train.precision": ("32-true", "16-mixed", "bf16-mixed"),
    "machine.device": ("cpu", "gpu"),
    "machine.precision": ("32-true", "16-mixed", "bf16-mixed"),
}
MISTAKES = {
    "no length of a batch": ("base.training.batch_size", 0, "is 0, which must be at least 1"),
    "no speed of learning": ("train.learning_rate", 0.0, "is 0.0, which must be above 0 and at most 1"),
    "not a number": ("train.learning_rate", float("nan"), "is nan, which must be above 0 and at most 1"),
    "no end": ("train.gradient_clip", float("inf"), "is inf, which must be at least 0 and finite"),
    "a moment without end": ("train.betas", [0.9, 1.0], "[1] is 1.0, which must be at least 0 and below 1"),
    "an average of nothing": ("oracle.training.ema_decay", 1.0, "is 1.0, which must be at least 0 and below 1"),
    "better than right": ("evaluate.counterfactual.oracle_accuracy", 98, "is 98, which must be from 0 to 1"),
    "no part of a training": ("evaluate.partway", [0.5, 1], "[1] is 1, which must be above 0 and below 1"),
    "nothing of a training": ("evaluate.partway", [0.0], "[0] is 0.0, which must be above 0 and below 1"),
    "backwards": ("evaluate.partway", [0.5, 0.25], "is [0.5, 0.25], which must be rising, none twice"),
    "a part twice": ("evaluate.partway", [0.5, 0.5], "is [0.5, 0.5], which must be rising, none twice"),
    "one part that is no list": ("evaluate.partway", 0.5, "is 0.5, which is not a list"),
    "a seed below zero": ("grid.seed", [0, -1], "[1] is -1, which must be at least 0"),
    "no importance": ("evaluate.disentangle.dci", [], "is [], which must be boosting, permutation or both"),
    "an importance twice": (
        "evaluate.disentangle.dci",
        ["boosting", "boosting"],
        "is ['boosting', 'boosting'], which must be boosting, permutation or both",
    ),
    "a name beyond a line": (
        "machine.device",
        "x" * 500,
        f"is '{'x' * 47}...{'x' * 48}': there are cpu, gpu",
    ),
    "a network without width": ("oracle.channels", [32, 0], "[1] is 0, which must be at least 1"),
    "a misspelt choice": (
        "evaluate.disentangle.dci",
        ["permutations"],
        "[0] is 'permutations': did you mean 'permutation'?",
    ),
    "nothing like a choice": (
        "machine.precision",
        "half",
        "is 'half': there are 16-mixed, 32-true, bf16-mixed",
    ),
    "a device to be guessed": ("machine.device", "auto", "is 'auto': there are cpu, gpu"),
    "a number for a choice": ("machine.device", 0, "is 0: there are cpu, gpu"),
}

MOST = {
    **{f"evaluate.disentangle.{key}": 1_000_000 for key in ("votes_train", "votes_test")},
    **{f"machine.{key}": 1024 for key in ("devices", "nodes", "threads", "workers")},
    **{"evaluate.disentangle.rounds": 1000, "evaluate.probe.steps": 1_000_000, "evaluate.probe.seeds": 1000},
    **{"evaluate.counterfactual.random_parts": 1000, "train.weight_decay": 10, "train.learning_rate": 1},
}


def put(params: dict, path: str, value) -> dict:
    *above, last = path.split(".")
    reduce(operator.getitem, above, params)[last] = value
    return params


def mistake(params: dict) -> str:
    with pytest.raises(UserError) as caught:
        parsed(params)
    return str(caught.value)


@pytest.mark.parametrize(("path", "value", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_wrong_value_is_told_with_its_key(small_values, path, value, told):
    space = "" if told.startswith("[") else " "
    assert mistake(put(small_values, path, value)) == f"params.yaml: {path}{space}{told}"


@pytest.mark.parametrize("path", COUNTS)
def test_one_is_the_least_of_what_is_counted(small_values, path):
    parsed(put(small_values, path, 1))
    assert mistake(put(small_values, path, 0)) == f"params.yaml: {path} is 0, which must be at least 1"


@pytest.mark.parametrize("path", SEVERAL)
def test_two_is_the_least_of_what_is_compared(small_values, path):
    parsed(put(small_values, path, 2))
    assert mistake(put(small_values, path, 1)) == f"params.yaml: {path} is 1, which must be at least 2"


@pytest.mark.parametrize("path", FROM_ZERO)
def test_zero_is_the_least_of_the_others(small_values, path):
    parsed(put(small_values, path, 0))
    assert mistake(put(small_values, path, -1)).startswith(f"params.yaml: {path} is -1, which must be ")


@pytest.mark.parametrize(("path", "value"), [(path, value) for path, values in CHOICES.items() for value in values])
def test_every_choice_is_taken(small_values, path, value):
    parsed(put(small_values, path, value))


@pytest.mark.parametrize("path", MOST)
def test_nobody_means_what_would_take_years(small_values, path):
    parsed(put(small_values, path, MOST[path]))
    assert mistake(put(small_values, path, MOST[path] + 1)).endswith(f"at most {MOST[path]}")
