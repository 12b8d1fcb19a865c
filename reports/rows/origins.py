"""Of which data set and method a row of ours is, and what it learned from, in the words that printed numbers have."""

from collections.abc import Mapping
from typing import Any

IMPORTED = {  # a row of published weights: the class of its adapter, and the adapter that trains the same method here
    "ImportedPDAE": "pdae",
    "ImportedDiffAE": "diffae",
    "ImportedLatentEncDiff": "encdiff_latent",
    "ImportedDBAE": "dbae",
}
OWN_NUMBERS, DRAWN = "the code’s own numbers", "numbers drawn at random around it"
REDUCTIONS = {"": OWN_NUMBERS, "tokens_pca": "first principal component of each token"}  # by view of the code
USUAL_LABELS = ("true", "fine")  # Cars3D's and CIFAR-100's


def data_of(name: str, section: Mapping[str, Any]) -> str:
    """A data set with what makes it another one: rendering, category, labels, factors that go together.

    >>> data_of("arms", {"adapter": "mpi3d", "variant": "toy", "joint": {"kind": "independent"}})
    'mpi3d toy'
    >>> data_of("cars3d", {"labels": "disdiff"})
    'cars3d labels disdiff'
    >>> data_of("cifar100", {"labels": "fine"})
    'cifar100'
    """
    words = [section.get("adapter") or name, *(section[key] for key in ("variant", "category") if key in section)]
    labels = section.get("labels", "true")
    joint = (section.get("joint") or {}).get("kind", "independent")
    words += [f"labels {labels}"] if labels not in USUAL_LABELS else []
    words += [f"factors {joint}"] if joint != "independent" else []
    return " ".join(words)


def method_of(row: str, section: Mapping[str, Any]) -> str:
    """The adapter of a row, of imported weights the one that trains the same method, and what makes it another method.

    >>> method_of("diti_unequal", {"adapter": "diti"}), method_of("pdae", {})
    ('diti', 'pdae')
    >>> method_of("theirs", {"adapter": "diffrep.pipelines.imports.adapters:ImportedPDAE"})
    'pdae'
    >>> method_of("dbae", {"code": "mean"}), method_of("dbae", {"code": "fixed"})
    ('dbae', 'dbae fixed')
    >>> method_of("encdiff", {"encoder": {"kind": "disdis"}, "network": {"skip_dropout": 0.2}})
    'disdis'
    >>> method_of("encdiff", {"encoder": {"kind": "encoder4"}, "network": {"skip_dropout": 0.2}})
    'encdiff skip_dropout'
    """
    adapter = str(section.get("adapter") or row)
    trained = IMPORTED.get(adapter.rpartition(":")[2], adapter)
    if trained == "dbae" and section.get("code") == "fixed":
        return "dbae fixed"
    if not (section.get("network") or {}).get("skip_dropout"):
        return trained
    return "disdis" if section["encoder"].get("kind") == "disdis" else f"{trained} skip_dropout"


def reduction_of(section: Mapping[str, Any], view: str) -> str:
    """Which numbers of a row's code are judged, in a view of it; the view's own name where no printed number has it.

    >>> reduction_of({}, ""), reduction_of({"code": "sample"}, "")
    ('the code’s own numbers', 'numbers drawn at random around it')
    """
    return DRAWN if section.get("code") == "sample" and not view else REDUCTIONS.get(view, view)


def learned_from(section: Mapping[str, Any], data: str) -> str:
    """What a row learned from: the data that it is judged on; of imported weights what was said, empty for nothing."""
    imported = section.get("imported")
    return data if imported is None else str(imported.get("learned_from", ""))
