"""Of which data set and method a row of ours is, and what it learned from, in the words that printed numbers have."""

from collections.abc import Mapping
from typing import Any

IMPORTED = {  # a row of published weights: the class of its adapter, and the adapter that trains the same method here
    "ImportedPDAE": "pdae",
    "ImportedDiffAE": "diffae",
    "ImportedLatentEncDiff": "encdiff_latent",
    "ImportedDisDis": "disdis",  # whose regulariser is trained nowhere here
    "ImportedDBAE": "dbae",
}


def data_of(name: str, section: Mapping[str, Any]) -> str:
    """A data set with what makes it another one: rendering, category, labels, factors that go together.

    >>> data_of("arms", {"adapter": "mpi3d", "variant": "toy", "joint": {"kind": "independent"}})
    'mpi3d toy'
    >>> data_of("cars3d", {"labels": "disdiff"})
    'cars3d labels disdiff'
    """
    words = [section.get("adapter") or name, *(section[key] for key in ("variant", "category") if key in section)]
    labels = section.get("labels", "true")
    joint = (section.get("joint") or {}).get("kind", "independent")
    words += [f"labels {labels}"] if labels != "true" else []
    words += [f"factors {joint}"] if joint != "independent" else []
    return " ".join(words)


def method_of(row: str, section: Mapping[str, Any]) -> str:
    """The adapter of a row; of one whose weights were imported, the adapter that trains the same method.

    >>> method_of("diti_unequal", {"adapter": "diti"}), method_of("pdae", {})
    ('diti', 'pdae')
    >>> method_of("theirs", {"adapter": "diffrep.pipelines.imports.adapters:ImportedPDAE"})
    'pdae'
    """
    adapter = str(section.get("adapter") or row)
    return IMPORTED.get(adapter.rpartition(":")[2], adapter)


def learned_from(section: Mapping[str, Any], data: str) -> str:
    """What a row learned from: the data that it is judged on; of imported weights what was said, empty for nothing."""
    imported = section.get("imported")
    return data if imported is None else str(imported.get("learned_from", ""))
