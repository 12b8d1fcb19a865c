"""A run's description: what it is, of which paper, what came out, and where to read on."""

from diffrep.metrics.catalogue import CATALOGUE
from diffrep.pipelines.tracking.adapter_text import of_adapter
from diffrep.pipelines.tracking.store import RunKey

ANCHORS = {
    "factors": "the true factors as a code: the best that can be had",
    "rotation": "the true factors, rotated: all is told, nothing is disentangled",
    "noise": "a code of noise: what chance scores",
    "pca20": "principal components of the pixels, 20 of them",
    "mean_image": "the mean training image in place of every reconstruction",
    "real": "real images in place of edits: the floor of distances",
    "unedited": "the source handed back in place of every edit",
}


def description(key: RunKey, adapter: str, numbers: dict[str, float]) -> str:
    """The description in Markdown.

    adapter  name or module:Class of a method's adapter; its file's text says what it is
    numbers  the headline
    """
    about = of_adapter(adapter) if key.kind == "method" else f"Anchor: {ANCHORS.get(key.row, key.row)}."
    seed = "" if key.seed is None else f", seed {key.seed}"
    page = f"; with the spread over seeds: reports/methods/{key.row}.html" if key.kind == "method" else ""
    whose = f"`{key.row}` on `{key.dataset}`{seed}{page}"
    return "\n\n".join(part for part in (about, headline_line(numbers), whose) if part)


def headline_line(numbers: dict[str, float]) -> str:
    """Numbers in one line, under their titles in tables: MLflow shows four lines of a description, and no table."""
    columns = (CATALOGUE[name] for name in numbers)
    return " · ".join(f"{column.heading} {numbers[column.name]:.{column.digits}f}" for column in columns)
