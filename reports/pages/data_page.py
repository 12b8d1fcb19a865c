"""One page per data set: what it looks like, where it comes from, and how much there is of everything."""

from pathlib import Path
from typing import Any

import yaml

from diffrep.reports.pages.dataset import DatasetResults
from diffrep.reports.pages.environment import environment
from diffrep.reports.pages.facts import card_facts, joint_facts, plain, read_card, study_facts
from diffrep.reports.pages.front_page import Front, shown_front
from diffrep.reports.pages.strips import strip
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study

SPLITS = {"train": "training", "valid": "validation", "test": "test"}
OF_AUTHORS = {
    "citation": "Cite",
    "licence": "Licence, as its authors say it",
    "size": "As published",
    "place": "What to put where",
}
OF_FILES = {"source": "What was read", "source_checksum": "Checksum of what was read", "licence": "Licence on the card"}
DIGITS = 3  # of shares


def render(root: Path, data: DatasetResults, front: Front | None, drawn: dict[str, bytes], study: Study) -> str:
    """The page of a data set as text: what it answers, and what the stage `prepare` tells of it or is left to say.

    front  its answers; drawn: its figures by their names
    """
    name, result = data.name, data.prepared
    notes = result.notes if result else {}
    return environment().get_template("data.html").render(
        name=name,
        title=(notes.get("about") or {}).get("title") or name,
        facts_given=facts_of(result) if result else card_facts(read_card(root, name)),
        sheet=strip(data.sheet, "Some of its images") if result and data.sheet else None,
        prepared=result is not None,
        splits=[words for words in SPLITS.values()],
        attributes=attribute_lines(notes.get("attributes") or {}),
        factors=(notes.get("factors") or {}).items(),
        targets=[(key, plain(t["mean"]), plain(t["sd"])) for key, t in (notes.get("targets") or {}).items()],
        **shown_front(front, drawn),
        run=study_facts(data.results, study),
        settings=yaml.safe_dump(dict(study.shared_settings), sort_keys=False).strip() if study.shared_settings else "",
        study=study,
        root="../",
    )  # fmt: skip


def facts_of(result: ResultFile) -> list[tuple[str, str]]:
    """Where the data come from and how many images there are, as (name, text)."""
    notes, about = result.notes, result.notes.get("about") or {}
    alike = notes.get("alike") or {}
    numbers = [(f"Images, {words}", result.record.get(f"n_{split}")) for split, words in SPLITS.items()]
    shape = " × ".join(map(str, notes.get("image_shape") or []))
    lines = [
        *((title, about.get(key)) for key, title in OF_AUTHORS.items()),
        *((title, notes.get(key)) for key, title in OF_FILES.items() if notes.get(key) != about.get(key)),
        *((title, value) for title, value in numbers),
        ("Channels × height × width", shape),
        *joint_facts([result]),
        *((f"Attributes alike in all {words} images", alike.get(split)) for split, words in SPLITS.items()),
        ("Data checksum (sha256)", str(result.record.get("data_sha256") or "")[:16]),
    ]
    return [(title, plain(value)) for title, value in lines if value]


def attribute_lines(attributes: dict[str, dict[str, Any]]) -> list[tuple[str, str, str, list[float]]]:
    """(name, group, what it was taken from, the share of images that have it in each split)."""
    return [
        (name, str(known["group"]), str(known["source"]), [round(float(known[split]), DIGITS) for split in SPLITS])
        for name, known in attributes.items()
    ]
