"""What the name of a preset stands for, alike in params.yaml and in `diffrep score`."""

from typing import Any

from diffrep.metrics.catalogue import METRICS, PRESETS
from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.sections import Evaluate

ARGUMENTS = {  # key below evaluate -> metric of `diffrep score` and its argument
    "disentangle.votes_train": ("factor_vae", "train_votes"),
    "disentangle.votes_test": ("factor_vae", "test_votes"),
    "disentangle.rounds": ("dci", "rounds"),
    "probe.steps": ("probe", "steps"),
    "probe.seeds": ("probe", "probes"),
}


def stands_for(preset: str) -> dict[str, int]:
    """{key below evaluate: value} of a preset of `diffrep score`; empty for a name of one's own."""
    if preset not in PRESETS:
        return {}
    rows = {f"disentangle.{part}": count for part, count in PRESETS[preset]._asdict().items()}
    return rows | {key: _argument(name, argument, preset) for key, (name, argument) in ARGUMENTS.items()}


def _argument(name: str, argument: str, preset: str) -> Any:
    own = METRICS[name].arguments.get(preset, {})  # the function itself is loaded for its defaults alone
    return own[argument] if argument in own else METRICS[name].defaults()[argument]


def expect_preset(evaluate: Evaluate) -> None:
    """Raise UserError where settings stand under the name of a preset that means others."""
    for key, value in stands_for(evaluate.preset).items():
        section, _, name = key.partition(".")
        given = getattr(getattr(evaluate, section), name)
        if given != value:
            raise UserError(
                f"params.yaml: evaluate.{key} is {given}, but preset {evaluate.preset!r} means {value}: "
                "give evaluate.preset a name of your own, under which these numbers stand"
            )
