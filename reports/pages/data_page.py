"""One page per data set: what it looks like, where it comes from, and how much there is of everything."""

from pathlib import Path
from typing import Any

from diffrep.pipelines.core.paths import CONTACT, Shared
from diffrep.reports.drawing.pictures import opened
from diffrep.reports.pages.environment import environment
from diffrep.reports.pages.facts import card_facts, plain, read_card
from diffrep.reports.pages.strips import strip
from diffrep.reports.reading.load import ResultFile
from diffrep.reports.reading.study import Study

STAGE = "prepare"
SPLITS = {"train": "training", "valid": "validation", "test": "test"}
OF_AUTHORS = {
    "citation": "Cite",
    "licence": "Licence, as its authors say it",
    "size": "As published",
    "place": "What to put where",
}
OF_FILES = {"source": "What was read", "source_checksum": "Checksum of what was read", "licence": "Licence on the card"}
DIGITS = 3  # of shares


def render(root: Path, name: str, results: list[ResultFile], study: Study) -> str:
    """The page of a data set as text, from the results of the stage `prepare`, or what is left to say without.

    results  those of the data set, of all rows
    """
    result = prepared(results)
    notes = result.notes if result else {}
    return environment().get_template("data.html").render(
        name=name,
        title=(notes.get("about") or {}).get("title") or name,
        facts_given=facts_of(result) if result else card_facts(read_card(root, name)),
        sheet=sheet(root, name) if result else None,
        prepared=result is not None,
        splits=[words for words in SPLITS.values()],
        attributes=attribute_lines(notes.get("attributes") or {}),
        factors=(notes.get("factors") or {}).items(),
        targets=[(key, plain(t["mean"]), plain(t["sd"])) for key, t in (notes.get("targets") or {}).items()],
        study=study,
    )  # fmt: skip


def prepared(results: list[ResultFile]) -> ResultFile | None:
    """The result of the stage `prepare` among those of a data set."""
    return next((r for r in results if (r.kind, r.row) == ("shared", STAGE)), None)


def may_be_shown(results: list[ResultFile]) -> bool:
    """Whether the licence of a data set lets its pictures be passed on, as far as it is known."""
    result = prepared(results)
    return bool(result and (result.notes.get("about") or {}).get("may_be_shown"))


def facts_of(result: ResultFile) -> list[tuple[str, str]]:
    """Where the data come from and how many images there are, as (name, text)."""
    notes, about = result.notes, result.notes.get("about") or {}
    numbers = [(f"Images, {words}", result.record.get(f"n_{split}")) for split, words in SPLITS.items()]
    shape = " × ".join(map(str, notes.get("image_shape") or []))
    lines = [
        *((title, about.get(key)) for key, title in OF_AUTHORS.items()),
        *((title, notes.get(key)) for key, title in OF_FILES.items() if notes.get(key) != about.get(key)),
        *((title, value) for title, value in numbers),
        ("Channels × height × width", shape),
        ("Data checksum (sha256)", str(result.record.get("data_sha256") or "")[:16]),
    ]
    return [(title, plain(value)) for title, value in lines if value]


def sheet(root: Path, name: str) -> dict[str, Any] | None:
    """The contact sheet, where the stage has left one; a clone has none."""
    path = root / Shared(name).pictures(STAGE) / CONTACT
    return strip(opened(STAGE, path.stem, None, path), "Some of its images") if path.exists() else None


def attribute_lines(attributes: dict[str, dict[str, Any]]) -> list[tuple[str, str, str, list[float]]]:
    """(name, group, what it was taken from, the share of images that have it in each split)."""
    return [
        (name, str(known["group"]), str(known["source"]), [round(float(known[split]), DIGITS) for split in SPLITS])
        for name, known in attributes.items()
    ]
