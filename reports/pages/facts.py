"""What was run and on which data, as names with texts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from diffrep.pipelines.core.files import read_json
from diffrep.pipelines.core.paths import Shared
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study
from diffrep.reports.rows.written import written

VERSIONS = ("python", "torch", "diffusers", "numpy", "sklearn", "platform", "device", "threads")


def study_facts(results: list[ResultFile], study: Study) -> list[tuple[str, str]]:
    """What was run: preset, budget, sample sizes, seeds, data, versions, as (name, text)."""
    records = [result.record for result in results]
    commits = distinct((result.cost for result in results), "suite_commit")
    trained, base = (
        [r.record for r in results if r.stage == stage and r.record.get("steps")] for stage in ("train", "base")
    )
    lines = [
        ("Preset", distinct(records, "preset")),
        ("Training seeds", ", ".join(map(str, study.seeds))),
        ("Optimiser steps", distinct(trained, "steps")),
        ("Optimiser steps, base model", distinct(base, "steps")),
        *((f"Samples, {stage}", samples(results, stage)) for stage in study.stages),
        *joint_facts(results),
        ("Data checksum (sha256)", distinct(records, "data_sha256")[:16]),
        ("Suite commit", commits),
        ("Versions", ", ".join(f"{key} {text}" for key in VERSIONS if (text := distinct(records, key)))),
    ]
    return [(name, text) for name, text in lines if text]


def joint_facts(results: list[ResultFile]) -> list[tuple[str, str]]:
    """What goes together in training images and what is held out of them, as (name, text); nothing of even data."""
    joint: dict[str, Any] = next((found for r in results if (found := r.notes.get("joint"))), {})
    pairs = [
        f"{' and '.join(p['factors'])}: asked {p['asked']:g}, training {written(p['train'], 2)}, "
        f"test {written(p['test'], 2)}"
        for p in joint.get("pairs") or []
    ]
    held = [" with ".join(f"{name} {value}" for name, value in one.items()) for one in joint.get("held_out") or []]
    shown = (joint.get("images_held_out") or {}).get("test", 0)
    return [
        *([("Strength of factors that go together", "; ".join(pairs))] if pairs else []),
        *(
            [("Held out of training", f"{len(held)}, shown by {shown:,} test images: {'; '.join(held)}")]
            if held
            else []
        ),
    ]


def distinct(records: Iterable[dict[str, Any]], key: str) -> str:
    """The values that stand under `key`, each once; null and empty text are none."""
    values = dict.fromkeys(count(record[key]) for record in records if record.get(key) not in (None, ""))
    return " / ".join(sorted(values))


def samples(results: list[ResultFile], stage: str) -> str:
    """How many images, pairs and the like a stage took for the methods."""
    own = [r for r in results if r.stage == stage and r.kind == "method"]
    names = sorted({name for r in own for name in r.metrics if name.startswith("n_")})
    return ", ".join(f"{distinct((r.record for r in own), name)} {name.removeprefix('n_')}" for name in names)


def read_card(root: Path, dataset: str) -> dict[str, Any]:
    """The data card of a prepared data set; empty where the data are not on this machine."""
    path = root / Shared(dataset).data / "card.json"
    return read_json(path) if path.exists() else {}


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
    return [(name, plain(value)) for name, value in lines if value]


def plain(value: Any) -> str:
    """A value of a JSON file as text: lists and mappings with commas, floats with four digits."""
    if isinstance(value, dict):
        return ", ".join(f"{key} {plain(inner)}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    return f"{value:.4g}" if isinstance(value, float) else count(value)


def count(value: Any) -> str:
    """A whole number, in whichever type a result holds it, with commas between thousands; anything else as it is."""
    return f"{int(value):,}" if isinstance(value, int | float) and float(value).is_integer() else str(value)
