"""dvc.yaml, made of what the stages declare by `diffrep dvc-yaml`; a test holds the committed one against it."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import TextWrapper

from diffrep.pipelines import stages
from diffrep.pipelines.core.stage import Stage
from diffrep.pipelines.stages.report import METRICS, PLOTS

HEADING = """\
# What runs, made by `diffrep dvc-yaml` of what each file of pipelines/stages declares.
# `diffrep repro` runs independent stages side by side, `dvc repro` one by one; both give the same tables.
# runs/code holds hashes of the code that a stage or an adapter can import: an edit reruns what it can change.
# persist: a stage that fails leaves its old outputs where they are.

stages:
"""
WIDTH = 120


def pipeline_file() -> str:
    """The text of dvc.yaml."""
    entries = [*(stage_entry(stages.load(name)) for name in stages.STAGES), shown()]
    return HEADING + "\n\n".join(entries) + "\n"


def shown() -> str:
    """What `dvc metrics` and `dvc plots` look at."""
    plots = {path: ", ".join(f'{key}: "{text}"' for key, text in how.items()) for path, how in PLOTS.items()}
    return "\n".join([f"metrics: [{METRICS}]", "plots:", *(f"  - {path}: {{{how}}}" for path, how in plots.items())])


def stage_entry(stage: Stage) -> str:
    """The lines of one stage."""
    place = stage.place(*(f"${{item.{axis}}}" for axis in stage.axes))
    words = [f"diffrep {stage.name}", *(f"--{axis} ${{item.{axis}}}" for axis in stage.axes)]
    matrix = ", ".join(f'{axis}: "${{grid.{axis}}}"' for axis in stage.axes)
    how = "persist: true" if stage.cached else "cache: false, persist: true"
    outs = [out(path, how) for path in stage.writes(place)]
    outs += [out(path, "cache: false, persist: true") for path in stage.results(place)]
    lines = [
        f"  {stage.name}:",
        *([f"    matrix: {{{matrix}}}"] if matrix else []),
        f"    cmd: {' '.join(words)}",
        *listed("params", map(quoted, stage.keys(place))),
        *listed("deps", (quoted(str(path)) for path in stage.deps(place))),
        *listed("outs", outs),
    ]
    return "\n".join(lines)


def out(path: Path, how: str) -> str:
    """One output, and what DVC does with it."""
    return f"{{{quoted(str(path))}: {{{how}}}}}"


def quoted(text: str) -> str:
    """In quotes where YAML would take the braces for its own."""
    return f'"{text}"' if "$" in text else text


def listed(key: str, entries: Iterable[str]) -> list[str]:
    """A list on as few lines as it fits in; nothing where it is empty."""
    known = list(entries)
    start = f"    {key}: ["
    lines = TextWrapper(
        WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_long_words=False, break_on_hyphens=False
    )
    return lines.wrap(f"{', '.join(known)}]") if known else []
