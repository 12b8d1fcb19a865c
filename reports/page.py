"""The report page: one HTML file that opens offline."""

import base64
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from diffrep.reports.cost import Cost
from diffrep.reports.formats import Table
from diffrep.reports.load import STAGES, Result, read_json

FIGURES = {
    "groups": "Average precision over all attributes and by attribute group: a mark per seed, a bar at the mean; "
    "anchors are grey, the dotted line is what chance gives.",
    "exact": "Edits against the true counterfactual: the share of the needed change that was made, and the damage done "
    "where nothing had to change; a panel per kind of edit, a mark per training seed, anchors grey. No edit lies where "
    "the lines cross; further right and lower is better, and left of the line is worse than no edit.",
    "cost": "Average precision against what a seed cost, whiskers of one standard deviation over seeds.",
    "curves": "Training curves, a line per seed. Each method has its own loss: compare shapes, not heights. "
    "Validation is that of the averaged weights, which lag behind in short trainings.",
    "denoising": "Squared error of the image that a method sees in a noisy validation image, over the noise's time, "
    "given that image's own code, another image's, or the mean of all codes; mean over seeds. The number is code use: "
    "1 − own / another's, mean over the grey times. Where the three lines meet, the code changes nothing.",
    "attribute-loss": "When noise takes each factor: how often the base model's view of a noisy image is nearer to a "
    "twin that differs in this factor alone (0: all of the factor is left, 0.5: nothing). Fine factors change few "
    "pixels and go first. Dashed: what the distance of the twins alone foretells, were there no other images.",
    "factor-map": "Which part of a code tells which factor: mutual information of the part's best dimension, in "
    "shares of the factor's entropy. Blocks with times (DiTi and its kin) lie where they open, mean over seeds, and "
    "a diamond marks the time at which noise has half taken the factor: the block around it is where the method "
    "should keep the factor. Tokens (EncDiff) are those of the first seed, sorted by what they tell most of.",
    "attribute-map": "Which part of a code alone tells which attribute: lift of average precision over prevalence, "
    "linear least squares on the part's dimensions. Order of parts as in the map of factors.",
    "times": "Average precision on validation images of the codes of single times, a faint line per seed, a dot at "
    "each seed's best time; linear least squares, a little below the trained probe of the tables.",
}
VERSIONS = ("python", "torch", "diffusers", "numpy", "sklearn", "platform", "device", "threads")


def inline(png: bytes) -> str:
    """A PNG as a data address, so that the page needs no file beside it."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


def left_out(results: list[Result]) -> list[str]:
    """What the counterfactual stages or the oracle say of factors that no oracle could judge, each text once."""
    stages = [r for r in results if r.stage in ("oracle", "counterfactual") and r.notes.get("left_out")]
    return list(dict.fromkeys(_plain(r.notes["left_out"]) for r in stages))


def no_twins(results: list[Result]) -> str:
    """Why nobody measured when noise takes each factor; empty where somebody did."""
    measured = [r for r in results if r.stage == "attribute_loss" and "attribute_loss" in r.metrics]
    return "; ".join(r.reason("attribute_loss") for r in measured)


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return f"{value:.4g}" if isinstance(value, float) else _count(value)


def facts(results: list[Result], seeds: tuple[int, ...]) -> list[tuple[str, str]]:
    """What was run: preset, budget, sample sizes, seeds, data, versions, as (name, text)."""
    lines = [("Preset", _distinct(results, "preset")), ("Training seeds", ", ".join(map(str, seeds)))]
    for title, stage in (("Optimiser steps", "train"), ("Optimiser steps, base model", "base")):
        lines += [(title, _distinct([r for r in results if r.stage == stage and r.record.get("steps")], "steps"))]
    lines += [(f"Samples, {stage}", text) for stage in STAGES if (text := _samples(results, stage))]
    lines += [("Data checksum (sha256)", _distinct(results, "data_sha256")[:16])]
    lines += [("Suite commit", _distinct(results, "suite_commit"))]
    lines += [("Versions", ", ".join(f"{key} {text}" for key in VERSIONS if (text := _distinct(results, key))))]
    return [(name, text) for name, text in lines if text]


def _distinct(results: list[Result], key: str) -> str:
    values = dict.fromkeys(_count(r.record[key]) for r in results if r.record.get(key) not in (None, ""))
    return " / ".join(sorted(values))


def _count(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _samples(results: list[Result], stage: str) -> str:
    own = [r for r in results if r.stage == stage and r.kind == "method"]
    names = sorted({name for r in own for name in r.metrics if name.startswith("n_")})
    return ", ".join(f"{_distinct(own, name)} {name.removeprefix('n_')}" for name in names)


def card_facts(card: dict[str, Any]) -> list[tuple[str, str]]:
    """What the data card says that a reader wants to know first, as (name, text); nothing without a card."""
    if not card:
        return []
    lines = [(key.capitalize(), card.get(key)) for key in ("source", "licence", "counts")]
    lines += [("Image shape", " × ".join(map(str, card.get("image_shape") or [])))]
    names, sizes = card.get("factor_names") or [], card.get("factor_sizes") or []
    lines += [("Factors", ", ".join(f"{n} ({s})" for n, s in zip(names, sizes, strict=False)) or "none")]
    groups = list(card.get("attribute_groups") or [])
    tally = ", ".join(f"{group} {groups.count(group)}" for group in dict.fromkeys(groups))
    lines += [("Attributes", f"{len(groups)}: {tally}" if groups else None)]
    return [(name, _plain(value)) for name, value in lines if value]


def dataset_section(
    name: str, tables: list[Table], costs: list[Cost], figures: dict[str, bytes], results: list[Result]
) -> dict[str, Any]:
    """The parts of a data set's section that its results alone decide; build adds card and flags."""
    return {
        "name": name,
        "tables": tables,
        "costs": costs,
        "stages": [s for s in STAGES if any(s in cost.minutes for cost in costs)],
        "figures": [(name, FIGURES[name], inline(png)) for name, png in figures.items()],
        "left_out": left_out(results),
        "no_twins": no_twins(results),
        "oracle": [
            (k, _plain(v))
            for r in results
            if r.stage == "oracle"
            for k, v in r.metrics.items()
            if k.startswith("accuracy")
        ],
    }


def environment() -> Environment:
    """Where the pages' templates are; a name that a template lacks is an error."""
    loader = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def render(sections: list[dict[str, Any]], params: dict[str, Any], front: bytes | None) -> str:
    """The whole page as text: a dictionary per data set, the parsed params.yaml, and the picture that opens it."""
    shared = {key: params[key] for key in ("train", "evaluate") if key in params}
    settings = yaml.safe_dump(shared, sort_keys=False).strip()
    template = environment().get_template("page.html")
    return template.render(sections=sections, grid=params["grid"], settings=settings, front=front and inline(front))


def read_card(root: Path, dataset: str) -> dict[str, Any]:
    """The data card of a prepared data set; empty where the data are not on this machine."""
    path = root / "data" / dataset / "card.json"
    return read_json(path) if path.exists() else {}
