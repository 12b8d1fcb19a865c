"""The committed params.yaml with something changed in it."""

import copy
from pathlib import Path

import yaml

from diffrep.pipelines.core.params import Params, parsed
from diffrep.pipelines.trained.adapters import expect_adapters

ROOT = Path(__file__).parents[3]
COMMITTED = yaml.safe_load((ROOT / "params.yaml").read_text())
GONE = object()


def changed(path: str, value) -> dict:
    """The committed parameters with another value, or none, at a dotted path."""
    params = copy.deepcopy(COMMITTED)
    *above, last = [int(key) if key.isdigit() else key for key in path.split(".")]
    place = params
    for key in above:
        place = place[key]
    if value is GONE:
        del place[last]
    else:
        place[last] = value
    return params


def checked(values: dict) -> Params:
    """The params of these values, as every command reads them."""
    params = parsed(values)
    expect_adapters(params)
    return params
