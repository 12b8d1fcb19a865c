"""Whole params.yaml files by a name: `default` is the repository's own, and what others leave out is as there."""

from pathlib import Path

from diffrep.pipelines.core.errors import UserError
from diffrep.pipelines.core.names import hint
from diffrep.pipelines.core.params import Params, parsed
from diffrep.pipelines.core.settings_file import read_sections

PROFILES = Path(__file__).parents[1] / "profiles"


def profile_file(name: str) -> Path:
    """The file of a profile; UserError, with the nearest name, for one that there is not."""
    known = sorted(path.stem for path in PROFILES.glob("*.yaml"))
    if name not in known:
        raise UserError(f"no profile {name!r}: {hint(name, known)}")
    return PROFILES / f"{name}.yaml"


def default_params() -> Params:
    """The default grid's params, for what is asked in a folder that has none."""
    return parsed(read_sections(profile_file("default")))
